/** Training a multilayer perceptron of which 5 % is active, samples a second, beside the same network dense. */
import { mnistSubset } from '@hashgrad/datasets';
import type { DenseDataset, Split } from '@hashgrad/datasets';
import type { Examples, Network } from '@hashgrad/sparse-nn';
import { DEFAULT_RATE } from '../arms/hidden.ts';
import { fractionLabel, percent, plural, significant, threadsLabel } from '../format.ts';
import { besideOpenBlas } from './baselines/openblas/beside.ts';
import { openBlas, type OpenBlas } from './baselines/openblas/compile.ts';
import { sampleRate } from './baselines/openblas/steps.ts';
import { batchesOf } from './lib/batches.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { createRuns, disposeAll, trainByTurns } from './mlp-runs.ts';
import type { MlpRun, MlpSpeed } from './mlp-runs.ts';
import { ratio } from './lib/measure.ts';
import type { Sample } from './lib/measure.ts';
import type { BenchResult, BenchRow, BenchTable } from './lib/result.ts';

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
const SPARSE_ARMS = ['lsh', 'signatures', 'random', 'fixed', 'narrow'] as const;

/** Epochs over the MNIST subset, sparse and dense by turns. */
export const mlpBenchmark: Bench = defineBench({
  name: 'mlp',
  description:
    `the network of dense with ${fractionLabel(MLP.fraction)} active: lsh, signatures, random, fixed and narrow, in batches of ` +
    `${MLP.batchSize}, beside dense at its fastest batch size, ours and on OpenBLAS (if it is installed), samples a second, and the test accuracy of each`,
  options: {},
  async run(told) {
    return runMlp(await mnistSubset(), MLP, told);
  },
});

/** Runs the benchmark on any data and network. `program`: OpenBLAS, or why there is none. */
export async function runMlp(
  data: Split<DenseDataset>,
  settings: MlpSettings,
  { onProgress }: Told,
  program: OpenBlas | string = openBlas(),
): Promise<BenchResult> {
  onProgress?.(`dense at batch sizes ${settings.denseBatchSizes.join(', ')}`);
  const search = await searchBatchSize(data.train, settings, program);
  const runs = [...sparseRuns(settings), denseRun(search.fastest)];
  const networks = await createRuns(runs, data.train, settings);
  try {
    const { epochs } = settings;
    const speeds = await trainByTurns(networks, data.train, epochs, search.peers, (epoch) =>
      onProgress?.(`${plural(runs.length, 'network')}, epoch ${epoch} of ${epochs} done`),
    );
    const speedOf = (arm: string, threads: number): Sample =>
      (speeds[runs.findIndex((run) => run.arm === arm && run.threads === threads)] as MlpSpeed).speed;
    const rows = [...runs.map(({ name }) => name), ...search.peerNames].map((name, index): BenchRow => ({
      name,
      sample: (speeds[index] as MlpSpeed).speed,
      baseline: runs[index]?.arm === 'dense',
    }));
    const blas = speeds[runs.length]?.speed;
    const beside = blas && [besideOpenBlas(rows.slice(0, -1), blas, 'ratio')];
    return {
      unit: 'samples/s',
      rows,
      tables: [...(beside ?? []), accuracyTable(data.test, epochs, runs, networks, speeds), search.table],
      figures: {
        samples_per_s_1t: speedOf(SPARSE_ARMS[0], 1),
        samples_per_s_2t: speedOf(SPARSE_ARMS[0], 2),
        dense_samples_per_s_2t: speedOf('dense', 2),
        ...(blas && {
          openblas_samples_per_s_2t: blas,
          ratio_to_openblas: ratio(speedOf(SPARSE_ARMS[0], 2), blas),
          signatures_ratio_to_openblas: ratio(speedOf(SPARSE_ARMS[1], 2), blas),
        }),
      },
      notes: [
        `Adam with rate ${DEFAULT_RATE}. The baseline is dense at its fastest batch size, ${search.fastest}; the others ` +
          `have batches of ${settings.batchSize}.`,
        'narrow is a dense network with only as many hidden units as the others compute: what it reaches, and how fast, ' +
          'is what they have to beat.',
        typeof program === 'string'
          ? program
          : `${program.name}, in a C++ program of ours, at its own fastest batch size.`,
      ],
    };
  } finally {
    disposeAll(networks);
  }
}

