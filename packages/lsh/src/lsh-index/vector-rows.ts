/** The vectors of an index, each at a place of its own until it is removed; places that are free are given out again. */
import type { Arena } from '@hashgrad/kernels';

export class VectorRows implements Disposable {
  readonly dimensions: number;
  /** Floats from one row to the next; a row is zero from the dimensions on. */
  readonly stride: number;
  readonly #arena: Arena;
  #rows: Float32Array;
  #ids: Uint32Array = new Uint32Array(0);
  #lengths: Float64Array = new Float64Array(0);
  /** Places below #used that hold nothing. */
  #free: number[] = [];
  #used = 0;

  constructor(arena: Arena, dimensions: number) {
    this.dimensions = dimensions;
    this.stride = Math.ceil(dimensions / 4) * 4;
    this.#arena = arena;
    this.#rows = arena.float32(0);
  }

  /** All rows, for kernels. */
  get rows(): Float32Array {
    return this.#rows;
  }

  get capacity(): number {
    return this.#ids.length;
  }

  get bytes(): number {
    return this.#rows.byteLength + this.#ids.byteLength + this.#lengths.byteLength;
  }

  /** Makes room for `capacity` places, no fewer than there are. @throws {RangeError} if they do not fit; nothing is changed then. */
  grow(capacity: number): void {
    const ids = new Uint32Array(capacity);
    const lengths = new Float64Array(capacity);
    // The last to be taken, since it is not given back by itself.
    const rows = this.#arena.float32(capacity * this.stride);
    rows.set(this.#rows);
    ids.set(this.#ids);
    lengths.set(this.#lengths);
    this.#arena.free(this.#rows);
    this.#rows = rows;
    this.#ids = ids;
    this.#lengths = lengths;
  }

  /** The places that the next `count` vectors are to have, within the capacity. They are free until they are written. */
  freePlaces(count: number): number[] {
    const again = this.#free.slice(-count);
    return [...again, ...Array.from({ length: count - again.length }, (_, i) => this.#used + i)];
  }

  /** Takes the places that `freePlaces` gave. */
  take(places: readonly number[] | Int32Array): void {
    const again = Math.min(places.length, this.#free.length);
    this.#free.length -= again;
    this.#used += places.length - again;
  }

  release(place: number): void {
    this.#free.push(place);
  }

  write(place: number, vector: Float32Array, length: number, id: number): void {
    this.#rows.set(vector, place * this.stride);
    this.#lengths[place] = length;
    this.#ids[place] = id;
  }

  /** The vector at a place, as a view. */
  vector(place: number): Float32Array {
    const first = place * this.stride;
    return this.#rows.subarray(first, first + this.dimensions);
  }

  idAt(place: number): number {
    return this.#ids[place] as number;
  }

  lengthAt(place: number): number {
    return this.#lengths[place] as number;
  }

  /** The places that hold a vector, ascending. */
  livePlaces(): number[] {
    const free = new Set(this.#free);
    return Array.from({ length: this.#used }, (_, place) => place).filter((place) => !free.has(place));
  }

  [Symbol.dispose](): void {
    this.#arena.free(this.#rows);
  }
}
