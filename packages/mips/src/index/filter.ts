/** Filters of ids, as kernels read them: bits of places, and the places themselves where they are few. */
import type { IdTable, Scratch } from '@hashgrad/lsh/vectors';
import type { IdFilter } from './search-options.ts';
import type { Searcher } from './searcher.ts';

/** Of up to this share of the vectors each one is scored: a search would go through many others to find as many. */
const FEW = 1 / 8;

/** The places that pass a filter. */
export class AllowedPlaces {
  readonly count: number;
  /** One bit a place, in the arena. */
  readonly bits: Uint32Array;
  readonly #size: number;
  readonly #scratch: Scratch;

  /** Asks the filter for all vectors, or looks up the ids of a Set that has fewer. */
  constructor(filter: IdFilter, places: IdTable, searcher: Searcher, scratch: Scratch) {
    const bits = scratch.uint32(Math.ceil(searcher.placeBound / 32));
    let count = 0;
    const allow = (place: number): void => {
      bits[place >>> 5]! |= 1 << (place & 31);
      count++;
    };
    if ('size' in filter && filter.size < places.size) {
      for (const id of filter) {
        const place = places.get(id);
        if (place !== undefined) allow(place);
      }
    } else {
      const passes = testOf(filter);
      searcher.forEach((place) => {
        if (passes(searcher.id(place))) allow(place);
      });
    }
    this.count = count;
    this.bits = bits;
    this.#size = places.size;
    this.#scratch = scratch;
  }

  /** Whether so few pass that each of them is to be scored. */
  get few(): boolean {
    return this.count <= FEW * this.#size;
  }

  /** The places, ascending, in the arena. */
  list(): Int32Array {
    const list = this.#scratch.int32(this.count);
    let at = 0;
    for (const [w, word] of this.bits.entries()) {
      for (let left = word; left !== 0; left &= left - 1) list[at++] = 32 * w + 31 - Math.clz32(left & -left);
    }
    return list;
  }
}

function testOf(filter: IdFilter): (id: number) => boolean {
  if (typeof filter === 'function') return filter;
  if (filter instanceof Uint8Array)
    return (id) => (((filter[Math.floor(id / 8)] ?? 0) >> (id & 7)) & 1) === 1;
  return (id) => filter.has(id);
}

/** The least 32-bit float that is not below a threshold: a score reaches the one where it reaches the other. */
export function floatFrom(threshold: number): number {
  const float = Float32Array.of(threshold);
  const bits = new Int32Array(float.buffer);
  if ((float[0] as number) < threshold) {
    // The next one: bits of positive floats ascend with them, those of negative ones descend.
    bits[0] = (bits[0] as number) + ((bits[0] as number) < 0 ? -1 : 1);
  }
  return float[0] as number;
}
