/** The vectors of an index in the arena, with their ids, and with int8 copies where the index wants them. */
import { type Int8Fields, quantizeRows, ScanVectors, type Team } from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';

/** Places in the store are numbered from 0; who uses it says which of them hold a vector. */
export class VectorStore implements Disposable {
  readonly dimensions: number;
  /** Floats from one row to the next: a multiple of 16. */
  readonly stride: number;
  readonly team: Team;
  /** What scans take. */
  readonly scanned: ScanVectors;
  rows: Float32Array;
  ids: Uint32Array;
  int8: Int8Fields | undefined;
  #capacity = 0;
  /** What rounding does to a sum of products, relative to the lengths: see `quantizeRows`. */
  readonly #slack: number;

  constructor(team: Team, dimensions: number, int8: boolean) {
    const { arena } = team;
    this.team = team;
    this.dimensions = dimensions;
    this.stride = Math.ceil(dimensions / 16) * 16;
    // A lane's chain of multiply-adds, the sum of lanes, and some roundings where the int8 product is scaled.
    this.#slack = (this.stride / 4 + 24) * 2 ** -24;
    using made = new Scratch(arena);
    this.scanned = new ScanVectors(arena, made.int32(ScanVectors.WORDS));
    this.rows = made.float32(0);
    this.ids = made.uint32(0);
    this.int8 = int8 ? allocateInt8(made, 0, this.stride) : undefined;
    this.setCount(0);
    made.keep();
  }

  /** Whether there are int8 copies. */
  get quantized(): boolean {
    return this.int8 !== undefined;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Makes room for so many places; half as much again, so that adding one by one does not copy each time. */
  reserve(places: number, used: number): void {
    if (places <= this.#capacity) return;
    const capacity = Math.max(places, Math.ceil(used * 1.5));
    const { arena } = this.team;
    const old = [this.rows, this.ids, ...int8Arrays(this.int8)];
    using made = new Scratch(arena);
    const rows = made.float32(capacity * this.stride);
    const ids = made.uint32(capacity);
    const int8 = this.int8 && allocateInt8(made, capacity, this.stride);
    made.keep();
    rows.set(this.rows.subarray(0, used * this.stride));
    ids.set(this.ids.subarray(0, used));
    for (const [i, array] of int8Arrays(int8).entries()) array.set(int8Arrays(this.int8)[i] as Uint8Array);
    Object.assign(this, { rows, ids, int8 });
    for (const array of old) arena.free(array);
    this.#capacity = capacity;
    this.setCount(used);
  }

  /** Tells kernels how many places there are to scan, from 0 on. */
  setCount(count: number): void {
    const { rows, stride, ids, int8 } = this;
    this.scanned.lay({ rows, stride, count, ids, int8 });
  }

  /** Writes vector `index` of a flat array to a place. Its int8 copy is stale until `quantize`. */
  write(place: number, vectors: Float32Array, index: number, id: number): void {
    const { dimensions, stride } = this;
    this.rows.set(vectors.subarray(index * dimensions, (index + 1) * dimensions), place * stride);
    this.ids[place] = id;
  }

  /** Makes the int8 copies of places first to first + count, if the index has any. */
  quantize(first: number, count: number): void {
    if (!this.int8) return;
    quantizeRows(this.team, { vectors: this.scanned, slack: this.#slack, first }, count);
  }

  /** Copies all of a place to another. */
  move(from: number, to: number): void {
    const { rows, ids, stride, int8 } = this;
    rows.copyWithin(to * stride, from * stride, (from + 1) * stride);
    ids[to] = ids[from] as number;
    if (!int8) return;
    int8.codes.copyWithin(to * stride, from * stride, (from + 1) * stride);
    int8.scales[to] = int8.scales[from] as number;
    int8.errors[to] = int8.errors[from] as number;
    int8.sums[to] = int8.sums[from] as number;
  }

  /** The vector at a place, as a view that the next change may make another's. */
  vector(place: number): Float32Array {
    return this.rows.subarray(place * this.stride, place * this.stride + this.dimensions);
  }

  get bytes(): number {
    return [this.rows, this.ids, ...int8Arrays(this.int8)].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
  }

  [Symbol.dispose](): void {
    for (const array of [this.scanned.record, this.rows, this.ids, ...int8Arrays(this.int8)]) {
      this.team.arena.free(array);
    }
  }
}

function int8Arrays(int8: Int8Fields | undefined): (Uint8Array | Float32Array | Int32Array)[] {
  return int8 ? [int8.codes, int8.scales, int8.errors, int8.sums] : [];
}

function allocateInt8(made: Scratch, capacity: number, stride: number): Int8Fields {
  // One piece each, the largest first: it is the one that there may be no room for.
  const codes = made.uint8(capacity * stride);
  const scales = made.float32(capacity);
  return { codes, scales, errors: made.float32(capacity), sums: made.int32(capacity) };
}
