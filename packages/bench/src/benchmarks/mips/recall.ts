/** Ways of searching at settings that reach different recalls: a MipsIndex that is tuned, and a graph at each expansion. */
import type { MipsIndex, SearchOptions } from '@hashgrad/mips';
import { meanRecall, type Queries } from './queries.ts';
import { secondsOf } from '../lib/clock.ts';
import type { Graph, GraphSearch } from '../../arms/usearch.ts';

/** A graph that gains less recall than this by four times the expansion has given what it can. */
const LEAST_GAIN = 0.001;

/** Recalls that queries a second are compared at. */
export const RECALLS: readonly number[] = [0.9, 0.95, 0.98, 0.99, 0.997];

/** Below and above the recalls that are compared, so that there is something to interpolate between. */
const LOWER = [0.88, 0.86, 0.83, 0.8];
const HIGHER = [0.92, 0.94, 0.96, 0.98, 0.99, 0.999, 1];
const EXPANSIONS = [
  10, 16, 24, 32, 48, 64, 80, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192,
];

/** A setting, and its recall over the measured queries. */
export interface Setting {
  /** For people. */
  readonly name: string;
  readonly recall: number;
  search(query: Float32Array): void;
  /** All of a flat array of queries, by several threads. */
  searchBatch(queries: Float32Array): void;
}

export interface TunedSetting extends Setting {
  /** The recall that the index was tuned to, on other queries. */
  readonly goal: number;
  readonly options: SearchOptions;
  /** Seconds that tuning took. */
  readonly tuneSeconds: number;
}

/** Tunes an index to a recall at `k`, on other queries than its recall is then taken of. */
function tunedSetting(
  index: MipsIndex,
  queries: Queries,
  k: number,
  goal: number,
  sample?: number,
): TunedSetting {
  const { measured, tuning } = queries;
  let options: SearchOptions = {};
  const tuneSeconds = secondsOf(() => {
    ({ options } = index.tune({ recall: goal, k, queries: tuning, sample }));
  });
  const found = index.searchBatch(measured, k, options).map(({ ids }) => ids);
  return {
    name: described(options),
    recall: meanRecall(found, queries.truth(k)),
    goal,
    options,
    tuneSeconds,
    search: (query) => void index.search(query, k, options),
    searchBatch: (batch) => void index.searchBatch(batch, k, options),
  };
}

/** Settings of an index around `recalls`: tuned to each, and to lower and higher ones until they lie in between. */
export function tunedSettings(
  index: MipsIndex,
  queries: Queries,
  k: number,
  recalls: readonly number[],
): TunedSetting[] {
  const settings = recalls.map((goal) => tunedSetting(index, queries, k, goal));
  const [least, most] = [Math.min(...recalls), Math.max(...recalls)];
  for (const goal of LOWER.filter((value) => value < least)) {
    if (settings.some(({ recall }) => recall <= least)) break;
    settings.unshift(tunedSetting(index, queries, k, goal));
  }
  for (const goal of HIGHER.filter((value) => value > most)) {
    if (settings.some(({ recall }) => recall >= most)) break;
    settings.push(tunedSetting(index, queries, k, goal));
  }
  return settings;
}

/** The setting of an index that was tuned to reach a recall over the measured queries too. */
export function settingThatReaches(
  index: MipsIndex,
  queries: Queries,
  k: number,
  wanted: number,
  sample: number,
): TunedSetting {
  for (let goal = wanted; ;) {
    const setting = tunedSetting(index, queries, k, goal, sample);
    if (setting.recall >= wanted || goal === 1) return setting;
    goal = Math.min(1, goal + Math.max(0.003, wanted - setting.recall));
  }
}

/**
 * Settings of a graph around `recalls`: from the last expansion below the least to the first that reaches the greatest, or
 * to where the recall grows no more.
 */
export function graphSettings(
  graph: Graph,
  queries: Queries,
  k: number,
  recalls: readonly number[],
  threads: number,
): Setting[] {
  const settings: Setting[] = [];
  const reached = new Map<number, number>();
  const [least, most] = [Math.min(...recalls), Math.max(...recalls)];
  for (const expansion of EXPANSIONS.filter((value) => value >= k)) {
    const searcher = graph.withExpansion(expansion);
    const setting: Setting = {
      name: `expansion ${expansion}`,
      recall: graphRecall(searcher, queries, k),
      search: (query) => void searcher.search(query, k),
      searchBatch: (batch) => void searcher.search(batch, k, threads),
    };
    if (setting.recall <= least) settings.length = 0;
    settings.push(setting);
    reached.set(expansion, setting.recall);
    const before = reached.get(expansion / 4);
    const settled = before !== undefined && setting.recall - before < LEAST_GAIN;
    if (setting.recall >= most || settled) break;
  }
  return settings;
}

/** Mean recall of a graph over the measured queries. */
export function graphRecall(searcher: GraphSearch, queries: Queries, k: number): number {
  return meanRecall(
    queries.each.map((query) => searcher.search(query, k)),
    queries.truth(k),
  );
}

function described(options: SearchOptions): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
