/** Arrays of an arena that are given back together, whatever happens: at the end of a search, or where a change fails. */
import type { Arena, View } from '@hashgrad/kernels';

/** Arrays of an arena that are all given back when it is disposed. */
export class Scratch implements Disposable {
  readonly #arena: Arena;
  #views: View[] = [];

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  float32(length: number): Float32Array {
    return this.#own(this.#arena.float32(length));
  }

  int32(length: number): Int32Array {
    return this.#own(this.#arena.int32(length));
  }

  uint32(length: number): Uint32Array {
    return this.#own(this.#arena.uint32(length));
  }

  uint8(length: number): Uint8Array {
    return this.#own(this.#arena.uint8(length));
  }

  /** A copy in the arena. */
  copy(values: Int32Array): Int32Array {
    const made = this.int32(values.length);
    made.set(values);
    return made;
  }

  /** The arrays are somebody else's from now on: nothing is given back. */
  keep(): void {
    this.#views = [];
  }

  [Symbol.dispose](): void {
    for (const view of this.#views.splice(0)) this.#arena.free(view);
  }

  #own<V extends View>(view: V): V {
    this.#views.push(view);
    return view;
  }
}
