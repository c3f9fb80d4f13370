/** The study of searching: recall against vectors examined and against queries a second, for every way of finding them. */
import { crossPolytope, pStable, simHash } from '@hashgrad/lsh';
import {
  ExactIndex,
  identity,
  l2Alsh,
  MipsIndex,
  type MipsIndexOptions,
  normRanging,
  qnf,
  recall,
  saAlsh,
  type SearchOptions,
  signAlsh,
  simpleAlsh,
  simpleLsh,
  xbox,
} from '@hashgrad/mips';
import { median } from 'simple-statistics';
import { Graph, loadUsearch } from './benchmarks/usearch.ts';
import type { Corpus } from './corpora.ts';

/** One way at one setting. */
export interface SearchPoint {
  readonly corpus: string;
  readonly way: string;
  readonly setting: string;
  /** Of the 10 best. */
  readonly recall: number;
  /** Vectors scored for a query, as a share of all; absent for the graph, which does not tell. */
  readonly examined: number | undefined;
  /** On one thread, one query at a time. */
  readonly queriesPerSecond: number;
}

const K = 10;
const PASSES = 3;
const BITS = 6;
const TABLES = 64;
const EXPANSIONS = [10, 20, 40, 80, 160, 320];

type IndexOptions = Omit<MipsIndexOptions, 'dimensions'>;

/** The ways of hashing that a corpus is searched by; its typical length sets the width of cells. */
function waysOf(size: number): Record<string, IndexOptions> {
  const signs = simHash({ bits: BITS, tables: TABLES, projection: 'hadamard' });
  const cells = (width: number) => pStable({ hashes: 2, tables: TABLES, width });
  return {
    signatures: {},
    'identity, simHash': { method: 'tables', transform: identity(), family: signs },
    // The plain hash of distances that the paper compares L2-ALSH with.
    'identity, pStable': { method: 'tables', transform: identity(), family: cells(2.5 * size) },
    'simpleLsh, simHash': { transform: simpleLsh(), family: signs },
    'simpleLsh, crossPolytope': {
      transform: simpleLsh(),
      family: crossPolytope({ bits: BITS, tables: TABLES }),
    },
    'simpleAlsh, simHash': { transform: simpleAlsh({ queryBound: 2 * size }), family: signs },
    'signAlsh, simHash': { transform: signAlsh(), family: signs },
    'l2Alsh, pStable': { transform: l2Alsh(), family: cells(2.5) },
    'xbox, pStable': { transform: xbox(), family: cells(2.5 * size) },
    'qnf, simHash': { transform: qnf(), family: signs },
    'saAlsh, simHash': { transform: saAlsh(), family: signs },
    'normRanging, simHash': { transform: normRanging(), family: signs },
  };
}

/** Measures all ways on each corpus. */
export async function runSearchStudy(
  corpora: readonly Corpus[],
  onProgress: (text: string) => void = () => undefined,
): Promise<SearchPoint[]> {
  const usearch = await loadUsearch();
  if (typeof usearch === 'string') onProgress(`${usearch}: the graph is missing`);
  return corpora.flatMap((corpus) => {
    onProgress(`${corpus.name}: ${corpus.vectors.length / corpus.dimensions} vectors`);
    const queries = queriesOf(corpus);
    using exact = new ExactIndex({ dimensions: corpus.dimensions });
    exact.add(corpus.vectors);
    const truth = exact.searchBatch(corpus.queries, K).map(({ ids }) => ids);
    const point = (
      way: string,
      setting: string,
      search: (query: Float32Array) => ArrayLike<number>,
      examined?: number,
    ): SearchPoint => {
      const found = queries.map((query) => recall(search(query), truth[queries.indexOf(query)] ?? []));
      const rates = Array.from({ length: PASSES }, () => {
        const start = performance.now();
        for (const query of queries) search(query);
        return (1000 * queries.length) / (performance.now() - start);
      });
      const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
      return { corpus: corpus.name, way, setting, recall: mean, examined, queriesPerSecond: median(rates) };
    };
    const graphs: SearchPoint[] = [];
    if (typeof usearch !== 'string') {
      using graph = new Graph(usearch, corpus.vectors, corpus.dimensions);
      for (const expansion of EXPANSIONS) {
        const searcher = graph.withExpansion(expansion);
        graphs.push(point('usearch', `expansion ${expansion}`, (query) => searcher.search(query, K)));
      }
    }
    return [
      ...exactPoints(corpus, point),
      ...Object.entries(waysOf(typicalLength(corpus))).flatMap(([way, options]) =>
        wayPoints(corpus, way, options, queries, point),
      ),
      ...graphs,
    ];
  });
}

type Pointer = (
  way: string,
  setting: string,
  search: (query: Float32Array) => ArrayLike<number>,
  examined?: number,
) => SearchPoint;

function exactPoints({ dimensions, vectors }: Corpus, point: Pointer): SearchPoint[] {
  return [false, true].map((int8) => {
    using index = new ExactIndex({ dimensions, int8 });
    index.add(vectors);
    return point(int8 ? 'exact, int8 first' : 'exact', '', (query) => index.search(query, K).ids, 1);
  });
}

function wayPoints(
  { dimensions, vectors }: Corpus,
  way: string,
  options: IndexOptions,
  queries: readonly Float32Array[],
  point: Pointer,
): SearchPoint[] {
  using index = new MipsIndex({ dimensions, ...options });
  index.add(vectors);
  const settings: SearchOptions[] =
    index.method === 'signatures'
      ? [2, 1.5, 1, 0.5, 0, -0.5].map((slack) => ({ slack }))
      : [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].map((share) => ({
          candidates: Math.max(K, Math.round(share * index.size)),
        }));
  return settings.map((setting) => {
    const counts = queries.map((query) => index.candidates(query, K, setting).length);
    const examined = counts.reduce((sum, count) => sum + count, 0) / (queries.length * index.size);
    const [name = '', value] = Object.entries(setting)[0] ?? [];
    return point(way, `${name} ${value}`, (query) => index.search(query, K, setting).ids, examined);
  });
}

function queriesOf({ queries, dimensions }: Corpus): Float32Array[] {
  return Array.from({ length: queries.length / dimensions }, (_, s) =>
    queries.subarray(s * dimensions, (s + 1) * dimensions),
  );
}

/** The median of the vectors' lengths. */
function typicalLength({ vectors, dimensions }: Corpus): number {
  return median(
    Array.from({ length: vectors.length / dimensions }, (_, i) =>
      Math.hypot(...vectors.subarray(i * dimensions, (i + 1) * dimensions)),
    ),
  );
}
