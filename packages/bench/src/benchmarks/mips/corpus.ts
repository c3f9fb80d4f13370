/** One corpus of the benchmark `mips`: the indexes on it, how good they are, and what is timed. */
import { ExactIndex } from '@hashgrad/mips';
import type { Corpus } from '../../tasks/task.ts';
import { residentBytes, type Rounds } from '../lib/clock.ts';
import { buildIndex } from './build.ts';
import { type CurvePoint, rateAtRecall } from './curve.ts';
import { agreement, queriesOf } from './queries.ts';
import {
  graphRecall,
  graphSettings,
  RECALLS,
  type Setting,
  settingThatReaches,
  tunedSettings,
} from './recall.ts';
import { FEW, MANY, otherRuns, replacer, searchRun, slowestReplacement } from './runs.ts';
import { sample, type Sample } from '../lib/measure.ts';
import { Graph, type Usearch } from '../../arms/usearch.ts';

/** Long lists take longer to search for, and say more. */
const MANY_SAMPLE = 50;

export interface CorpusOptions {
  /** Left out if it is not there. */
  readonly usearch?: Usearch | undefined;
  /** Threads that search, and that build a MipsIndex. */
  readonly threads: number;
  /** Threads that build the graph. */
  readonly graphThreads: number;
  /** The corpus's folder in the cache, if there is one. */
  readonly folder?: string | undefined;
  readonly timing: Rounds;
  readonly onProgress: (text: string) => void;
}

/** A setting whose searches were timed. */
export interface MeasuredSetting extends CurvePoint {
  readonly name: string;
  /** The recall that it was tuned to, if it was tuned. */
  readonly goal?: number;
}

/** One of the indexes: queries a second at recalls, what building takes, and its memory. */
export interface IndexResult {
  readonly settings: readonly MeasuredSetting[];
  /** By recall of the 10 best; without those that are not reached. */
  readonly atRecall: ReadonlyMap<number, Sample>;
  /** Seconds. */
  readonly build: Sample;
  readonly buildThreads: number;
  /** Growth of the resident memory of the process, a vector. */
  readonly residentBytes: number;
}

/** What was measured on a corpus; samples are calls a second. */
export interface CorpusResult {
  readonly corpus: string;
  readonly vectors: number;
  readonly dimensions: number;
  readonly rates: Readonly<Record<string, Sample>>;
  /** Recall of what has one and no curve, by the same names. */
  readonly recalls: Readonly<Record<string, number>>;
  readonly options: Readonly<Record<string, string>>;
  readonly index: IndexResult;
  readonly graph: IndexResult | undefined;
  /** Of `memoryUsage()`, a vector: after building, and after all replacements. */
  readonly bytesPerVector: number;
  readonly bytesAfterReplacing: number;
  /** Milliseconds of the slowest of the first replacements after building. */
  readonly slowestReplacement: number;
  /** Seconds of tuning to each recall. */
  readonly tuneSeconds: readonly number[];
}

