/**
 * How vectors are parted into blocks: by length while lengths differ, which is what decides first about inner products
 * (Norm-Ranging LSH; Yan et al., NeurIPS 2018), and then by direction, in two halves again and again.
 */
import { BLOCK_SLOTS, pairPlaces, projectPlaces, sumDirections } from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { BlockMemory, BlockSummary } from './block-memory.ts';

/** Vectors in a block when it is made: some more find room. */
const FILL = 224;
/** Lengths in a band differ by this factor at most, if it has blocks to be told apart by direction. */
export const BAND_RATIO = 1.05;
/** Vectors that a direction to part by is found with. */
const SAMPLE = 256;
/** Of fewer vectors a block claims nothing. */
const KNOWN = 32;
/** A block's spread covers vectors up to this many times the root mean square distance from its mean. */
const COVERED = 1.5;
/** A vector that comes and is so much farther than the others is a stranger. */
const STRANGE = 2;
/** Of a block with a vector that is so much farther than the others nothing is claimed. */
const OUTLYING = 3;
/** Directions that differ by less are the same, as far as int8 copies tell. */
const ROUNDING = 0.05;
/** How often the direction is improved: the halves' difference points the way that parts them better. */
const ROUNDS = 3;

/** Vectors that make a block, and what a search must know of it. */
export interface Leaf {
  readonly places: Int32Array;
  readonly summary: BlockSummary;
}

/** Leaves of alike lengths. */
export interface PartedBand {
  /** The least length of its vectors. */
  readonly shortest: number;
  readonly longest: number;
  readonly leaves: readonly Leaf[];
}

/** Parts vectors by length, and those of alike lengths by direction: bands, longest first. @throws {RangeError} if there is no room. */
export function partByLength(memory: BlockMemory, places: Int32Array): PartedBand[] {
  const sorted = byLength(memory, places);
  const bands: PartedBand[] = [];
  const part = (some: Int32Array): void => {
    const longest = memory.length(some[0] as number);
    const shortest = memory.length(some.at(-1) as number);
    if (some.length <= FILL || longest <= BAND_RATIO * shortest) {
      bands.push({ shortest, longest, leaves: partByDirection(memory, some) });
      return;
    }
    // Vectors of one length stay in one band.
    const half = memory.length(some[halfOf(some.length)] as number);
    let [low, high] = [0, some.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (memory.length(some[middle] as number) > half) low = middle + 1;
      else high = middle;
    }
    if (low === 0) while (memory.length(some[low] as number) === longest) low++;
    part(some.subarray(0, low));
    part(some.subarray(low));
  };
  if (sorted.length > 0) part(sorted);
  return bands;
}

/** What is known of a block of these vectors. @throws {RangeError} if there is no room. */
export function summaryOf(memory: BlockMemory, places: Int32Array): BlockSummary {
  using scratch = new Scratch(memory.team.arena);
  return new Parter(memory, buffersFor(memory, places.length, scratch)).summary(places);
}

/**
 * Whether what is known of a block does not hold for one of the vectors that come to it: the others are near its centre,
 * and that one is not. @throws {RangeError} if there is no room.
 */
export function hasStranger(memory: BlockMemory, block: number, places: readonly number[]): boolean {
  const { alignment, centre } = memory.summary(block);
  // Nothing is claimed, or all directions are near enough.
  if (STRANGE * STRANGE * (1 - alignment * alignment) >= (1 + alignment) ** 2) return false;
  using scratch = new Scratch(memory.team.arena);
  const parter = new Parter(memory, buffersFor(memory, places.length, scratch));
  const along = parter.cosinesWith(centre, new Int32Array(places));
  return farthest(along, alignment) > STRANGE;
}

/** Parts vectors by direction into blocks. @throws {RangeError} if there is no room. */
export function partByDirection(memory: BlockMemory, places: Int32Array): Leaf[] {
  using scratch = new Scratch(memory.team.arena);
  const parter = new Parter(memory, buffersFor(memory, places.length, scratch));
  const leaves: Leaf[] = [];
  parter.part(places, leaves);
  return leaves;
}

/** Arrays of the arena that kernels work in. */
interface Buffers {
  readonly list: Int32Array;
  readonly other: Int32Array;
  readonly cosines: Float32Array;
  readonly direction: Float32Array;
}

function buffersFor(memory: BlockMemory, count: number, scratch: Scratch): Buffers {
  const room = Math.max(SAMPLE, count);
  return {
    list: scratch.int32(room),
    other: scratch.int32(BLOCK_SLOTS),
    cosines: scratch.float32(room),
    direction: scratch.float32(memory.stride),
  };
}

class Parter {
  readonly #memory: BlockMemory;
  readonly #buffers: Buffers;

  constructor(memory: BlockMemory, buffers: Buffers) {
    this.#memory = memory;
    this.#buffers = buffers;
  }

