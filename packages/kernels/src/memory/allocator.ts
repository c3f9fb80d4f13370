/** Who has which bytes of an arena: the first that fit are given out. It is kept outside of the memory itself. */
import { FreeList } from './free-list.ts';

/** Rows of a matrix and blocks of memory start at multiples of a cache line. */
export const ALIGNMENT = 64;

/** Entries of what came back that are kept, besides as many as of what is in use. */
const MOST_RETURNED = 1024;

export class Allocator {
  readonly #free = new FreeList();
  /**
   * Start and size of what was given out; size 0 for what came back. Nothing is deleted, since a Map keeps deleted entries in
   * its chains for a while: to give the same start out again and again would take longer each time.
   */
  #used = new Map<number, number>();
  /** Entries of `#used` that are not 0. */
  #count = 0;
  readonly #start: number;
  #end: number;
  #usedBytes = 0;

  /** Manages the bytes from `start` (a multiple of 64; 0 would be a null pointer) to `end`. */
  constructor(start: number, end: number) {
    this.#start = start;
    this.#end = start;
    this.extend(end);
  }

  /** Bytes given out and not taken back. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes that are not given out. */
  get freeBytes(): number {
    return this.#end - this.#start - this.#usedBytes;
  }

  /** Where the managed memory ends. */
  get end(): number {
    return this.#end;
  }

  /** The longest block that can be given out now. */
  get largestFree(): number {
    return this.#free.largest;
  }

  /** The free bytes just before the end: what is added by `extend` joins them. */
  get freeAtEnd(): number {
    const { last } = this.#free;
    return last && last.start + last.size === this.#end ? last.size : 0;
  }

  /** Adds the bytes up to `end`. */
  extend(end: number): void {
    if (end > this.#end) {
      this.#free.give(this.#end, end - this.#end);
      this.#end = end;
    }
  }

  /** The start of a block of at least `bytes` bytes, a multiple of 64; or -1 where none is long enough. */
  allocate(bytes: number): number {
    const size = roundUp(Math.max(bytes, 1));
    const start = this.#free.take(size);
    if (start < 0) return -1;
    this.#used.set(start, size);
    this.#count++;
    this.#usedBytes += size;
    return start;
  }

  /** Takes back what starts at `start`. @throws {Error} if nothing that is in use starts there. */
  free(start: number): void {
    const size = this.#used.get(start) ?? 0;
    if (size === 0)
      throw new Error(`Nothing that is in use starts at byte ${start}: freed twice, or not allocated here.`);
    this.#used.set(start, 0);
    this.#count--;
    this.#usedBytes -= size;
    this.#free.give(start, size);
    if (this.#used.size > MOST_RETURNED + 2 * this.#count)
      this.#used = new Map([...this.#used].filter((entry) => entry[1] > 0));
  }
}

/** `bytes` up to the next multiple of a cache line. */
export function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
