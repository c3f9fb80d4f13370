/** Maximum inner product search on several corpora: exact, by MipsIndex, and by a graph of usearch where it is installed. */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { significant, thousands, threadsLabel } from '../format.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import {
  cacheOption,
  corpusOption,
  dimensionsOption,
  queriesOption,
  seedOption,
  threadsOption,
  vectorsOption,
} from './lib/options.ts';
import type { Rounds } from './lib/clock.ts';
import { corpusFolder, defaultCache } from './mips/cache.ts';
import { benchCorpus, checkCorpora, CORPUS_NAMES } from './mips/corpora.ts';
import { type CorpusResult, type IndexResult, measureCorpus } from './mips/corpus.ts';
import { RECALLS } from './mips/recall.ts';
import { ratio, type Sample } from './lib/measure.ts';
import { type BenchResult, type BenchRow, type Figure, within } from './lib/result.ts';
import { loadUsearch } from '../arms/usearch.ts';

const VECTORS = 100_000;
const DIMENSIONS = 128;
const QUERIES = 400;
const TIMING: Rounds = { rounds: 5, seconds: 0.3 };
/** Below so many vectors, what the process takes besides hides the memory of an index. */
const LEAST_FOR_MEMORY = 10_000;

/** What is searched, by what, and how. */
export interface MipsOptions {
  readonly vectors: number;
  readonly dimensions: number;
  readonly queries: number;
  readonly seed: number;
  readonly corpus: readonly string[];
  /** A file of word vectors. Default: in the folder of data. */
  readonly words?: string;
  /** What is measured beside. */
  readonly peer: 'usearch' | 'none';
  readonly threads: number;
  readonly cache: string;
}

/** Searches, builds and replacements on `lognormal`, `clustered`, `flat` and word vectors. */
export const mipsBenchmark: Bench = defineBench<MipsOptions>({
  name: 'mips',
  description: `searching ${thousands(VECTORS)} x ${DIMENSIONS} vectors of three kinds, and word vectors: ExactIndex, MipsIndex and usearch (if it is installed), queries a second at recalls from 0.9 to 0.997, builds, replacements, memory`,
  options: {
    vectors: vectorsOption(VECTORS),
    dimensions: dimensionsOption(DIMENSIONS),
    queries: queriesOption(QUERIES),
    seed: seedOption(),
    corpus: corpusOption(CORPUS_NAMES),
    words: new Option(
      '--words <file>',
      'word vectors, as text (default: in the folder word-vectors of HASHGRAD_DATA)',
    ),
    peer: new Option('--peer <name>', 'what is measured beside')
      .choices(['usearch', 'none'])
      .default('usearch'),
    threads: threadsOption(),
    cache: cacheOption(defaultCache()),
  },
  run: (options) => runMips(options),
});

/** Runs the benchmark. */
export async function runMips(options: MipsOptions & Told, timing: Rounds = TIMING): Promise<BenchResult> {
  const { vectors, dimensions, queries, seed, threads, corpus: names, peer, words, cache } = options;
  const { onProgress = () => undefined } = options;
  checkCorpora(names);
  const usearch = peer === 'none' ? 'There is no usearch, as was asked for' : await loadUsearch();
  const results: CorpusResult[] = [];
  const skipped: string[] = [];
  for (const name of names) {
    // Half of the queries are measured.
    const corpus = await benchCorpus(name, { vectors, queries: 2 * queries, dimensions, seed }, words);
    if (typeof corpus === 'string') {
      skipped.push(corpus);
      continue;
    }
    results.push(
      await measureCorpus(corpus, {
        usearch: typeof usearch === 'string' ? undefined : usearch,
        threads,
        graphThreads: availableParallelism(),
        folder: corpusFolder(cache, corpus, seed),
        timing,
        onProgress,
      }),
    );
  }
  const notes = typeof usearch === 'string' ? [...skipped, usearch] : skipped;
  return mipsResult(results, threads, queries, notes);
}

/** The tables and the figures of what was measured; `missing` says what was left out, and why. */
function mipsResult(
  results: readonly CorpusResult[],
  threads: number,
  queries: number,
  missing: readonly string[],
): BenchResult {
  return {
    unit: 'calls a second',
    rows: results.flatMap(rowsOf),
    tables: [
      {
        title: 'Settings: recall of the 10 best, or the 1,000 best in the mix',
        head: ['', 'tuned to', 'recall', 'calls a second', 'options'],
        rows: results.flatMap(settingRows),
      },
      {
        title:
          'Building, and memory: bytes a vector as the index counts them, after building and after replacements, and as the ' +
          'process grew while building; the slowest of the first 1,000 replacements, ms',
        head: ['', 'vectors', 'threads', 'seconds', 'bytes', 'replaced', 'process', 'slowest'],
        rows: results.flatMap(buildRows),
      },
    ],
    figures: Object.assign({}, ...results.map(figuresOf)) as Record<string, Figure>,
    notes: [
      `${queries} queries, asked ${threads === 1 ? 'one by one' : 'all at once'} on ${threadsLabel(threads)}. MipsIndex is ` +
        'tuned on others. Queries a second at a recall are read off between settings: their logarithm is linear in the recall. ' +
        'A replacement is one vector for another under its id; a mix is one replacement and one search for the 1,000 best.',
      ...missing.map((text) => `${text}.`),
    ],
  };
}

