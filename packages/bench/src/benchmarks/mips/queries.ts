/** The queries of a corpus: those that searches are tuned on, others that are measured, and the true results of these. */
import { type ExactIndex, recall } from '@hashgrad/mips';
import type { Corpus } from '../../tasks/task.ts';
import { cachedTruth } from './cache.ts';

export interface Queries {
  /** Flat, those that are measured. */
  readonly measured: Float32Array;
  /** The same, one by one. */
  readonly each: readonly Float32Array[];
  /** Flat, others of the same kind. */
  readonly tuning: Float32Array;
  /** The ids of the `k` best of each measured query. */
  truth(k: number): readonly Uint32Array[];
}

/**
 * The first half of a corpus's queries is measured, the second half is for tuning.
 *
 * @param exact holds the corpus.
 * @param folder where true results are kept, if anywhere.
 */
export function queriesOf(corpus: Corpus, exact: ExactIndex, folder: string | undefined): Queries {
  const { dimensions, queries } = corpus;
  const count = Math.ceil(queries.length / dimensions / 2);
  const measured = queries.subarray(0, count * dimensions);
  const known = new Map<number, readonly Uint32Array[]>();
  const find = (k: number): Uint32Array[] => {
    const flat = cachedTruth(folder, measured, k, () => exactIds(exact, measured, k));
    const most = flat.length / count;
    return Array.from({ length: count }, (_, s) => flat.subarray(s * most, (s + 1) * most));
  };
  return {
    measured,
    each: rowsOf(measured, dimensions),
    tuning: queries.subarray(count * dimensions),
    truth(k) {
      const found = known.get(k) ?? find(k);
      known.set(k, found);
      return found;
    },
  };
}

/** The rows of a flat array, sharing its memory. */
export function rowsOf(flat: Float32Array, dimensions: number): Float32Array[] {
  return Array.from({ length: flat.length / dimensions }, (_, i) =>
    flat.subarray(i * dimensions, (i + 1) * dimensions),
  );
}

/** Mean recall of what was found for each query. */
export function meanRecall(found: readonly ArrayLike<number>[], truth: readonly ArrayLike<number>[]): number {
  return found.reduce((total, ids, s) => total + recall(ids, truth[s] ?? []), 0) / found.length;
}

/** Recall at `k` of an exact index by another, over some of the measured queries: 1 unless one is wrong. */
export function agreement(a: ExactIndex, b: ExactIndex, { measured }: Queries, k: number): number {
  const some = measured.subarray(0, 100 * a.dimensions);
  const [expected = [], found = []] = [a, b].map((index) => index.searchBatch(some, k).map(({ ids }) => ids));
  return meanRecall(found, expected);
}

function exactIds(exact: ExactIndex, queries: Float32Array, k: number): Uint32Array {
  const most = Math.min(k, exact.size);
  const found = exact.searchBatch(queries, most);
  const ids = new Uint32Array(found.length * most);
  for (const [s, result] of found.entries()) ids.set(result.ids, s * most);
  return ids;
}
