/** Training a multilayer perceptron of which 5 % is active, samples a second, beside the same network dense. */
import { mnistSubset } from '@hashgrad/datasets';
import type { DenseDataset, Split } from '@hashgrad/datasets';
import { Network } from '@hashgrad/sparse-nn';
import { mean } from 'simple-statistics';
import { armSpec, DEFAULT_RATE } from '../arms.ts';
import { fractionLabel, percent, plural } from '../format.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { alternate, sample } from './measure.ts';
import type { BenchResult, BenchRow } from './result.ts';

/** What is trained. */
export interface MlpSettings {
  readonly hidden: readonly number[];
  /** Share of the hidden units that the arms other than dense may compute. */
  readonly fraction: number;
  readonly batchSize: number;
  /** The dense network's batch sizes, of which the fastest is the baseline. */
  readonly denseBatchSizes: readonly number[];
  /** Epochs of each run, 2 or more; the first is for warming up and is not timed. */
  readonly epochs: number;
}

/** The published task, and the sizes that dense programs like best. */
export const MLP: MlpSettings = {
  hidden: [1000, 1000],
  fraction: 0.05,
  batchSize: 256,
  denseBatchSizes: [64, 128, 256, 512, 1024],
  epochs: 6,
};

/** The arms of which a share is active; the first is the one that the figures are about. */
const SPARSE_ARMS = ['lsh', 'random', 'fixed', 'narrow'];

/** Epochs over the MNIST subset, sparse and dense by turns. */
export const mlpBenchmark: Bench = {
  name: 'mlp',
  description:
    `training 784-${MLP.hidden.join('-')}-10 on MNIST with ${fractionLabel(MLP.fraction)} active, Adam, ` +
    `batch ${MLP.batchSize}, beside dense at its best batch size, samples/s`,
  async run(options) {
    return runMlp(await mnistSubset(), MLP, options);
  },
};

/** One network of the benchmark. */
interface Run {
  readonly arm: string;
  readonly batchSize: number;
  readonly threads: number;
  readonly name: string;
}

/** Runs the benchmark on any data and network. */
export async function runMlp(
  data: Split<DenseDataset>,
  settings: MlpSettings,
  { onProgress }: BenchOptions,
): Promise<BenchResult> {
  const runs = planRuns(settings);
  const networks = new Map<string, Network>();
  try {
    for (const { name, arm, batchSize, threads } of runs) {
      const { columns: inputs, classes } = data.train;
      const { hidden, fraction } = settings;
      const spec = armSpec(arm, { inputs, classes, hidden, fraction, rate: DEFAULT_RATE });
      networks.set(name, await Network.create(spec, { threads, batchSize }));
    }
    const shares: Record<string, number[]> = {};
    const epochs = Object.fromEntries(
      runs.map(({ name }) => [
        name,
        async (): Promise<number> => {
          for await (const report of (networks.get(name) as Network).fit(data.train, { epochs: 1 })) {
            (shares[name] ??= []).push(report.activeShare);
            return report.samples / report.seconds;
          }
          throw new Error('The training ended before its first epoch.');
        },
      ]),
    );
    onProgress?.(`${runs.length} networks, the first of ${plural(settings.epochs, 'epoch')}`);
    await alternate(epochs, 1);
    const speeds = await alternate(epochs, settings.epochs - 1, (name, round) => {
      if (name === runs.at(-1)?.name) onProgress?.(`epoch ${round + 1} of ${settings.epochs}`);
    });
    const rows = runs.map((run): BenchRow => ({ name: run.name, sample: sample(speeds[run.name] ?? []) }));
    return mlpResult(runs, rows, settings, {
      title: `Test accuracy after ${plural(settings.epochs, 'epoch')}, %`,
      head: ['', 'all units', 'chosen units', 'active, %'],
      // Threads do not change the bits: what two of them learned, one has learned too.
      rows: runs
        .filter(({ threads }) => threads === 2)
        .map(({ name }) => {
          const network = networks.get(name) as Network;
          const accuracy = (pass: 'full' | 'sparse'): string =>
            percent(network.evaluate(data.test, { pass }).accuracy);
          return [name, accuracy('full'), accuracy('sparse'), percent(mean(shares[name] ?? []))];
        }),
    });
  } finally {
    for (const network of networks.values()) network[Symbol.dispose]();
  }
}

function planRuns({ fraction, batchSize, denseBatchSizes }: MlpSettings): Run[] {
  const sparse = SPARSE_ARMS.flatMap((arm) =>
    [1, 2].map((threads) => ({ arm, batchSize, threads, label: `${arm} ${fractionLabel(fraction)}` })),
  );
  const dense = denseBatchSizes.map((size) => ({
    arm: 'dense',
    batchSize: size,
    threads: 2,
    label: `dense, batch ${size}`,
  }));
  return [...sparse, ...dense].map(({ label, ...run }) => ({
    ...run,
    name: `${label}, ${run.threads === 1 ? 'one thread' : 'two threads'}`,
  }));
}

function mlpResult(
  runs: readonly Run[],
  rows: readonly BenchRow[],
  { batchSize }: MlpSettings,
  accuracy: NonNullable<BenchResult['tables']>[number],
): BenchResult {
  const median = (name: string): number => rows.find((row) => row.name === name)?.sample.median ?? NaN;
  const best = runs
    .filter(({ arm }) => arm === 'dense')
    .reduce((a, b) => (median(b.name) > median(a.name) ? b : a));
  const of = (threads: number): number =>
    median(runs.find((run) => run.arm === SPARSE_ARMS[0] && run.threads === threads)?.name ?? '');
  return {
    unit: 'samples/s',
    rows: rows.map((row) => ({ ...row, baseline: row.name === best.name })),
    tables: [accuracy],
    figures: {
      samples_per_s_1t: of(1),
      samples_per_s_2t: of(2),
      dense_samples_per_s_2t: median(best.name),
    },
    notes: [
      `The baseline is the dense network at its fastest batch size, ${best.batchSize}; the others have batches of ${batchSize}.`,
      'fixed and narrow learn as fast as any network of their size: what they reach is what lsh has to beat.',
    ],
  };
}
