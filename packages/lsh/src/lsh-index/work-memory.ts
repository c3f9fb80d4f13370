/** Memory that is used again at each call, and grows with what calls need. */
import type { Arena } from '@hashgrad/kernels';

/** Words between starts of arrays: a cache line. */
const LINE = 16;

export class WorkMemory implements Disposable {
  readonly #arena: Arena;
  #memory: Int32Array;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#memory = arena.int32(0);
  }

  get bytes(): number {
    return this.#memory.byteLength;
  }

  /**
   * Arrays of so many words, with any contents, until the next call.
   * @throws {RangeError} if there is no room; this memory is then as good as new.
   */
  take<const Sizes extends readonly number[]>(sizes: Sizes): { [I in keyof Sizes]: Int32Array } {
    const needed = sizes.reduce((sum, size) => sum + lines(size), 0);
    if (needed > this.#memory.length) {
      const empty = this.#arena.int32(0);
      this.#arena.free(this.#memory);
      this.#memory = empty;
      const made = this.#arena.int32(needed);
      this.#arena.free(empty);
      this.#memory = made;
    }
    let at = 0;
    const arrays = sizes.map((size) => {
      const array = this.#memory.subarray(at, at + size);
      at += lines(size);
      return array;
    });
    return arrays as { [I in keyof Sizes]: Int32Array };
  }

  [Symbol.dispose](): void {
    this.#arena.free(this.#memory);
  }
}

/** The same words as floats. */
export function floatsOf(words: Int32Array): Float32Array {
  return new Float32Array(words.buffer, words.byteOffset, words.length);
}

/** The same words as unsigned integers. */
export function unsignedOf(words: Int32Array): Uint32Array {
  return new Uint32Array(words.buffer, words.byteOffset, words.length);
}

function lines(words: number): number {
  return Math.ceil(words / LINE) * LINE;
}
