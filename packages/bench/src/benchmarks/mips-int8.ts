/** A MipsIndex that keeps vectors in 8 bits a coordinate alone, of more vectors than there would be room for in floats. */
import { generateQueries, generateVectorBatches, type VectorLaw } from '@hashgrad/datasets';
import { ExactIndex, MipsIndex, type SearchOptions } from '@hashgrad/mips';
import { Option } from 'commander';
import type { CorpusSize } from '../tasks/made-up-vectors.ts';
import { thousands } from '../format.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { dimensionsOption, queriesOption, seedOption, vectorsOption } from './lib/options.ts';
import { callRate, residentBytes, type Rounds, secondsOf } from './lib/clock.ts';
import { GENERATED } from './mips/corpora.ts';
import { meanRecall, rowsOf } from './mips/queries.ts';
import { sample } from './lib/measure.ts';
import { type BenchResult, within } from './lib/result.ts';

const VECTORS = 10_000_000;
const DIMENSIONS = 64;
const QUERIES = 100;
const BATCH = 100_000;
const K = 10;
const GOAL = 0.9;
const TIMING: Rounds = { rounds: 5, seconds: 1 };
const MIB = 2 ** 20;

/** What is indexed and searched. */
export interface MipsInt8Options {
  readonly vectors: number;
  readonly dimensions: number;
  readonly queries: number;
  readonly seed: number;
  readonly corpus: VectorLaw;
}

/** Ten million vectors in 8 bits. */
export const mipsInt8Benchmark: Bench = defineBench<MipsInt8Options>({
  name: 'mips-int8',
  description: `MipsIndex of ${thousands(VECTORS)} x ${DIMENSIONS} vectors without floats, one thread: peak memory, recall, queries a second`,
  options: {
    vectors: vectorsOption(VECTORS),
    dimensions: dimensionsOption(DIMENSIONS),
    queries: queriesOption(QUERIES),
    seed: seedOption(),
    corpus: new Option('--corpus <name>', 'what the vectors are like')
      .choices(GENERATED)
      .default('clustered'),
  },
  run: async (options) => runMipsInt8(options),
});

/**
 * Runs the benchmark. Vectors are drawn batch by batch, once for the index and once more for the true results.
 */
export function runMipsInt8(
  { vectors, dimensions, queries, seed, corpus: name, onProgress = () => undefined }: MipsInt8Options & Told,
  batch: number = BATCH,
  timing: Rounds = TIMING,
): BenchResult {
  const size = { vectors, queries: 2 * queries, dimensions, seed };
  const asked = rowsOf(generateQueries(name, size), dimensions);
  const measured = asked.slice(0, queries);
  // So that the first batch, and what drawing takes, is there before the index.
  const batches = generateVectorBatches(name, size, batch);
  const first = batches.next();
  const before = residentBytes();
  const peak = (): number => (process.resourceUsage().maxRSS * 1024 - before) / MIB;

  using index = new MipsIndex({ dimensions, vectors: 'int8' });
  let build = 0;
  for (let next = first; next.done !== true; next = batches.next()) {
    const rows = next.value;
    build += secondsOf(() => void index.add(rows));
    if (index.size % 1e6 === 0) onProgress(`${thousands(index.size)} vectors`);
  }
  const untuned = searched(index, measured, {}, timing);
  const peakBefore = peak();
  onProgress('tuning');
  const tuning = flatOf(asked.slice(queries), dimensions);
  let tunedOptions: SearchOptions = {};
  const tune = secondsOf(() => {
    ({ options: tunedOptions } = index.tune({ recall: GOAL, k: K, queries: tuning }));
  });
  const tuned = searched(index, measured, tunedOptions, timing);
  const peakAfter = peak();

  onProgress('exact results');
  const truth = streamedTruth(name, size, batch, measured);
  const rows = [
    { name: 'untuned', ...untuned },
    { name: `tuned to ${GOAL}`, ...tuned },
  ];
  return {
    unit: 'queries a second',
    rows: rows.map((row) => ({ name: row.name, sample: row.rate })),
    tables: [
      {
        title: 'Recall at 10, and the peak of resident memory beyond a batch of vectors, MiB',
        head: ['', 'recall', 'peak'],
        rows: rows.map((row, i) => [
          row.name,
          meanRecall(row.found, truth).toFixed(4),
          (i === 0 ? peakBefore : peakAfter).toFixed(0),
        ]),
      },
    ],
    figures: {
      int8_build_s: build,
      int8_tune_s: tune,
      int8_bytes_per_vector: within(index.memoryUsage() / vectors, 0.01),
      int8_peak_mib: peakBefore,
      int8_tuned_peak_mib: peakAfter,
      int8_qps: untuned.rate,
      int8_tuned_qps: tuned.rate,
      int8_recall: within(meanRecall(untuned.found, truth), 0.01),
      int8_tuned_recall: within(meanRecall(tuned.found, truth), 0.01),
    },
    notes: [
      `${thousands(vectors)} x ${dimensions} vectors of ${name}, added ${thousands(batch)} at a time; ${queries} queries, ` +
        'and as many others for tuning. True results are of 32-bit floats. The first peak is after adding and searching, the ' +
        'second after tuning.',
    ],
  };
}

function searched(
  index: MipsIndex,
  queries: readonly Float32Array[],
  options: SearchOptions,
  { rounds, seconds }: Rounds,
): { readonly rate: ReturnType<typeof sample>; readonly found: readonly Uint32Array[] } {
  let asked = 0;
  const search = (): void => void index.search(queries[asked++ % queries.length] as Float32Array, K, options);
  const rates = Array.from({ length: rounds }, () => callRate(search, seconds, 5));
  return { rate: sample(rates), found: queries.map((query) => index.search(query, K, options).ids) };
}

/** The ids of the best of each query over all vectors, which are drawn again and looked at batch by batch. */
export function streamedTruth(
  name: VectorLaw,
  size: CorpusSize,
  batch: number,
  queries: readonly Float32Array[],
): Uint32Array[] {
  const { dimensions } = size;
  const flat = flatOf(queries, dimensions);
  const best: { id: number; score: number }[][] = queries.map(() => []);
  let from = 0;
  for (const rows of generateVectorBatches(name, size, batch)) {
    using exact = new ExactIndex({ dimensions });
    exact.add(rows);
    for (const [s, { ids, scores }] of exact.searchBatch(flat, K).entries()) {
      const found = Array.from(ids, (id, i) => ({ id: from + id, score: scores[i] as number }));
      best[s] = [...(best[s] ?? []), ...found]
        .toSorted((a, b) => b.score - a.score || a.id - b.id)
        .slice(0, K);
    }
    from += rows.length / dimensions;
  }
  return best.map((hits) => Uint32Array.from(hits, ({ id }) => id));
}

function flatOf(rows: readonly Float32Array[], dimensions: number): Float32Array {
  const flat = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries()) flat.set(row, i * dimensions);
  return flat;
}