  part(places: Int32Array, leaves: Leaf[]): void {
    if (places.length <= FILL) {
      leaves.push({ places, summary: this.summary(places) });
      return;
    }
    const [near, far] = this.#halves(places);
    // Vectors of one direction, which are not to be parted as long as a block has room for them.
    if (far.length === 0) {
      if (places.length <= BLOCK_SLOTS) leaves.push({ places, summary: this.summary(places) });
      else {
        const sorted = places.toSorted((a, b) => this.#memory.id(a) - this.#memory.id(b));
        this.part(sorted.subarray(0, BLOCK_SLOTS - 1), leaves);
        this.part(sorted.subarray(BLOCK_SLOTS - 1), leaves);
      }
      return;
    }
    this.part(near, leaves);
    this.part(far, leaves);
  }

  /** What is known of a block of these vectors. */
  summary(places: Int32Array): BlockSummary {
    const centre = this.#sum(places, false).slice();
    // Not Math.hypot: a call has no room for as many arguments as there may be dimensions.
    let squares = 0;
    for (let k = 0; k < centre.length; k++) squares += (centre[k] as number) ** 2;
    const length = Math.sqrt(squares);
    const scale = length > 0 ? 1 / length : 0;
    for (let k = 0; k < centre.length; k++) centre[k] = (centre[k] as number) * scale;
    // The mean of n directions is 1 / n longer, squared, than what others of their kind have in common with it.
    const n = places.length;
    const squared = n > 1 ? Math.min(1, Math.max(0, ((length * length) / n - 1) / (n - 1))) : 1;
    let longest = 0;
    for (let i = 0; i < n; i++) longest = Math.max(longest, this.#memory.length(places[i] as number));
    // Few tell nothing of those that are still to come.
    if (n < KNOWN) return { longest, centre, alignment: 0, spread: 1 };
    const alignment = Math.sqrt(squared);
    const spread = this.#spread(places, centre);
    // The mean tells nothing of the one vector that is elsewhere.
    const times = farthest(this.cosinesWith(centre, places), alignment);
    if (times > OUTLYING) return { longest, centre, alignment: 0, spread: 1 };
    return { longest, centre, alignment, spread: Math.min(2, spread * Math.max(1, times / COVERED)) };
  }

  /** Cosines with a direction, in a buffer that lasts until the next call. */
  cosinesWith(direction: Float32Array, places: Int32Array): Float32Array {
    this.#buffers.direction.set(direction);
    this.#project(places);
    return this.#buffers.cosines.subarray(0, places.length);
  }

  /**
   * The standard deviation of a product of two residuals: of a vector less its projection on the block's centre, and of a
   * query like it, scaled to length 1. It is measured over pairs of the block's vectors. Where these lie in all directions
   * it is that of a random direction; where they lie in few, it is greater.
   */
  #spread(places: Int32Array, centre: Float32Array): number {
    const n = places.length;
    if (n < 2) return 0;
    const { cosines } = this.#buffers;
    const along = this.cosinesWith(centre, places).slice();
    // Each with the one that is half of them further on.
    const half = n >> 1;
    const others = new Int32Array(n);
    others.set(places.subarray(half));
    others.set(places.subarray(0, half), n - half);
    this.#pair(places, others);
    let products = 0;
    let lengths = 0;
    for (let i = 0; i < n; i++) {
      const a = along[i] as number;
      const b = along[(i + half) % n] as number;
      products += ((cosines[i] as number) - a * b) ** 2;
      lengths += Math.max(0, 1 - a * a);
    }
    return lengths > 0 ? Math.sqrt(products / lengths) : 0;
  }

  /** Those on either side of a direction, about half each; all of them and none where they cannot be told apart. */
  #halves(places: Int32Array): [Int32Array, Int32Array] {
    const sample = sampleOf(places);
    // From any two that differ, the direction between the halves.
    this.#project(sample, this.#difference(sample));
    for (let round = 0; round < ROUNDS; round++) {
      const { cosines } = this.#buffers;
      const middle = middleOf(cosines, sample.length);
      for (let i = 0; i < sample.length; i++) cosines[i] = (cosines[i] as number) - middle;
      this.#project(sample, this.#sum(sample, true));
    }
    if (sample !== places) this.#project(places);
    const { cosines } = this.#buffers;
    const cut = middleOf(cosines, places.length);
    let [near, far] = parted(places, cosines, cut);
    if (near.length === 0 || far.length === 0) {
      let least = Infinity;
      for (let i = 0; i < places.length; i++) least = Math.min(least, cosines[i] as number);
      [near, far] = parted(places, cosines, least);
    }
    return near.length === 0 ? [far, near] : [near, far];
  }

