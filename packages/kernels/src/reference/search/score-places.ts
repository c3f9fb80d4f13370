/** Reference of scoring vectors of blocks that are listed by their places. */
import { type PlainBlocks, vectorAt } from './blocks.ts';
import { sortHeld } from './held.ts';
import type { BestList } from './scan.ts';
import { type BlockQuery, int8Score, rowScore } from './search-blocks.ts';

/** The `k` best of the vectors at some places, of scores that reach `threshold`: by rows, or by codes where there are none. */
export function scorePlaces(
  blocks: PlainBlocks,
  query: BlockQuery,
  k: number,
  places: ArrayLike<number>,
  threshold: number,
): BestList {
  const score = blocks.rows ? rowScore : int8Score;
  const held = Array.from(places, (place) => {
    const vector = vectorAt(blocks, place);
    const own = score(vector, query);
    return { place, id: vector.id, score: own, highest: own };
  });
  const best = sortHeld(held.filter((each) => each.score >= threshold)).slice(0, k);
  return {
    ids: Uint32Array.from(best, ({ id }) => id),
    scores: Float32Array.from(best, ({ score: value }) => value),
  };
}
