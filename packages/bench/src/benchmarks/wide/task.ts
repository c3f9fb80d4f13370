/** The wide task: sparse rows -> a narrow ReLU layer -> a softmax over very many labels. */
import { nonZerosOf, adam, all, hidden, lsh, Network, network, random, softmax } from '@hashgrad/sparse-nn';
import type { AdamSpec, LshSpec, NetworkSpec, SelectorSpec } from '@hashgrad/sparse-nn';
import { plantedLabels } from '@hashgrad/datasets';
import type { SparseDataset, Split } from '@hashgrad/datasets';
import { simHash } from '@hashgrad/lsh';
import { outputLsh, SHARED } from '../../arms/outputs.ts';

/** How large the task is. */
export interface WideSize {
  /** Rows to train on and to test with. */
  readonly train: number;
  readonly test: number;
  readonly features: number;
  readonly hidden: number;
  readonly labels: number;
  /** Labels whose outputs are computed for a row, at most. */
  readonly active: number;
  readonly batchSize: number;
}

/** Shaped like Amazon-670K, a seventh of it. */
export const WIDE: WideSize = {
  train: 100_000,
  test: 10_000,
  features: 50_000,
  hidden: 128,
  labels: 100_000,
  active: 1000,
  batchSize: 256,
};

/** `lsh` alone: coarser codes, of which one collision is enough, so that almost as many labels are found. */
const WIDE_LSH_ALONE: LshSpec = lsh({
  count: WIDE.active,
  family: simHash({ bits: 10, tables: 16, projection: 'hadamard' }),
});

/** How all arms are trained. */
export const WIDE_ADAM: AdamSpec = adam({ rate: 0.001 });

/** `spec` (default that of the study of outputs) for a task of another size. */
export function wideLsh({ labels, active }: Pick<WideSize, 'labels' | 'active'>, spec?: LshSpec): LshSpec {
  return outputLsh({ classes: labels, active }, spec);
}

/** Steps between two rehashes. @throws {RangeError} if its schedule is another. */
export function rehashEvery({ rehash }: LshSpec): number {
  if (typeof rehash === 'number') return rehash;
  throw new RangeError(`Steps can be timed with a rehash every n steps; got ${JSON.stringify(rehash)}.`);
}

/** A way of choosing the labels whose outputs are computed. */
export interface WideArm {
  readonly name: string;
  select(size: WideSize): SelectorSpec;
}

/** Uniform negatives. */
export const UNIFORM: WideArm = {
  name: 'uniform',
  select: ({ active }) => random({ count: active, logQ: true, shared: SHARED }),
};

/** The arms that are compared; the first is the one that the benchmark's figures are about. */
export const WIDE_ARMS: readonly [WideArm, ...WideArm[]] = [
  { name: 'lsh', select: wideLsh },
  { name: 'lsh, no padding', select: (size) => wideLsh(size, WIDE_LSH_ALONE) },
  UNIFORM,
  { name: 'uniform, no logQ', select: ({ active }) => random({ count: active, shared: SHARED }) },
];

/** What the arms are held against: the outputs of all labels. */
export const FULL_SOFTMAX: WideArm = { name: 'full softmax', select: () => all() };

/** The task's rows: a world of labels with features of their own. */
export function wideData({ train, test, features, labels }: WideSize): Split<SparseDataset> {
  return plantedLabels({ train, test, features, labels });
}

/** The network of an arm. */
function wideNetwork(size: WideSize, arm: WideArm): NetworkSpec {
  const layers = [hidden(size.hidden), softmax(size.labels, arm.select(size))];
  return network(size.features, layers, WIDE_ADAM);
}

/** Builds the network of an arm, with room for batches of the task's rows. Dispose it when done. */
export function createWide(
  size: WideSize,
  arm: WideArm,
  data: Split<SparseDataset>,
  threads: number,
  seed: number = 1,
): Promise<Network> {
  const { batchSize } = size;
  const nonZeros = nonZerosOf([data.train, data.test], batchSize);
  return Network.create(wideNetwork(size, arm), { seed, threads, batchSize, nonZeros });
}