  /** Writes cosines with a direction, or with the one there was, to the buffer. */
  #project(places: Int32Array, direction: Float32Array = this.#buffers.direction): void {
    const { team, blocks } = this.#memory;
    const { list, cosines } = this.#buffers;
    list.set(places);
    projectPlaces(team, { blocks, places: list, direction, cosines }, places.length);
  }

  /** Writes the cosines of pairs of vectors to the buffer. */
  #pair(places: Int32Array, others: Int32Array): void {
    const { team, blocks } = this.#memory;
    const { list, other, cosines } = this.#buffers;
    list.set(places);
    other.set(others);
    pairPlaces(team, { blocks, places: list, others: other, cosines }, places.length);
  }

  /** The sum of directions; where `signed`, of those above 0 in the buffer of cosines less the others. */
  #sum(places: Int32Array, signed: boolean): Float32Array {
    const { team, blocks } = this.#memory;
    const { list, cosines, direction } = this.#buffers;
    list.set(places);
    const signs = signed ? cosines : undefined;
    sumDirections(team, { blocks, places: list, totals: direction, signs, length: places.length }, 1);
    return direction;
  }

  /** The direction from the last to the first of some vectors. */
  #difference(places: Int32Array): Float32Array {
    const { cosines } = this.#buffers;
    cosines[0] = 1;
    cosines[1] = -1;
    return this.#sum(Int32Array.of(places[0] as number, places.at(-1) as number), true);
  }
}

/**
 * How much farther the farthest of some directions is from the mean of a block, `alignment` along its centre, than the block's
 * own are in the root mean square. `along` are their cosines with the centre.
 */
function farthest(along: Float32Array, alignment: number): number {
  let least = 1;
  for (let i = 0; i < along.length; i++) least = Math.min(least, along[i] as number);
  // Both have |x - m|^2 = 1 - 2 alignment cosine + alignment^2, which is 1 - alignment^2 in the mean.
  const squared = Math.max(0, 1 - 2 * alignment * least + alignment * alignment);
  return Math.sqrt(squared / Math.max(1 - alignment * alignment, ROUNDING * ROUNDING));
}

/** Some of the places, at equal steps. */
function sampleOf(places: Int32Array): Int32Array {
  if (places.length <= SAMPLE) return places;
  const step = Math.floor(places.length / SAMPLE);
  const sample = new Int32Array(SAMPLE);
  for (let i = 0; i < SAMPLE; i++) sample[i] = places[i * step] as number;
  return sample;
}

/** The places whose values are above `cut`, and the others, in their order. */
function parted(places: Int32Array, values: Float32Array, cut: number): [Int32Array, Int32Array] {
  let count = 0;
  for (let i = 0; i < places.length; i++) if ((values[i] as number) > cut) count++;
  const above = new Int32Array(count);
  const rest = new Int32Array(places.length - count);
  for (let i = 0, a = 0; i < places.length; i++) {
    if ((values[i] as number) > cut) above[a++] = places[i] as number;
    else rest[i - a] = places[i] as number;
  }
  return [above, rest];
}

/** Where a list is cut in two such that both make whole blocks, as far as may be. */
function halfOf(count: number): number {
  const blocks = Math.ceil(count / FILL);
  return Math.floor((count * Math.floor(blocks / 2)) / blocks);
}

/** The value above which there are as many of the first `count` as one part of two takes. */
function middleOf(values: Float32Array, count: number): number {
  const step = Math.max(1, Math.floor(count / 4096));
  const some = new Float32Array(Math.ceil(count / step));
  for (let i = 0; i < some.length; i++) some[i] = values[i * step] as number;
  some.sort();
  return some[some.length - 1 - Math.floor((halfOf(count) / count) * some.length)] as number;
}

/** The places, longest vector first, and of equal lengths lower ids first. */
function byLength(memory: BlockMemory, places: Int32Array): Int32Array {
  const lengths = new Float32Array(places.length);
  for (let i = 0; i < places.length; i++) lengths[i] = memory.length(places[i] as number);
  if (places.length > MOST_KEYS) {
    const order = Uint32Array.from(places, (_, i) => i);
    order.sort((i, j) => (lengths[j] as number) - (lengths[i] as number) || i - j);
    return Int32Array.from(order, (i) => places[i] as number);
  }
  // The bits of positive 32-bit floats are in their order: numbers are sorted faster without a comparison of ours.
  const bits = new Uint32Array(lengths.buffer);
  const keys = new Float64Array(bits.length);
  for (let i = 0; i < bits.length; i++) keys[i] = (0x7f800000 - (bits[i] as number)) * MOST_KEYS + i;
  keys.sort();
  const sorted = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) sorted[i] = places[(keys[i] as number) % MOST_KEYS] as number;
  return sorted;
}

/** More vectors than this do not fit beside 31 bits into the 53 of a number: they are sorted by comparing. */
const MOST_KEYS = 2 ** 22;
