/** Ways of searching a corpus, ready to be asked: an index of ours, all vectors, a low rank, or a graph. */
import { ExactIndex, MipsIndex } from '@hashgrad/mips';
import { indexOptions, type SearchMethod, searchOptions } from '../arms/search.ts';
import { Graph, loadUsearch, type Usearch } from '../arms/usearch.ts';
import type { Corpus } from '../tasks/task.ts';
import { LowRank } from './low-rank.ts';

/** A method at an effort. */
export interface Searcher {
  readonly effort: number;
  search(query: Float32Array): ArrayLike<number>;
  /** How many vectors are scored for a query; a graph does not tell. */
  scored?(query: Float32Array): number;
}

/** A method over a corpus, at its efforts, for the `k` best; what it holds is freed when it is disposed of. */
export async function methodOf(
  method: SearchMethod,
  k: number,
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
    case 'lowRank': {
      const sketch = new LowRank(corpus, method.rank);
      const size = vectors.length / dimensions;
      const searchers = method.efforts.map((effort): Searcher => {
        const candidates = Math.max(k, Math.round(effort * size));
        return { effort, search: (query) => sketch.search(query, k, candidates), scored: () => candidates };
      });
      return { searchers, [Symbol.dispose]: () => sketch[Symbol.dispose]() };
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

/** The package. @throws {Error} if it is not installed. */
export async function installedUsearch(): Promise<Usearch> {
  const usearch = await loadUsearch();
  if (typeof usearch !== 'string') return usearch;
  throw new Error(`${usearch}. Install it (npm install usearch), or leave the method usearch out.`);
}
