/** The wide task: sparse rows -> a narrow ReLU layer -> a softmax over very many labels. */
import { nonZerosOf, adam, all, hidden, lsh, Network, network, random, softmax } from '@hashgrad/sparse-nn';
import type { AdamSpec, LshSpec, NetworkSpec, SelectorSpec } from '@hashgrad/sparse-nn';
import { plantedLabels } from '@hashgrad/datasets';
import type { SparseDataset, Split } from '@hashgrad/datasets';
import { simHash } from '@hashgrad/lsh';

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

/** Rows in a row of a batch for which the same labels are drawn. */
export const SHARED = 16;

/**
 * How `lsh` chooses among the labels of {@link WIDE}: those that collide twice with the row, few of which do so by chance,
 * and random ones beside them.
 */
export const WIDE_LSH: LshSpec = lsh({
  count: WIDE.active,
  family: simHash({ bits: 10, tables: 32, projection: 'hadamard' }),
  minCollisions: 2,
  rehash: 100,
  pad: true,
  logQ: true,
  shared: SHARED,
});

/** `lsh` alone: coarser codes, of which one collision is enough, so that almost as many labels are found. */
const WIDE_LSH_ALONE: LshSpec = lsh({
  count: WIDE.active,
  family: simHash({ bits: 10, tables: 16, projection: 'hadamard' }),
});

/** How all arms are trained. */
export const WIDE_ADAM: AdamSpec = adam({ rate: 0.001 });

/**
 * `spec` (default {@link WIDE_LSH}) for a task of another size. Where a code has bits, it gets one more for each doubling
 * of the labels, so that buckets keep their size.
 */
export function wideLsh(
  { labels, active }: Pick<WideSize, 'labels' | 'active'>,
  spec: LshSpec = WIDE_LSH,
): LshSpec {
  const { family } = spec;
  const { bits } = family;
  if (typeof bits !== 'number') return { ...spec, count: active };
  const wanted = Math.max(1, bits + Math.round(Math.log2(labels / WIDE.labels)));
  return { ...spec, count: active, family: { ...family, bits: wanted } };
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

/** The arms that are compared; the first is the one that the benchmark's figures are about. */
export const WIDE_ARMS: readonly [WideArm, ...WideArm[]] = [
  { name: 'lsh', select: wideLsh },
  { name: 'lsh, no padding', select: (size) => wideLsh(size, WIDE_LSH_ALONE) },
  { name: 'uniform', select: ({ active }) => random({ count: active, logQ: true, shared: SHARED }) },
  { name: 'uniform, no logQ', select: ({ active }) => random({ count: active, shared: SHARED }) },
];

/** What the arms are held against: the outputs of all labels. */
export const FULL_SOFTMAX: WideArm = { name: 'full softmax', select: () => all() };

/** The task's rows: a world of labels with features of their own. */
export function wideData({ train, test, features, labels }: WideSize): Split<SparseDataset> {
  return plantedLabels({ train, test, features, labels });
}

/** The network of an arm. */
export function wideNetwork(size: WideSize, arm: WideArm): NetworkSpec {
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
