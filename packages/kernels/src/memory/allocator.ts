/** Who has which bytes of an arena: a first-fit free list, neighbours merged, kept outside of the memory itself. */

/** Rows of a matrix and blocks of memory start at multiples of a cache line. */
export const ALIGNMENT = 64;

interface Block {
  start: number;
  size: number;
}

export class Allocator {
  /** Free blocks, ascending, never touching. */
  readonly #free: Block[] = [];
  /** Start and size of what was given out. */
  readonly #used = new Map<number, number>();
  #end: number;
  #usedBytes = 0;

  /** Manages the bytes from `start` (a multiple of 64; 0 would be a null pointer) to `end`. */
  constructor(start: number, end: number) {
    this.#end = start;
    this.extend(end);
  }

  /** Bytes given out and not taken back. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Where the managed memory ends. */
  get end(): number {
    return this.#end;
  }

  /** The longest block that can be given out now. */
  get largestFree(): number {
    return this.#free.reduce((most, block) => Math.max(most, block.size), 0);
  }

  /** The free bytes just before the end: what is added by `extend` joins them. */
  get freeAtEnd(): number {
    const last = this.#free.at(-1);
    return last && last.start + last.size === this.#end ? last.size : 0;
  }

  /** Adds the bytes up to `end`. */
  extend(end: number): void {
    if (end > this.#end) {
      this.#release(this.#end, end - this.#end);
      this.#end = end;
    }
  }

  /** The start of a block of at least `bytes` bytes, a multiple of 64; or -1 where none is long enough. */
  allocate(bytes: number): number {
    const size = roundUp(Math.max(bytes, 1));
    const index = this.#free.findIndex((block) => block.size >= size);
    const block = this.#free[index];
    if (!block) return -1;
    const start = block.start;
    if (block.size === size) this.#free.splice(index, 1);
    else {
      block.start += size;
      block.size -= size;
    }
    this.#used.set(start, size);
    this.#usedBytes += size;
    return start;
  }

  /** Takes back what starts at `start`. @throws {Error} if nothing that is in use starts there. */
  free(start: number): void {
    const size = this.#used.get(start);
    if (size === undefined)
      throw new Error(`Nothing that is in use starts at byte ${start}: freed twice, or not allocated here.`);
    this.#used.delete(start);
    this.#usedBytes -= size;
    this.#release(start, size);
  }

  #release(start: number, size: number): void {
    let index = this.#free.findIndex((block) => block.start > start);
    if (index < 0) index = this.#free.length;
    const before = this.#free[index - 1];
    const after = this.#free[index];
    const joinsBefore = before !== undefined && before.start + before.size === start;
    const joinsAfter = after !== undefined && start + size === after.start;
    if (joinsBefore && joinsAfter) {
      before.size += size + after.size;
      this.#free.splice(index, 1);
    } else if (joinsBefore) before.size += size;
    else if (joinsAfter) {
      after.start = start;
      after.size += size;
    } else this.#free.splice(index, 0, { start, size });
  }
}

/** `bytes` up to the next multiple of a cache line. */
export function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
