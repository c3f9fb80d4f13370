/** What a prediction of the wide task takes: from all labels, through hash tables or through signatures. */
import type { SparseDataset } from '@hashgrad/datasets';
import { simHash } from '@hashgrad/lsh';
import { ExactIndex } from '@hashgrad/mips';
import { lsh, rankingMetrics } from '@hashgrad/sparse-nn';
import type { FrozenNetwork, Inputs, Network, PassKind, Predictions } from '@hashgrad/sparse-nn';
import { mean } from 'simple-statistics';
import { percent, significant, thousands } from '../format.ts';
import { hiddenOf, withBias } from '../tasks/trained-outputs.ts';
import { batchesOf } from './lib/batches.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { ratio, sample, type Sample, timeFunctions, type TimingOptions } from './lib/measure.ts';
import { type BenchResult, type BenchRow, within } from './lib/result.ts';
import { createWide, WIDE, WIDE_ARMS, wideData } from './wide/task.ts';
import type { WideSize } from './wide/task.ts';

const THREADS = 1;
const EPOCHS = 2;
/** More and coarser tables than training can afford to keep up to date. */
const TABLES = 100;
const BITS = 7;
/** Labels that are predicted for a row. */
const BEST = 5;
/** Rows at once. */
const BATCHES = [1, 32];
/** Different batches that calls go through by turns, so that rows of weights are not those of the call before. */
const TURNS = 50;
/** Of the exact best, what signatures are tuned to find on the first half of the test rows; and what bits they may have. */
const GOAL = { recall: 0.95, k: BEST, bits: [128, 256, 384], sample: 200 };

/** Predictions of a trained network of the wide task. */
export const predictBenchmark: Bench = defineBench({
  name: 'predict',
  description: `predicting ${BEST} of wide’s ${thousands(WIDE.labels)} labels: exactly, through hash tables, and through signatures tuned to find ${percent(GOAL.recall)} % of the exact ones; weights in 32 and in 8 bits, one thread, µs a row; recall, P@k and the file of each`,
  options: {},
  run: (told) => runPredict(WIDE, told),
});

/** A way of predicting. */
interface Way {
  readonly name: string;
  /** What its figures are called. */
  readonly figure: string;
  readonly network: FrozenNetwork;
  readonly pass: PassKind;
}

/** Runs the benchmark; `timing` is how long each way is measured. */
export async function runPredict(
  size: WideSize,
  { onProgress }: Told = {},
  timing: TimingOptions = {},
): Promise<BenchResult> {
  const data = wideData(size);
  using network = await createWide(size, WIDE_ARMS[0], data, 2);
  for await (const { epoch, seconds } of network.fit(data.train, { epochs: EPOCHS })) {
    onProgress?.(`epoch ${epoch} of training took ${significant(seconds)} s`);
  }
  const family = simHash({ bits: BITS, tables: TABLES, projection: 'hadamard' });
  const tables = lsh({ count: size.active, family });
  const options = { threads: THREADS, batchSize: BATCHES.at(-1) as number };
  using float32 = await network.freeze({ ...options, signatures: true });
  using int8 = await network.freeze({ ...options, weights: 'int8', signatures: true });
  using hashed = await network.freeze({ ...options, tables });
  const [first, second] = halves(data.test);
  for (const each of [float32, int8]) {
    const { hashing, options: effort, recall } = each.tune(first, GOAL);
    onProgress?.(`${each.format}: ${JSON.stringify({ ...hashing, ...effort })}, recall ${recall.toFixed(3)}`);
  }
  const ways: readonly Way[] = [
    { name: 'float32, all labels', figure: 'exact', network: float32, pass: 'full' },
    { name: 'int8, all labels', figure: 'int8', network: int8, pass: 'full' },
    { name: 'float32, through tables', figure: 'tables', network: hashed, pass: 'sparse' },
    { name: 'float32, through signatures', figure: 'signatures', network: float32, pass: 'sparse' },
    { name: 'int8, through signatures', figure: 'int8_signatures', network: int8, pass: 'sparse' },
  ];
  const calls = ways.flatMap(({ name, figure, network: own, pass }) =>
    BATCHES.map((rows) => ({
      name: `${name}, ${rows === 1 ? 'one row' : `${rows} rows`}`,
      figure: `${figure}_us${rows === 1 ? '' : '_batched'}`,
      rows,
      call: turns(own, batchesOf(second, rows, TURNS), pass),
    })),
  );
  using scans = new Scans(network, second);
  calls.push(...scans.calls);
  onProgress?.('timing');
  const times = timeFunctions(Object.fromEntries(calls.map(({ name, call }) => [name, call])), timing);
  const rows = calls.map(({ name, figure, rows: batch }): BenchRow => ({
    name,
    sample: sample((times[name] ?? []).map((seconds) => (1e6 * seconds) / batch)),
    baseline: figure.startsWith('exact_us'),
    group: String(batch),
  }));
  const samples = Object.fromEntries(calls.map(({ figure }, i) => [figure, rows[i]!.sample]));
  return predictResult(ways, rows, samples, second);
}

