/** Exact scans of some places, the same for all queries. */
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
  const { team, record, stride } = store;
  const { arena } = team;
  using scratch = new Scratch(arena);
  const { best, queries, planes, terms } = block.addresses;
  const lengths = scratch.int32(count).fill(places.length);
  team.run(
    'scoreLists',
    [
      ...([best, arena.address(record), queries, planes, terms, k] as const),
      ...([arena.address(places), 0, arena.address(lengths), 0] as const),
      0,
      threshold,
      1,
      1,
    ],
    count,
    { scratch: arena.kernels.int8ScratchBytes(stride), grain: 1 },
  );
}
