/** Maximum inner product search on three corpora: exact, by MipsIndex, and by a graph of usearch where it is installed. */
import { CORPORA } from '../corpora.ts';
import { count } from '../format.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { type CorpusResult, measureCorpus } from './mips-corpus.ts';
import type { BenchResult, BenchRow } from './result.ts';
import { loadUsearch } from './usearch.ts';

const VECTORS = 100_000;
const DIMENSIONS = 128;
const QUERIES = 400;

/** Searches, builds and replacements on `lognormal`, `clustered` and `flat`. */
export const mipsBenchmark: Bench = {
  name: 'mips',
  description: `${count(VECTORS)} x ${DIMENSIONS} vectors of three kinds: exact search, MipsIndex and usearch, one thread, calls a second`,
  takesVectors: true,
  run: (options) => runMips(VECTORS, options),
};

/** Runs the benchmark on corpora of so many vectors, unless the options have a number of their own. */
export async function runMips(
  number: number,
  { vectors = number, onProgress = () => undefined }: BenchOptions,
): Promise<BenchResult> {
  const usearch = await loadUsearch();
  const results: CorpusResult[] = [];
  for (const make of Object.values(CORPORA)) {
    const corpus = make({ vectors, queries: QUERIES, dimensions: DIMENSIONS, seed: 1 });
    results.push(measureCorpus(corpus, typeof usearch === 'string' ? undefined : usearch, onProgress));
  }
  return mipsResult(results, vectors, typeof usearch === 'string' ? usearch : undefined);
}

/** What each row is compared with. */
const BASELINES: Readonly<Record<string, string>> = {
  exact: 'search',
  'exact, batches of 64': 'search',
  'exact, int8 first': 'search',
  MipsIndex: 'search',
  usearch: 'search',
  'MipsIndex, replacements': 'replacements',
  'usearch, replacements': 'replacements',
  'MipsIndex, mix': 'mix',
  'usearch, mix': 'mix',
};

/** The tables and the figures of what was measured; `missing` says why there is no usearch. */
export function mipsResult(
  results: readonly CorpusResult[],
  vectors: number,
  missing: string | undefined,
): BenchResult {
  const rows = results.flatMap(({ corpus, rates }) =>
    Object.entries(rates).map(([name, sample]): BenchRow => ({
      name: `${corpus}: ${name}`,
      sample,
      baseline: name === 'exact' || name === 'usearch, replacements' || name === 'usearch, mix',
      group: `${corpus} ${BASELINES[name]}`,
    })),
  );
  return {
    unit: 'calls a second',
    rows,
    tables: [
      {
        title:
          'Recall of the 10 best, or the 1,000 best in the mix, and the options that it was reached with',
        head: ['', 'recall', 'options'],
        rows: results.flatMap(({ corpus, recalls, options }) =>
          Object.entries(recalls).map(([name, recall]) => [
            `${corpus}: ${name}`,
            recall.toFixed(4),
            options[name] ?? '',
          ]),
        ),
      },
      {
        title: 'Building, seconds',
        head: ['', 'MipsIndex', 'usearch'],
        rows: results.map(({ corpus, build, graphBuild }) => [
          corpus,
          build.median.toFixed(3),
          graphBuild?.toFixed(1) ?? '–',
        ]),
      },
    ],
    figures: Object.assign({}, ...results.map(figuresOf)) as Record<string, number>,
    notes: [
      `${count(vectors)} vectors. MipsIndex is tuned on some of the queries; its recall is over all. A replacement is one ` +
        'vector for another under its id; a mix is one replacement and one search for the 1,000 best.',
      ...(missing === undefined ? [] : [`${missing}. What it is compared with is missing.`]),
    ],
  };
}

function figuresOf({ corpus, rates, build, graphBuild }: CorpusResult): Record<string, number> {
  const rate = (name: string): number | undefined => rates[name]?.median;
  const over = (name: string): number | undefined => {
    const [ours, theirs] = [rate(`MipsIndex, ${name}`), rate(`usearch, ${name}`)];
    return ours === undefined || theirs === undefined ? undefined : ours / theirs;
  };
  const figures: Record<string, number | undefined> = {
    exact_qps: rate('exact'),
    exact_batch_qps: rate('exact, batches of 64'),
    exact_int8_qps: rate('exact, int8 first'),
    build_ratio: graphBuild === undefined ? undefined : graphBuild / build.median,
    replace_ratio: over('replacements'),
    qps_at_recall_90: rate('MipsIndex'),
    usearch_qps_at_recall_90: rate('usearch'),
    mix_k1000_ratio: over('mix'),
  };
  const known = Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [`${corpus}_${name}`, value]));
}
