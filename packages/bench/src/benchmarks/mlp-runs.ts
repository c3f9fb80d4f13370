/** Training several multilayer perceptrons by turns, an epoch at a time. */
import type { DenseDataset } from '@hashgrad/datasets';
import { Network } from '@hashgrad/sparse-nn';
import type { EpochReport, Examples } from '@hashgrad/sparse-nn';
import { mean } from 'simple-statistics';
import { armSpec, DEFAULT_RATE } from '../arms/hidden.ts';
import { alternate, sample } from './lib/measure.ts';
import type { Sample } from './lib/measure.ts';

/** One network that is trained, named for people. */
export interface MlpRun {
  readonly name: string;
  /** An arm of the studies. */
  readonly arm: string;
  readonly threads: number;
  readonly batchSize: number;
}

/** What was found of a run. */
export interface MlpSpeed {
  /** Samples a second, an epoch each; the first epoch is for warming up and is not among them. */
  readonly speed: Sample;
  /** Mean share of the hidden units that were active. */
  readonly activeShare: number;
}

/** Networks for the runs, in their order. Dispose them when done. */
export async function createRuns(
  runs: readonly MlpRun[],
  { columns: inputs, classes }: DenseDataset,
  shape: { readonly hidden: readonly number[]; readonly fraction: number },
): Promise<Network[]> {
  const networks: Network[] = [];
  try {
    for (const { arm, threads, batchSize } of runs) {
      const spec = armSpec(arm, { inputs, classes, ...shape, rate: DEFAULT_RATE });
      networks.push(await Network.create(spec, { threads, batchSize }));
    }
    return networks;
  } catch (error) {
    disposeAll(networks);
    throw error;
  }
}

/**
 * Trains all networks for some epochs, by turns of an epoch.
 *
 * @param epochs 2 or more.
 * @param peers Dense programs that take turns with them: each trains for a while, and gives its samples a second. What is found
 *   of them comes last.
 * @param onEpoch is told each epoch that all have finished.
 */
export async function trainByTurns(
  networks: readonly Network[],
  examples: Examples,
  epochs: number,
  peers: readonly (() => number)[] = [],
  onEpoch?: (epoch: number) => void,
): Promise<MlpSpeed[]> {
  const shares = [...networks.map((): number[] => []), ...peers.map(() => [1])];
  const train = async (index: number): Promise<number> => {
    const { activeShare, samples, seconds } = await trainEpoch(networks[index] as Network, examples);
    shares[index]?.push(activeShare);
    return samples / seconds;
  };
  const trains = [
    ...networks.map((_, index) => () => train(index)),
    ...peers.map((peer) => async () => peer()),
  ];
  const trainers = Object.fromEntries(trains.map((each, index) => [String(index), each]));
  const last = String(trains.length - 1);
  await alternate(trainers, 1);
  onEpoch?.(1);
  const values = await alternate(trainers, epochs - 1, (name, round) => {
    if (name === last) onEpoch?.(round + 1);
  });
  return trains.map((_, index) => ({
    speed: sample(values[index] ?? []),
    activeShare: mean(shares[index] ?? []),
  }));
}

async function trainEpoch(network: Network, examples: Examples): Promise<EpochReport> {
  for await (const report of network.fit(examples, { epochs: 1 })) return report;
  throw new Error('The training ended before its first epoch.');
}

/** Gives all networks' memory and threads back. */
export function disposeAll(networks: readonly Network[]): void {
  for (const network of networks) network[Symbol.dispose]();
}
