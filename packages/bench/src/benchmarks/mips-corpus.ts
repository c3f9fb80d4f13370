/** One corpus of the benchmark `mips`: the indexes on it, how good they are, and what is timed. */
import { ExactIndex, MipsIndex, recall, type SearchOptions } from '@hashgrad/mips';
import type { Corpus } from '../corpora.ts';
import { sample, type Sample } from './measure.ts';
import { Graph, type GraphSearch, type loadUsearch } from './usearch.ts';

/** Queries of a batch of the exact index. */
const BATCH = 64;
/** How often all that is compared is gone through. */
const ROUNDS = 5;
const EXPANSIONS = [10, 16, 24, 32, 48, 64, 80, 96, 128, 192, 256, 384, 512, 768, 1024, 1536];
/** Of the many best, with the smallest expansion that can give them. */
const MANY = 1000;
const FEW = 10;

type Usearch = Exclude<Awaited<ReturnType<typeof loadUsearch>>, string>;

/** What was measured on a corpus; samples are calls a second unless they say otherwise. */
export interface CorpusResult {
  readonly corpus: string;
  readonly rates: Readonly<Record<string, Sample>>;
  /** Recall of what has one, by the same names. */
  readonly recalls: Readonly<Record<string, number>>;
  readonly options: Readonly<Record<string, string>>;
  /** Seconds that building takes. */
  readonly build: Sample;
  readonly graphBuild: number | undefined;
}

interface Asked {
  readonly corpus: Corpus;
  /** The queries, and the best of each. */
  readonly queries: readonly Float32Array[];
  readonly truth: (k: number) => readonly Uint32Array[];
}

/** Measures all on one thread. `usearch` is left out if it is not there. */
export function measureCorpus(
  corpus: Corpus,
  usearch: Usearch | undefined,
  onProgress: (text: string) => void,
): CorpusResult {
  const { dimensions, vectors } = corpus;
  using exact = new ExactIndex({ dimensions });
  using int8 = new ExactIndex({ dimensions, int8: true });
  exact.add(vectors);
  int8.add(vectors);
  const asked = askedOf(corpus, int8);

  onProgress(`${corpus.name}: builds`);
  const builds = Array.from({ length: ROUNDS }, () => {
    using made = new MipsIndex({ dimensions });
    return seconds(() => made.add(vectors));
  });
  using index = new MipsIndex({ dimensions });
  index.add(vectors);
  using graph = usearch && new Graph(usearch, vectors, dimensions);

  onProgress(`${corpus.name}: search options`);
  const few = tuned(index, asked, FEW, 0.9);
  const graphFew = graph && expansionFor(graph, asked, FEW, 0.9);
  const graphMany = graph && measured(graph.withExpansion(MANY), asked, MANY);
  const many = tuned(index, asked, MANY, graphMany?.recall ?? 0.8);

  onProgress(`${corpus.name}: rates`);
  const replaced = graph?.withExpansion(64);
  const mixed = graph?.withExpansion(MANY);
  const each = counter(asked);
  const fresh = counter(asked);
  const size = vectors.length / dimensions;
  const replace = (use: (id: number, vector: Float32Array) => void): void => {
    // By another vector of the corpus, so that it stays of its kind.
    const i = fresh.next();
    const from = ((i * 61 + 11) % size) * dimensions;
    use((i * 37) % size, vectors.subarray(from, from + dimensions));
  };
  const update = (id: number, vector: Float32Array): void => index.update([id], vector);
  const batch = corpus.queries.subarray(0, Math.min(BATCH, asked.queries.length) * dimensions);
  const runs: Record<string, () => number> = {
    exact: () => rate(40, () => void exact.search(each.query(), FEW)),
    'exact, batches of 64': () =>
      rate(1, () => void exact.searchBatch(batch, FEW)) * (batch.length / dimensions),
    'exact, int8 first': () => rate(100, () => void int8.search(each.query(), FEW)),
    MipsIndex: () => rate(1000, () => void index.search(each.query(), FEW, few.options)),
    ...(graphFew ? { usearch: () => rate(300, () => void graphFew.searcher.search(each.query(), FEW)) } : {}),
    'MipsIndex, replacements': () => rate(1000, () => replace(update)),
    ...(replaced
      ? {
          'usearch, replacements': () =>
            rate(200, () => replace((id, vector) => replaced.replace(id, vector))),
        }
      : {}),
    'MipsIndex, mix': () =>
      rate(200, () => {
        replace(update);
        index.search(each.query(), MANY, many.options);
      }),
    ...(mixed
      ? {
          'usearch, mix': () =>
            rate(60, () => {
              replace((id, vector) => mixed.replace(id, vector));
              mixed.search(each.query(), MANY);
            }),
        }
      : {}),
  };
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(runs)) rates[name]?.push(run());
  }
  return {
    corpus: corpus.name,
    rates: Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, sample(values)])),
    recalls: {
      exact: 1,
      'exact, batches of 64': 1,
      'exact, int8 first': agreement(exact, int8, asked),
      MipsIndex: few.recall,
      ...(graphFew ? { usearch: graphFew.recall } : {}),
      'MipsIndex, mix': many.recall,
      ...(graphMany ? { 'usearch, mix': graphMany.recall } : {}),
    },
    options: {
      MipsIndex: described(few.options),
      'MipsIndex, mix': described(many.options),
      ...(graphFew ? { usearch: `expansion ${graphFew.expansion}` } : {}),
      ...(graphMany ? { 'usearch, mix': `expansion ${MANY}` } : {}),
    },
    build: sample(builds),
    graphBuild: graph?.secondsToBuild,
  };
}

