/** The measure 'search': the vectors with the greatest inner products, looked for one query at a time with rising effort. */
import { ExactIndex, MipsIndex, recall } from '@hashgrad/mips';
import { median } from 'simple-statistics';
import {
  checkEfforts,
  checkHashedMethod,
  indexOptions,
  type SearchMethod,
  searchOptions,
} from '../arms/search.ts';
import { Graph, loadUsearch, type Usearch } from '../arms/usearch.ts';
import type { MeasureContext, MeasureDefinition, Measured } from '../engine/measure.ts';
import type { Config } from '../engine/record.ts';
import { checkTask, loadCorpus } from '../tasks/index.ts';
import type { Corpus } from '../tasks/task.ts';
import { checkShares, costsAtGoal, recallWithin } from './goal.ts';
import { mean, sum } from './sums.ts';

/** What the measure is given; plain JSON. */
export interface SearchConfig {
  /** Gives vectors and queries, see `src/tasks`. */
  readonly task: Config;
  readonly method: SearchMethod;
  /** How many of the greatest inner products are looked for. */
  readonly k: number;
  /** The recall whose cost is told: that of the least effort that reaches it. */
  readonly goal: number;
  /** The share of the vectors whose recall is told: that of the greatest effort that scores no more. */
  readonly within: number;
  /** How often all queries are asked for the time, of which the median counts. */
  readonly passes: number;
}

/**
 * The base of a study: 10 vectors, the cost of a recall of 0.9, the recall where 5 % are scored, the time of 3 passes. `method` is for
 * a factor to set.
 */
export function searchConfig(task: SearchConfig['task'], options: Partial<SearchConfig> = {}): Config {
  const method: SearchMethod = { kind: 'exact', int8: false };
  return {
    task,
    method,
    k: 10,
    goal: 0.9,
    within: 0.05,
    passes: 3,
    ...options,
  } satisfies SearchConfig as unknown as Config;
}

/** The measure 'search'. */
export const searchMeasure: MeasureDefinition = {
  name: 'search',
  description:
    'Searches the vectors of a task by one method at rising efforts, and compares what is found with the exact results.',
  metrics: ['recall', 'recallWithin', 'examinedAtGoal', 'queriesPerSecondAtGoal'],
  check(json) {
    const { task, method, k, goal, within, passes } = json as unknown as SearchConfig;
    checkTask(task);
    checkShares({ goal, within });
    for (const [name, value] of Object.entries({ k, passes })) {
      if (!(Number.isInteger(value) && value >= 1)) {
        throw new RangeError(`${name} is a whole number of at least 1; got ${JSON.stringify(value)}.`);
      }
    }
    if (method?.kind === 'mips') checkHashedMethod(method);
    else if (method?.kind === 'usearch') checkEfforts(method.efforts);
    else if (method?.kind !== 'exact') {
      throw new Error(`method.kind is mips, exact or usearch; got ${JSON.stringify(method)}.`);
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

/** A method at an effort. */
interface Searcher {
  readonly effort: number;
  search(query: Float32Array): ArrayLike<number>;
  /** How many vectors are scored for a query; a graph does not tell. */
  scored?(query: Float32Array): number;
}

async function searchAll(config: SearchConfig, { seed, progress }: MeasureContext): Promise<Measured> {
  const { k, goal, within, passes } = config;
  const corpus = await loadCorpus(config.task);
  const { dimensions, vectors } = corpus;
  const queries = Array.from({ length: corpus.queries.length / dimensions }, (_, q) =>
    corpus.queries.subarray(q * dimensions, (q + 1) * dimensions),
  );
  const size = vectors.length / dimensions;
  const truth = exactResults(corpus, k);
  const series = { effort: [], recall: [], examined: [], queriesPerSecond: [] } as Record<
    'effort' | 'recall' | 'examined' | 'queriesPerSecond',
    number[]
  >;
  using method = await methodOf(config, corpus, seed);
  for (const [index, { effort, search: ask, scored }] of method.searchers.entries()) {
    series.effort.push(effort);
    if (scored) series.examined.push(sum(queries.map(scored)) / (queries.length * size));
    series.recall.push(mean(queries.map((query, q) => recall(ask(query), truth[q] as Uint32Array))));
    const rates = Array.from({ length: passes }, () => {
      const start = performance.now();
      for (const query of queries) ask(query);
      return (1000 * queries.length) / (performance.now() - start);
    });
    series.queriesPerSecond.push(median(rates));
    await progress((index + 1) / method.searchers.length);
  }
  const { examined, recall: found, queriesPerSecond } = series;
  const known = examined.length > 0 ? { examined } : {};
  const affordable = examined.length > 0 ? recallWithin(found, examined, within) : undefined;
  return {
    metrics: {
      recall: Math.max(...found),
      ...(affordable !== undefined && { recallWithin: affordable }),
      ...costsAtGoal(found, goal, { ...known, queriesPerSecond }),
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

async function methodOf(
  { method, k }: SearchConfig,
  corpus: Corpus,
  seed: number,
): Promise<Disposable & { readonly searchers: readonly Searcher[] }> {
  const { dimensions, vectors } = corpus;
  switch (method.kind) {
    case 'exact': {
      const index = new ExactIndex({ dimensions, int8: method.int8 });
      index.add(vectors);
      const search = (query: Float32Array): ArrayLike<number> => index.search(query, k).ids;
      return {
        searchers: [{ effort: 1, search, scored: () => index.size }],
        [Symbol.dispose]: () => index.close(),
      };
    }
    case 'mips': {
      const index = new MipsIndex(indexOptions(method, corpus, seed));
      index.add(vectors);
      const searchers = method.efforts.map((effort): Searcher => {
        const options = searchOptions(method, effort, index.size, k);
        return {
          effort,
          search: (query) => index.search(query, k, options).ids,
          scored: (query) => index.candidates(query, k, options).length,
        };
      });
      return { searchers, [Symbol.dispose]: () => index.close() };
    }
    case 'usearch': {
      const graph = new Graph(await installedUsearch(), vectors, dimensions);
      const searchers = method.efforts.map((effort): Searcher => {
        const view = graph.withExpansion(effort);
        return { effort, search: (query) => view.search(query, k) };
      });
      return { searchers, [Symbol.dispose]: () => graph[Symbol.dispose]() };
    }
  }
}

async function installedUsearch(): Promise<Usearch> {
  const usearch = await loadUsearch();
  if (typeof usearch !== 'string') return usearch;
  throw new Error(`${usearch}. Install it (npm install usearch), or leave the method usearch out.`);
}