function sparseRuns({ fraction, batchSize }: MlpSettings): MlpRun[] {
  return SPARSE_ARMS.flatMap((arm) =>
    [1, 2].map((threads) => ({
      name: `${arm} ${fractionLabel(fraction)}, ${threadsLabel(threads)}`,
      arm,
      threads,
      batchSize,
    })),
  );
}

function denseRun(batchSize: number): MlpRun {
  return { name: `dense, batch ${batchSize}, ${threadsLabel(2)}`, arm: 'dense', threads: 2, batchSize };
}

/** Rows of the training set on which batch sizes are compared, and passes over them; the first is not timed. */
const SEARCH = { rows: 4096, epochs: 4 };

/** Dense networks at their fastest batch sizes. */
interface Search {
  /** Our own. */
  readonly fastest: number;
  readonly table: BenchTable;
  /** OpenBLAS, if it is there: what trains for a while. */
  readonly peers: readonly (() => number)[];
  readonly peerNames: readonly string[];
}

/** Dense training on two threads at all batch sizes, by turns. */
async function searchBatchSize(
  train: DenseDataset,
  settings: MlpSettings,
  program: OpenBlas | string,
): Promise<Search> {
  const [some] = batchesOf(train, Math.min(train.rows, SEARCH.rows), 1) as [Examples];
  const { denseBatchSizes, hidden } = settings;
  const runs = denseBatchSizes.map(denseRun);
  const units = [train.columns, ...hidden, train.classes];
  const peers =
    typeof program === 'string' ? [] : denseBatchSizes.map((size) => blasRun(program, units, train, size));
  const networks = await createRuns(runs, train, settings);
  try {
    const speeds = await trainByTurns(
      networks,
      some,
      SEARCH.epochs,
      peers.map(({ rate }) => rate),
    );
    const peer = peers[fastestOf(speeds.slice(runs.length))];
    const names = [...runs, ...peers].map(({ name }) => name);
    return {
      fastest: denseBatchSizes[fastestOf(speeds.slice(0, runs.length))]!,
      peers: peer ? [peer.rate] : [],
      peerNames: peer ? [peer.name] : [],
      table: {
        title: `Dense by batch size, on ${some.rows} rows`,
        head: ['', 'median, samples/s', 'quartiles'],
        rows: speeds.map(({ speed: { median, low, high } }, index) => [
          names[index]!,
          significant(median),
          `${significant(low)} – ${significant(high)}`,
        ]),
      },
    };
  } finally {
    disposeAll(networks);
  }
}

/** Which of them is the fastest. */
function fastestOf(speeds: readonly MlpSpeed[]): number {
  const medians = speeds.map(({ speed }) => speed.median);
  return medians.indexOf(Math.max(...medians));
}

/** Rows that OpenBLAS trains on in a turn; a quarter as many come before them. */
const BLAS_ROWS = 8192;

/** OpenBLAS at a batch size. */
function blasRun(
  program: OpenBlas,
  units: readonly number[],
  train: DenseDataset,
  batchSize: number,
): { readonly name: string; readonly rate: () => number } {
  const batches = batchesOf(train, batchSize, 8);
  const measured = Math.max(4, Math.round(BLAS_ROWS / batchSize));
  const plan = { warmUp: Math.ceil(measured / 4), measured };
  const task = { units, rate: DEFAULT_RATE, threads: 2 };
  return {
    name: `OpenBLAS, batch ${batchSize}, ${threadsLabel(2)}`,
    rate: () => sampleRate(program, task, batches, plan),
  };
}

/** Threads do not change the bits: what two of them learned, one has learned too. */
function accuracyTable(
  test: DenseDataset,
  epochs: number,
  runs: readonly MlpRun[],
  networks: readonly Network[],
  speeds: readonly MlpSpeed[],
): BenchTable {
  const rows = runs.flatMap(({ name, threads }, index) => {
    if (threads !== 2) return [];
    const network = networks[index] as Network;
    return [
      [
        name,
        percent(network.evaluate(test, { pass: 'full' }).accuracy),
        percent(network.evaluate(test, { pass: 'sparse' }).accuracy),
        percent((speeds[index] as MlpSpeed).activeShare),
      ],
    ];
  });
  return {
    title: `Test accuracy after ${plural(epochs, 'epoch')}, %`,
    head: ['', 'all units', 'chosen units', 'active, %'],
    rows,
  };
}
