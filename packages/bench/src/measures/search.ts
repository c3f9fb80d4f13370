/** The measure 'search': the vectors with the greatest inner products, looked for one query at a time with rising effort. */
import { ExactIndex, MipsIndex, recall } from '@hashgrad/mips';
import { median } from 'simple-statistics';
import { checkEfforts, checkHashedMethod, indexOptions, type SearchMethod } from '../arms/search.ts';
import { filled } from '../engine/filled.ts';
import type { MeasureContext, MeasureDefinition, Measured } from '../engine/measure.ts';
import type { Config } from '../engine/record.ts';
import { checkTask, loadCorpus } from '../tasks/index.ts';
import type { Corpus } from '../tasks/task.ts';
import { checkShares, costsAt, foundWithin } from './goal.ts';
import { installedUsearch, methodOf } from './searchers.ts';
import { mean, sum } from './sums.ts';

/** What the measure is given; plain JSON. */
export interface SearchConfig {
  /** Gives vectors and queries, see `src/tasks`. */
  readonly task: Config;
  readonly method: SearchMethod;
  /** How many of the greatest inner products are looked for. */
  readonly k: number;
  /** The share of the vectors whose recall is told: that of the greatest effort that scores no more. */
  readonly within: number;
  /** How often all queries are asked for the time, of which the median counts. */
  readonly passes: number;
}

/**
 * The base of a study: 10 vectors, the recall where 5 % are scored, the time of 3 passes. `method` is for
 * a factor to set.
 */
export function searchConfig(task: SearchConfig['task'], options: Partial<SearchConfig> = {}): Config {
  const method: SearchMethod = { kind: 'exact', int8: false };
  const usual = { task, method, k: 10, within: 0.05, passes: 3 };
  const config: SearchConfig = filled('searchConfig', usual, options);
  return config as unknown as Config;
}

/** The recalls whose rate is told. */
const GOALS = [0.8, 0.9, 0.95, 0.99];

/** The shares of P@1 whose time is told. */
const KEPT_GOALS = [0.9, 0.95, 0.99];

/** The measure 'search'. */
export const searchMeasure: MeasureDefinition = {
  name: 'search',
  description:
    'Searches the vectors of a task by one method at rising efforts, and compares what is found with the exact results.',
  metrics: [
    'recall',
    'recallWithin',
    ...GOALS.map((goal) => `queriesPerSecondAt${100 * goal}`),
    'kept',
    ...KEPT_GOALS.map((goal) => `microsecondsAt${100 * goal}`),
  ],
  check(json) {
    const { task, method, k, within, passes } = json as unknown as SearchConfig;
    checkTask(task);
    checkShares({ within });
    for (const [name, value] of Object.entries({ k, passes })) {
      if (!(Number.isInteger(value) && value >= 1)) {
        throw new RangeError(`${name} is a whole number of at least 1; got ${JSON.stringify(value)}.`);
      }
    }
    if (method?.kind === 'mips') checkHashedMethod(method);
    else if (method?.kind === 'usearch') checkEfforts(method.efforts);
    else if (method?.kind === 'lowRank') {
      checkEfforts(method.efforts);
      checkShares({ 'the last of method.efforts': method.efforts.at(-1) });
      if (!(Number.isInteger(method.rank) && method.rank >= 1)) {
        throw new RangeError(`method.rank is a whole number of at least 1; got ${method.rank}.`);
      }
    } else if (method?.kind !== 'exact') {
      throw new Error(`method.kind is mips, exact, lowRank or usearch; got ${JSON.stringify(method)}.`);
    }
  },
  async prepare(json) {
    const { task, method, k } = json as unknown as SearchConfig;
    const corpus = await loadCorpus(task);
    const size = corpus.vectors.length / corpus.dimensions;
    if (k > size) throw new RangeError(`k is ${k}, but the task ${corpus.name} has ${size} vectors.`);
    if (method.kind === 'usearch') await installedUsearch();
    // An index refuses a transform and a family that do not go together.
    if (method.kind === 'mips') new MipsIndex(indexOptions(method, corpus, 1)).close();
  },
  measure: (config, context) => searchAll(config as unknown as SearchConfig, context),
};

async function searchAll(config: SearchConfig, { seed, progress }: MeasureContext): Promise<Measured> {
  const { method, k, within, passes } = config;
  const corpus = await loadCorpus(config.task);
  const { dimensions, vectors } = corpus;
  const queries = Array.from({ length: corpus.queries.length / dimensions }, (_, q) =>
    corpus.queries.subarray(q * dimensions, (q + 1) * dimensions),
  );
  const size = vectors.length / dimensions;
  const truth = exactResults(corpus, k);
  const series = { effort: [], recall: [], examined: [], queriesPerSecond: [], kept: [] } as Record<
    'effort' | 'recall' | 'examined' | 'queriesPerSecond' | 'kept',
    number[]
  >;
  const exact = firstRight(truth, corpus);
  using ways = await methodOf(method, k, corpus, seed);
  for (const [index, { effort, search: ask, scored }] of ways.searchers.entries()) {
    series.effort.push(effort);
    if (scored) series.examined.push(sum(queries.map(scored)) / (queries.length * size));
    const results = queries.map(ask);
    series.recall.push(mean(results.map((ids, q) => recall(ids, truth[q] as Uint32Array))));
    if (exact > 0) series.kept.push(firstRight(results, corpus) / exact);
    const rates = Array.from({ length: passes }, () => {
      const start = performance.now();
      for (const query of queries) ask(query);
      return (1000 * queries.length) / (performance.now() - start);
    });
    series.queriesPerSecond.push(median(rates));
    await progress((index + 1) / ways.searchers.length);
  }
  const { examined, recall: found, queriesPerSecond, kept } = series;
  const microseconds = queriesPerSecond.map((rate) => 1e6 / rate);
  const known = { ...(examined.length > 0 && { examined }), ...(exact > 0 && { kept, microseconds }) };
  const affordable = examined.length > 0 ? foundWithin(found, examined, within) : undefined;
  return {
    metrics: {
      recall: Math.max(...found),
      ...(affordable !== undefined && { recallWithin: affordable }),
      ...costsAt(found, GOALS, { queriesPerSecond }),
      ...(exact > 0 && { kept: Math.max(...kept), ...costsAt(kept, KEPT_GOALS, { microseconds }) }),
    },
    series: { effort: series.effort, recall: found, ...known, queriesPerSecond },
  };
}

/** The ids of the k best of each query. */
function exactResults({ dimensions, vectors, queries }: Corpus, k: number): Uint32Array[] {
  using exact = new ExactIndex({ dimensions });
  exact.add(vectors);
  return exact.searchBatch(queries, k).map(({ ids }) => ids);
}

/** The share of the queries whose first result is right; 0 where the corpus does not say what is. */
function firstRight(results: readonly ArrayLike<number>[], { right }: Corpus): number {
  return right === undefined ? 0 : mean(results.map((ids, q) => Number(right[q]!.includes(ids[0]!))));
}
