/** How the searches, builds and memory of a MipsIndex grow with the number of vectors. */
import { shortCount, significant, thousands } from '../format.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { ratio } from './lib/measure.ts';
import {
  cacheOption,
  corpusOption,
  dimensionsOption,
  queriesOption,
  seedOption,
  sizesOption,
} from './lib/options.ts';
import type { Rounds } from './lib/clock.ts';
import { defaultCache } from './mips/cache.ts';
import { checkCorpora, GENERATED, isMadeUp } from './mips/corpora.ts';
import { type GrowthResult, measureGrowthApart } from './mips/growth.ts';
import { type BenchResult, type Figure, within } from './lib/result.ts';

const VECTORS = [100_000, 300_000, 1_000_000];
const DIMENSIONS = 128;
const QUERIES = 400;
const TIMING: Rounds = { rounds: 5, seconds: 0.4 };

/** What is searched. */
export interface MipsScaleOptions {
  /** Sizes. */
  readonly vectors: readonly number[];
  readonly dimensions: number;
  readonly queries: number;
  readonly seed: number;
  readonly corpus: readonly string[];
  readonly cache: string;
}

/** Tuned searches in 100,000 to 1,000,000 vectors. */
export const mipsScaleBenchmark: Bench = defineBench<MipsScaleOptions>({
  name: 'mips-scale',
  description: `how MipsIndex, tuned to a recall of 0.9, grows from ${thousands(VECTORS[0] as number)} to ${thousands(VECTORS.at(-1) as number)} vectors of three kinds, one thread: queries a second, building, tuning, memory`,
  options: {
    vectors: sizesOption(VECTORS),
    dimensions: dimensionsOption(DIMENSIONS),
    queries: queriesOption(QUERIES),
    seed: seedOption(),
    corpus: corpusOption(GENERATED),
    cache: cacheOption(defaultCache()),
  },
  run: (options) => runMipsScale(options),
});

interface Grown extends GrowthResult {
  readonly corpus: string;
  readonly vectors: number;
}

/** Runs the benchmark. @throws Error if a corpus is not one that can be drawn in any size. */
export async function runMipsScale(
  { vectors, dimensions, queries, seed, corpus: names, cache, onProgress }: MipsScaleOptions & Told,
  timing: Rounds = TIMING,
): Promise<BenchResult> {
  checkCorpora(names, GENERATED);
  const sizes = vectors.toSorted((a, b) => a - b);
  const grown: Grown[] = [];
  for (const corpus of names.filter(isMadeUp)) {
    for (const number of sizes) {
      const size = { vectors: number, queries: 2 * queries, dimensions, seed };
      const result = await measureGrowthApart({ corpus, size, cache, timing });
      grown.push({ ...result, corpus, vectors: number });
      onProgress?.(
        `${corpus}, ${thousands(number)} vectors: ${significant(result.rate.median)} queries a second, tuned in ` +
          `${significant(result.tuneSeconds)} s`,
      );
    }
  }
  return scaleResult(grown, queries);
}

/** The tables and the figures of what was measured. */
function scaleResult(grown: readonly Grown[], queries: number): BenchResult {
  const figures: Record<string, Figure> = {};
  for (const { corpus, vectors, rate } of grown) {
    figures[`${corpus}_qps_${shortCount(vectors)}`] = rate;
  }
  for (const corpus of new Set(grown.map((result) => result.corpus))) {
    const all = grown.filter((result) => result.corpus === corpus);
    const [first, last] = [all[0] as Grown, all.at(-1) as Grown];
    figures[`${corpus}_growth`] = ratio(first.rate, last.rate);
    figures[`${corpus}_build_s`] = last.buildSeconds;
    figures[`${corpus}_tune_s`] = last.tuneSeconds;
    figures[`${corpus}_bytes_per_vector`] = within(last.bytesPerVector, 0.01);
  }
  return {
    unit: 'queries a second',
    rows: grown.map(({ corpus, vectors, rate }) => ({
      name: `${corpus}, ${thousands(vectors)} vectors`,
      sample: rate,
      baseline: vectors === grown.find((other) => other.corpus === corpus)?.vectors,
      group: corpus,
    })),
    tables: [
      {
        title:
          'Building and tuning in seconds, and memory in bytes a vector: as the index counts it, and as the process grew',
        head: ['', 'build, s', 'tune, s', 'recall, tuned', 'bytes', 'process'],
        rows: grown.map((result) => [
          `${result.corpus}, ${thousands(result.vectors)} vectors`,
          significant(result.buildSeconds),
          significant(result.tuneSeconds),
          result.tunedRecall.toFixed(3),
          result.bytesPerVector.toFixed(0),
          result.residentPerVector.toFixed(0),
        ]),
      },
    ],
    figures,
    notes: [
      `Each size is measured in a process of its own. ${queries} queries, one by one; MipsIndex is tuned on as many others, and ` +
        'the rate is that at a recall of 0.9, read off between settings. Growth is queries a second with the fewest vectors over ' +
        `those with the most, which figures without a size are of.`,
    ],
  };
}
