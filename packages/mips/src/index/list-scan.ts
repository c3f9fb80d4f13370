/** Exact scans of some places, the same for all queries. */
import { scoreLists } from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { QueryBlock } from './query-block.ts';
import type { VectorStore } from './vector-store.ts';

/** Fills the block's records with the `k` best of its queries among the listed places. */
export function scanList(
  store: VectorStore,
  block: QueryBlock,
  count: number,
  k: number,
  places: Int32Array,
  threshold: number = -Infinity,
): void {
  using scratch = new Scratch(store.team.arena);
  const lists = { lists: places, listStride: 0, lengths: scratch.int32(count).fill(places.length) };
  const only = { threshold, clear: true, finish: true };
  scoreLists(store.team, { vectors: store.scanned, ...block.views, k, ...lists, ...only }, count);
}
