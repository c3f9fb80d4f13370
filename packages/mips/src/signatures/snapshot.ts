/** How vectors lie in blocks, to go back to where many that came found no room. */
import { lengthsOf } from '@hashgrad/lsh/vectors';
import type { Incoming } from '../index/searcher.ts';
import type { BlockMemory } from './block-memory.ts';
import type { BandState } from './block-state.ts';

/** How vectors are parted, and their ids in that order. */
export interface Snapshot {
  readonly bands: readonly BandState[];
  readonly ids: Uint32Array;
}

/** What there is to take one of. */
interface Parted {
  readonly memory: BlockMemory;
  state(): BandState[];
  forEach(visit: (place: number) => void): void;
}

/** A copy, which later changes leave as it is. */
export function snapshotOf(parted: Parted): Snapshot {
  const bands = parted.state().map((band) => ({
    ...band,
    blocks: band.blocks.map(({ count, summary }) => ({
      count,
      summary: { ...summary, centre: summary.centre.slice() },
    })),
  }));
  const ids: number[] = [];
  parted.forEach((place) => ids.push(parted.memory.id(place)));
  return { bands, ids: Uint32Array.from(ids) };
}

/** The vectors at some places, as they come in. */
export function vectorsAt(memory: BlockMemory, places: Int32Array, ids: Uint32Array): Incoming {
  const { dimensions } = memory;
  const vectors = new Float32Array(places.length * dimensions);
  for (const [i, place] of places.entries()) vectors.set(memory.vector(place), i * dimensions);
  const int8 = memory.rows ? undefined : memory.quantized(places);
  return { vectors, lengths: lengthsOf(vectors, dimensions, 'Vector'), ids, int8 };
}
