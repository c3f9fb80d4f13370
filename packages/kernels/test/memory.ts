import { expect } from 'vitest';
import type { Arena, View } from '../src/index.ts';

/** A cache line on both sides of an array: whoever writes outside of the array changes it. */
const GUARD_WORDS = 16;
/** As a float -0, which even adding 0 changes; as an id far outside of everything. */
const GUARD = 0x80000000;

/** Arrays in an arena, each between guards; what is made by one test is freed together. */
export class Memory implements Disposable {
  readonly arena: Arena;
  readonly #blocks: Uint32Array[] = [];

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** A guarded copy of the values, or so many zeros. */
  float32(values: ArrayLike<number> | number): Float32Array {
    const length = typeof values === 'number' ? values : values.length;
    const array = new Float32Array(...this.#guarded(length));
    if (typeof values !== 'number') array.set(values);
    return array;
  }

  int32(values: ArrayLike<number> | number): Int32Array {
    const length = typeof values === 'number' ? values : values.length;
    const array = new Int32Array(...this.#guarded(length));
    if (typeof values !== 'number') array.set(values);
    return array;
  }

  float64(values: ArrayLike<number>): Float64Array {
    const array = this.int32(2 * values.length);
    const doubles = new Float64Array(array.buffer, array.byteOffset, values.length);
    doubles.set(values);
    return doubles;
  }

  uint32(values: ArrayLike<number> | number): Uint32Array {
    const array = this.int32(values);
    return new Uint32Array(array.buffer, array.byteOffset, array.length);
  }

  uint16(values: ArrayLike<number>): Uint16Array {
    const array = this.int32(Math.ceil(values.length / 2));
    const halves = new Uint16Array(array.buffer, array.byteOffset, values.length);
    halves.set(values);
    return halves;
  }

  /** The address of `bytes` bytes of guarded scratch, filled with garbage: no kernel may rely on zeros there. */
  scratch(bytes: number): number {
    const array = this.int32(Math.ceil(bytes / 4));
    array.fill(0x7fc0babe);
    return this.at(array);
  }

  /** The address that kernels take; 0 for none. */
  at(view: View | undefined): number {
    return view ? this.arena.address(view) : 0;
  }

  /** Fails if anything was written outside of an array. */
  check(): void {
    for (const block of this.#blocks) {
      const end = block.length - GUARD_WORDS;
      for (let i = 0; i < GUARD_WORDS; i++) {
        if (block[i] !== GUARD) expect.fail(`word ${i - GUARD_WORDS} before an array was overwritten`);
        if (block[end + i] !== GUARD) expect.fail(`word ${i} after an array was overwritten`);
      }
    }
  }

  [Symbol.dispose](): void {
    for (const block of this.#blocks.splice(0)) this.arena.free(block);
  }

  #guarded(length: number): [ArrayBufferLike, number, number] {
    const block = this.arena.uint32(length + 2 * GUARD_WORDS);
    block.fill(GUARD, 0, GUARD_WORDS);
    block.fill(GUARD, GUARD_WORDS + length);
    this.#blocks.push(block);
    return [block.buffer, block.byteOffset + 4 * GUARD_WORDS, length];
  }
}