/** The scans of the labels alone, by indexes that keep no more than the best: what predictions are held against, too. */
class Scans implements Disposable {
  readonly #indexes: readonly ExactIndex[];
  readonly calls: readonly {
    readonly name: string;
    readonly figure: string;
    readonly rows: number;
    readonly call: () => void;
  }[];

  constructor(network: Network, test: SparseDataset) {
    const [features, labels] = [network.copyWeights(0), network.copyWeights(1)];
    const queries = hiddenOf(features, test, Math.min(TURNS, test.rows));
    const dimensions = features.bias.length + 1;
    const vectors = withBias(labels);
    this.#indexes = [false, true].map((int8) => new ExactIndex({ dimensions, int8 }));
    for (const index of this.#indexes) index.add(vectors);
    this.calls = this.#indexes.map((index, i) => {
      let turn = 0;
      const call = (): void => {
        const from = (turn++ * dimensions) % queries.length;
        index.search(queries.subarray(from, from + dimensions), BEST);
      };
      const [name, figure] = [['float32', 'scan_us'] as const, ['int8', 'int8_scan_us'] as const][i]!;
      return { name: `ExactIndex of the labels alone, ${name}, one row`, figure, rows: 1, call };
    });
  }

  [Symbol.dispose](): void {
    for (const index of this.#indexes) index.close();
  }
}

/** Predicts for one batch after the other, call by call. */
function turns(network: FrozenNetwork, batches: readonly Inputs[], pass: PassKind): () => void {
  let turn = 0;
  return () => {
    network.predict(batches[turn++ % batches.length] as Inputs, { k: BEST, pass });
  };
}

/** Rows to tune with, and rows to measure. */
function halves(test: SparseDataset): [SparseDataset, SparseDataset] {
  return batchesOf(test, Math.floor(test.rows / 2), 2) as unknown as [SparseDataset, SparseDataset];
}

function predictResult(
  ways: readonly Way[],
  rows: readonly BenchRow[],
  samples: Readonly<Record<string, Sample>>,
  test: SparseDataset,
): BenchResult {
  const exact = ways[0]!.network.predict(test, { k: BEST });
  const found = ways.map(({ name, network, pass }) => {
    const predictions = network.predict(test, { k: BEST, pass });
    return { name, network, predictions, recall: recallOf(predictions, exact) };
  });
  const quality = found.map(({ name, network, predictions, recall }) => {
    const { precision } = rankingMetrics(predictions, test);
    return [
      name,
      recall.toFixed(3),
      ...[1, 3, 5].map((k) => (precision[k] as number).toFixed(3)),
      significant(network.toBytes().length / 1e6),
    ];
  });
  // Whichever exact way is the faster.
  const [predicted, scanned, own] = ['exact_us', 'scan_us', 'signatures_us'].map((name) => samples[name]!);
  const fastest = predicted!.median < scanned!.median ? predicted! : scanned!;
  return {
    unit: 'µs a row',
    compare: 'speed-up',
    rows,
    tables: [
      {
        title: 'What comes of it on the test rows that nothing was tuned with, and the file',
        head: ['', `recall of the exact ${BEST}`, 'P@1', 'P@3', 'P@5', 'file, MB'],
        rows: quality,
      },
    ],
    figures: {
      ...samples,
      signatures_speed_up: ratio(fastest, own!),
      tables_recall: within(found[2]!.recall, 0.01),
      signatures_recall: within(found[3]!.recall, 0.01),
    },
    notes: [
      `After ${EPOCHS} epochs of training with lsh. Tables: ${TABLES} of ${BITS} bits. Signatures: ${JSON.stringify(ways[3]!.network.model.signatures)}.`,
      'signatures_speed_up is beside the faster one of predicting from all labels, which makes probabilities of all, and of the scan ' +
        'of ExactIndex, which does not compute the hidden layer.',
    ],
  };
}

/** The mean share of the exact best that predictions have. */
function recallOf({ ids, k, rows }: Predictions, exact: Predictions): number {
  return mean(
    Array.from({ length: rows }, (_, row) => {
      const best = new Set(exact.ids.subarray(row * k, (row + 1) * k));
      return ids.subarray(row * k, (row + 1) * k).filter((id) => best.has(id)).length / k;
    }),
  );
}