function askedOf(corpus: Corpus, exact: ExactIndex): Asked {
  const { dimensions, queries } = corpus;
  const known = new Map<number, readonly Uint32Array[]>();
  return {
    corpus,
    queries: Array.from({ length: queries.length / dimensions }, (_, s) =>
      queries.subarray(s * dimensions, (s + 1) * dimensions),
    ),
    truth(k) {
      const found = known.get(k) ?? exact.searchBatch(queries, k).map(({ ids }) => ids);
      known.set(k, found);
      return found;
    },
  };
}

/** Goes through the queries again and again. */
function counter({ queries }: Asked): { next(): number; query(): Float32Array } {
  let i = 0;
  return {
    next: () => i++,
    query: () => queries[i++ % queries.length] as Float32Array,
  };
}

/** The options of least cost by which the index has the recall on all queries: it is tuned on some of them. */
function tuned(
  index: MipsIndex,
  { corpus, queries, truth }: Asked,
  k: number,
  wanted: number,
): { readonly options: SearchOptions; readonly recall: number } {
  // Long lists take longer, and say more.
  const asked = k > 100 ? 50 : Math.ceil(queries.length / 2);
  for (let goal = wanted; ; goal = Math.min(1, goal + 0.003)) {
    const { options } = index.tune({ recall: goal, k, queries: corpus.queries, sample: asked });
    const found = index.searchBatch(corpus.queries, k, options).map(({ ids }) => ids);
    const reached = meanRecall(found, truth(k));
    if (reached >= wanted || goal === 1) return { options, recall: reached };
  }
}

/** The smallest expansion by which the graph has the recall. */
function expansionFor(
  graph: Graph,
  asked: Asked,
  k: number,
  wanted: number,
): { readonly searcher: GraphSearch; readonly expansion: number; readonly recall: number } {
  let last: ReturnType<typeof expansionFor> | undefined;
  for (const expansion of EXPANSIONS) {
    const searcher = graph.withExpansion(expansion);
    last = { searcher, expansion, recall: measured(searcher, asked, k).recall };
    if (last.recall >= wanted) break;
  }
  return last as ReturnType<typeof expansionFor>;
}

function measured(searcher: GraphSearch, { queries, truth }: Asked, k: number): { readonly recall: number } {
  const found = queries.map((query) => searcher.search(query, k));
  return { recall: meanRecall(found, truth(k)) };
}

function meanRecall(found: readonly ArrayLike<number>[], truth: readonly ArrayLike<number>[]): number {
  const sum = found.reduce((total, ids, s) => total + recall(ids, truth[s] ?? []), 0);
  return sum / found.length;
}

function agreement(exact: ExactIndex, int8: ExactIndex, { corpus }: Asked): number {
  const some = corpus.queries.subarray(0, 100 * corpus.dimensions);
  const [a, b] = [exact, int8].map((index) => index.searchBatch(some, FEW).map(({ ids }) => ids));
  return meanRecall(b ?? [], a ?? []);
}

/** Calls a second. */
function rate(calls: number, call: () => void): number {
  return (
    calls /
    seconds(() => {
      for (let i = 0; i < calls; i++) call();
    })
  );
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function described({ share, slack }: SearchOptions): string {
  return `share ${share}, slack ${slack}`;
}