/** 0.9 as `0.9`, for people, and as `90`, for figures; 0.997 as `997`. */
function short(recall: number): string {
  return String(recall).slice(2).padEnd(2, '0');
}

function rowsOf({ corpus, rates, index, graph }: CorpusResult): BenchRow[] {
  const row = (name: string, rate: Sample, group: string, baseline: boolean): BenchRow => ({
    name: `${corpus}: ${name}`,
    sample: rate,
    baseline,
    group: `${corpus} ${group}`,
  });
  const exact = Object.entries(rates).map(([name, rate]) => {
    const group = name.split(', ').at(-1) as string;
    const paired = group === 'replacements' || group === 'mix';
    return row(name, rate, paired ? group : 'search', name === 'exact' || name === `usearch, ${group}`);
  });
  const curves = RECALLS.flatMap((recall) =>
    [index, graph].flatMap((way) => {
      const rate = way?.atRecall.get(recall);
      const name = way === index ? 'MipsIndex' : 'usearch';
      return rate ? [row(`${name}, recall ${recall}`, rate, `recall ${recall}`, name === 'usearch')] : [];
    }),
  );
  return [...exact, ...curves];
}

function settingRows({ corpus, recalls, options, rates, index, graph }: CorpusResult): string[][] {
  const of = (way: string, result: IndexResult | undefined): string[][] =>
    (result?.settings ?? []).map(({ name, goal, recall, rate }) => [
      `${corpus}: ${way}`,
      goal === undefined ? '–' : String(goal),
      recall.toFixed(4),
      significant(rate),
      name,
    ]);
  const others = Object.entries(recalls).map(([name, recall]) => [
    `${corpus}: ${name}`,
    '–',
    recall.toFixed(4),
    significant(rates[name]?.median ?? 0),
    options[name] ?? '',
  ]);
  return [...of('MipsIndex', index), ...of('usearch', graph), ...others];
}

function buildRows(result: CorpusResult): string[][] {
  const { corpus, vectors, index, graph } = result;
  const of = (
    way: string,
    { buildThreads, build, residentBytes }: IndexResult,
    counted: readonly string[],
    slowest: string,
  ): string[] => [
    `${corpus}: ${way}`,
    thousands(vectors),
    String(buildThreads),
    significant(build.median),
    ...counted,
    residentBytes.toFixed(0),
    slowest,
  ];
  const counted = [result.bytesPerVector.toFixed(0), result.bytesAfterReplacing.toFixed(0)];
  return [
    of('MipsIndex', index, counted, significant(result.slowestReplacement)),
    ...(graph ? [of('usearch', graph, ['–', '–'], '–')] : []),
  ];
}

/** Undefined where one of them was not measured. */
function over(ours: Sample | undefined, theirs: Sample | undefined): Sample | undefined {
  return ours === undefined || theirs === undefined ? undefined : ratio(ours, theirs);
}

function figuresOf(result: CorpusResult): Record<string, Figure> {
  const { corpus, vectors, rates, index, graph, tuneSeconds } = result;
  const { bytesPerVector, bytesAfterReplacing, slowestReplacement } = result;
  const rate = (name: string): Sample | undefined => rates[name];
  const figures: Record<string, Figure | undefined> = {
    exact_qps: rate('exact'),
    exact_batch_qps: rate('exact, batches of 64'),
    exact_int8_qps: rate('exact, int8 first'),
    build_s: index.build,
    usearch_build_s: graph?.build,
    build_ratio: over(graph?.build, index.build),
    tune_s: Math.max(...tuneSeconds),
    replacements_per_s: rate('MipsIndex, replacements'),
    usearch_replacements_per_s: rate('usearch, replacements'),
    replace_ratio: over(rate('MipsIndex, replacements'), rate('usearch, replacements')),
    mix_k1000_ratio: over(rate('MipsIndex, mix'), rate('usearch, mix')),
    bytes_per_vector: within(bytesPerVector, 0.01),
    bytes_per_vector_replaced: within(bytesAfterReplacing, 0.01),
    slowest_replacement_ms: slowestReplacement,
  };
  if (vectors >= LEAST_FOR_MEMORY) {
    figures['rss_bytes_per_vector'] = index.residentBytes;
    figures['usearch_rss_bytes_per_vector'] = graph?.residentBytes;
  }
  for (const recall of RECALLS) {
    const [ours, theirs] = [index, graph].map((way) => way?.atRecall.get(recall));
    figures[`qps_at_recall_${short(recall)}`] = ours;
    figures[`usearch_qps_at_recall_${short(recall)}`] = theirs;
    figures[`ratio_at_recall_${short(recall)}`] = over(ours, theirs);
  }
  const known = Object.entries(figures).filter((entry): entry is [string, Figure] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [`${corpus}_${name}`, value]));
}