/** Measures a corpus. */
export async function measureCorpus(corpus: Corpus, options: CorpusOptions): Promise<CorpusResult> {
  const { dimensions, vectors, name } = corpus;
  const { usearch, threads, folder, timing, onProgress } = options;
  const size = vectors.length / dimensions;

  onProgress(`${name}: builds`);
  using built = await buildIndex(corpus, threads);
  const { index } = built;
  const builds = [built.seconds];
  while (builds.length < timing.rounds) {
    using again = await buildIndex(corpus, threads);
    builds.push(again.seconds);
  }

  onProgress(`${name}: exact results`);
  using exact = new ExactIndex({ dimensions });
  using int8 = new ExactIndex({ dimensions, int8: true });
  exact.add(vectors);
  int8.add(vectors);
  const queries = queriesOf(corpus, int8, folder);
  queries.truth(FEW);
  queries.truth(MANY);

  onProgress(`${name}: tuning`);
  const own = tunedSettings(index, queries, FEW, RECALLS);
  using graph = usearch && buildGraph(corpus, usearch, options);
  const before = residentBytes();
  const edited = graph?.editable(64);
  const graphBytes = (residentBytes() - before) / size;
  if (graph) onProgress(`${name}: recall of usearch`);
  const theirs = graph ? graphSettings(graph, queries, FEW, RECALLS, threads) : [];
  const mixed = graph?.editable(MANY);
  const manyRecall = mixed && graphRecall(mixed, queries, MANY);
  const many = settingThatReaches(index, queries, MANY, manyRecall ?? 0.8, MANY_SAMPLE);

  onProgress(`${name}: rates`);
  const replace = replacer(corpus);
  const pause = slowestReplacement(replace, index);
  const named = (way: string, settings: readonly Setting[]): [string, () => number][] =>
    settings.map((setting, i) => [`${way} ${i}`, searchRun(setting, queries, threads, timing.seconds)]);
  const curves = { own: named('own', own), theirs: named('theirs', theirs) };
  const others = otherRuns({
    queries,
    exact,
    int8,
    index,
    replace,
    edited,
    mixed,
    many,
    seconds: timing.seconds,
  });
  const runs: Record<string, () => number> = {
    ...Object.fromEntries([...curves.own, ...curves.theirs]),
    ...others,
  };
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(runs).map((run) => [run, []]));
  for (let round = 0; round < timing.rounds; round++) {
    for (const [run, measure] of Object.entries(runs)) rates[run]?.push(measure());
  }

  const values = (run: string): number[] => rates[run] as number[];
  const curveOf = (settings: readonly Setting[], runNames: readonly [string, unknown][]) =>
    curve(
      settings,
      runNames.map(([run]) => values(run)),
    );
  return {
    corpus: name,
    vectors: size,
    dimensions,
    rates: Object.fromEntries(Object.keys(others).map((run) => [run, sample(values(run))])),
    recalls: {
      exact: 1,
      'exact, batches of 64': 1,
      'exact, int8 first': agreement(exact, int8, queries, FEW),
      'MipsIndex, mix': many.recall,
      ...(manyRecall === undefined ? {} : { 'usearch, mix': manyRecall }),
    },
    options: { 'MipsIndex, mix': many.name, 'usearch, mix': `expansion ${MANY}` },
    index: {
      ...curveOf(own, curves.own),
      build: sample(builds),
      buildThreads: threads,
      residentBytes: built.residentBytes / size,
    },
    graph: graph && {
      ...curveOf(theirs, curves.theirs),
      build: sample([graph.secondsToBuild]),
      buildThreads: graph.buildThreads,
      residentBytes: graphBytes,
    },
    bytesPerVector: built.bytes / size,
    bytesAfterReplacing: index.memoryUsage() / size,
    slowestReplacement: pause,
    tuneSeconds: own.map(({ tuneSeconds }) => tuneSeconds),
  };
}

function buildGraph(corpus: Corpus, usearch: Usearch, options: CorpusOptions): Graph {
  const { graphThreads, folder, onProgress } = options;
  return new Graph(usearch, corpus.vectors, corpus.dimensions, {
    threads: graphThreads,
    folder,
    onProgress: (added) => {
      if (added % 100_000 === 0) onProgress(`${corpus.name}: ${added} vectors in the graph of usearch`);
    },
  });
}

/** The median rates of settings, and the rates at recalls: read off in each round, as all in it have the machine alike. */
function curve(
  settings: readonly Setting[],
  rates: readonly (readonly number[])[],
): Pick<IndexResult, 'settings' | 'atRecall'> {
  const atRecall = new Map<number, Sample>();
  for (const recall of RECALLS) {
    const found = (rates[0] ?? [])
      .map((_, round) =>
        rateAtRecall(
          settings.map((setting, i) => ({ recall: setting.recall, rate: rates[i]?.[round] as number })),
          recall,
        ),
      )
      .filter((rate) => rate !== undefined);
    if (found.length > 0) atRecall.set(recall, sample(found));
  }
  return {
    settings: settings.map((setting, i) => ({
      name: setting.name,
      recall: setting.recall,
      rate: sample(rates[i] as number[]).median,
      ...('goal' in setting ? { goal: setting.goal as number } : {}),
    })),
    atRecall,
  };
}
