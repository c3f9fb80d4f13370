/** What a prediction of the wide task takes: from all labels or through the hash tables, in 32 bits or 8. */
import { simHash } from '@hashgrad/lsh';
import { lsh, rankingMetrics } from '@hashgrad/sparse-nn';
import type { FrozenNetwork, Inputs, PassKind, SparseExamples } from '@hashgrad/sparse-nn';
import { percent, significant, thousands } from '../format.ts';
import { batchesOf } from './lib/batches.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { sample, type Sample, timeFunctions, type TimingOptions } from './lib/measure.ts';
import type { BenchResult, BenchRow } from './lib/result.ts';
import { createWide, WIDE, WIDE_ARMS, wideData } from './wide/task.ts';
import type { WideSize } from './wide/task.ts';

const THREADS = 2;
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

/** Predictions of a trained network of the wide task. */
export const predictBenchmark: Bench = defineBench({
  name: 'predict',
  description: `predicting ${BEST} of wide’s ${thousands(WIDE.labels)} labels, exactly and through hash tables, weights in 32 and in 8 bits, two threads, ms a row; P@k and the file of each`,
  options: {},
  run: (told) => runPredict(WIDE, told),
});

/** What is compared, the exact one in 32 bits first. */
const WAYS: readonly { readonly weights: 'float32' | 'int8'; readonly pass: PassKind }[] = [
  { weights: 'float32', pass: 'full' },
  { weights: 'float32', pass: 'sparse' },
  { weights: 'int8', pass: 'full' },
  { weights: 'int8', pass: 'sparse' },
];

/** Runs the benchmark; `timing` is how long each way is measured. */
export async function runPredict(
  size: WideSize,
  { onProgress }: Told = {},
  timing: TimingOptions = {},
): Promise<BenchResult> {
  const data = wideData(size);
  using network = await createWide(size, WIDE_ARMS[0], data, THREADS);
  for await (const { epoch, seconds } of network.fit(data.train, { epochs: EPOCHS })) {
    onProgress?.(`epoch ${epoch} of training took ${significant(seconds)} s`);
  }
  const family = simHash({ bits: BITS, tables: TABLES, projection: 'hadamard' });
  const tables = lsh({ count: size.active, family });
  const options = { threads: THREADS, batchSize: BATCHES.at(-1) as number, tables };
  using float32 = await network.freeze({ weights: 'float32', ...options });
  using int8 = await network.freeze({ weights: 'int8', ...options });
  const frozen = { float32, int8 };
  const calls = WAYS.flatMap(({ weights, pass }) =>
    BATCHES.map((rows) => ({
      name: nameOf(weights, pass, rows),
      rows,
      call: turns(frozen[weights], batchesOf(data.test, rows, TURNS), pass),
    })),
  );
  onProgress?.('timing');
  const times = timeFunctions(Object.fromEntries(calls.map(({ name, call }) => [name, call])), timing);
  const rows = calls.map(({ name, rows: batch }): BenchRow => {
    const milliseconds = (times[name] ?? []).map((seconds) => (1000 * seconds) / batch);
    const baseline = name === nameOf('float32', 'full', batch);
    return { name, sample: sample(milliseconds), baseline, group: String(batch) };
  });
  return predictResult(rows, frozen, data.test, size.active);
}

function nameOf(weights: string, pass: PassKind, rows: number): string {
  const how = pass === 'full' ? 'all labels' : 'through tables';
  return `${weights}, ${how}, ${rows === 1 ? 'one row' : `${rows} rows`}`;
}

/** Predicts for one batch after the other, call by call. */
function turns(network: FrozenNetwork, batches: readonly Inputs[], pass: PassKind): () => void {
  let turn = 0;
  return () => {
    network.predict(batches[turn++ % batches.length] as Inputs, { k: BEST, pass });
  };
}

function predictResult(
  rows: readonly BenchRow[],
  frozen: Readonly<Record<'float32' | 'int8', FrozenNetwork>>,
  test: SparseExamples,
  candidates: number,
): BenchResult {
  const exact = frozen.float32.predict(test, { k: BEST });
  const quality = WAYS.map(({ weights, pass }) => {
    const predictions = frozen[weights].predict(test, { k: BEST, pass });
    const { precision } = rankingMetrics(predictions, test);
    const same = exact.ids.filter((id, i) => i % BEST === 0 && predictions.ids[i] === id).length;
    return [
      `${weights}, ${pass === 'full' ? 'all labels' : 'through tables'}`,
      ...[1, 3, 5].map((k) => (precision[k] as number).toFixed(3)),
      percent(same / test.rows),
      significant(frozen[weights].toBytes().length / 1e6),
    ];
  });
  const of = (name: string): Sample => (rows.find((row) => row.name === name) as BenchRow).sample;
  const [one, many] = BATCHES as [number, number];
  return {
    unit: 'ms a row',
    compare: 'speed-up',
    rows,
    tables: [
      {
        title: 'What comes of it on the test rows, and the file',
        head: ['', 'P@1', 'P@3', 'P@5', 'same best as exact, %', 'file, MB'],
        rows: quality,
      },
    ],
    figures: {
      exact_ms: of(nameOf('float32', 'full', one)),
      exact_ms_batched: of(nameOf('float32', 'full', many)),
      tables_ms: of(nameOf('float32', 'sparse', one)),
      tables_ms_batched: of(nameOf('float32', 'sparse', many)),
      int8_ms: of(nameOf('int8', 'full', one)),
      int8_ms_batched: of(nameOf('int8', 'full', many)),
    },
    notes: [
      `After ${EPOCHS} epochs of training with lsh. Frozen with ${TABLES} tables of ${BITS} bits, ${candidates} candidates at most.`,
    ],
  };
}
