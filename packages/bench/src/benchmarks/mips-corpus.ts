/** One corpus of the benchmark `mips`: the indexes on it, how good they are, and what is timed. */
import { ExactIndex, type MipsIndex } from '@hashgrad/mips';
import type { Corpus } from '../corpora.ts';
import { callRate, residentBytes, type Rounds } from './clock.ts';
import { buildIndex } from './mips-build.ts';
import { type CurvePoint, rateAtRecall } from './mips-curve.ts';
import { meanRecall, type Queries, queriesOf } from './mips-queries.ts';
import {
  graphRecall,
  graphSettings,
  RECALLS,
  type Setting,
  settingThatReaches,
  tunedSettings,
} from './mips-recall.ts';
import { sample, type Sample } from './measure.ts';
import { type EditableGraph, Graph, type Usearch } from './usearch.ts';

/** Queries of a batch of the exact index. */
const BATCH = 64;
const FEW = 10;
/** Of the many best, with the smallest expansion that can give them. */
const MANY = 1000;
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
  /** Of `memoryUsage()`, a vector. */
  readonly bytesPerVector: number;
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
  const named = (way: string, settings: readonly Setting[]): [string, () => number][] =>
    settings.map((setting, i) => [`${way} ${i}`, searcherOf(setting, queries, threads, timing.seconds)]);
  const curves = { own: named('own', own), theirs: named('theirs', theirs) };
  const others = otherRuns({
    corpus,
    queries,
    exact,
    int8,
    index,
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
      'exact, int8 first': agreement(exact, int8, queries),
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

/** Queries a second: one by one on one thread, in batches on more. */
function searcherOf(
  setting: Setting,
  { each, measured }: Queries,
  threads: number,
  seconds: number,
): () => number {
  if (threads > 1) {
    return () => each.length * callRate(() => setting.searchBatch(measured), seconds, 1);
  }
  let i = 0;
  return () =>
    callRate(
      () => setting.search(each[i++ % each.length] as Float32Array),
      seconds,
      Math.min(20, each.length),
    );
}

/** Everything that is timed beside the curves, by name. */
function otherRuns({
  corpus,
  queries,
  exact,
  int8,
  index,
  edited,
  mixed,
  many,
  seconds,
}: {
  corpus: Corpus;
  queries: Queries;
  exact: ExactIndex;
  int8: ExactIndex;
  index: MipsIndex;
  edited: EditableGraph | undefined;
  mixed: EditableGraph | undefined;
  many: Setting;
  seconds: number;
}): Record<string, () => number> {
  const { dimensions, vectors } = corpus;
  const size = vectors.length / dimensions;
  const rate = (call: () => void): number => callRate(call, seconds, 10);
  let asked = 0;
  const query = (): Float32Array => queries.each[asked++ % queries.each.length] as Float32Array;
  let turn = 0;
  const replace = (use: (id: number, vector: Float32Array) => void): void => {
    // By another vector of the corpus, so that it stays of its kind.
    const i = turn++;
    const from = ((i * 61 + 11) % size) * dimensions;
    use((i * 37) % size, vectors.subarray(from, from + dimensions));
  };
  const update = (id: number, vector: Float32Array): void => index.update([id], vector);
  const batch = queries.measured.subarray(0, BATCH * dimensions);
  return {
    exact: () => rate(() => void exact.search(query(), FEW)),
    'exact, batches of 64': () =>
      callRate(() => void exact.searchBatch(batch, FEW), seconds, 1) * (batch.length / dimensions),
    'exact, int8 first': () => rate(() => void int8.search(query(), FEW)),
    'MipsIndex, replacements': () => rate(() => replace(update)),
    ...(edited
      ? { 'usearch, replacements': () => rate(() => replace((id, vector) => edited.replace(id, vector))) }
      : {}),
    'MipsIndex, mix': () =>
      rate(() => {
        replace(update);
        many.search(query());
      }),
    ...(mixed
      ? {
          'usearch, mix': () =>
            rate(() => {
              replace((id, vector) => mixed.replace(id, vector));
              mixed.search(query(), MANY);
            }),
        }
      : {}),
  };
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

function agreement(exact: ExactIndex, int8: ExactIndex, { measured }: Queries): number {
  const some = measured.subarray(0, 100 * exact.dimensions);
  const [a, b] = [exact, int8].map((index) => index.searchBatch(some, FEW).map(({ ids }) => ids));
  return meanRecall(b ?? [], a ?? []);
}
