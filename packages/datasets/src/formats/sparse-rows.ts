import { GrowingArray } from '../growing-array.ts';

/** Compressed sparse rows: the entries of row i are those from `offsets[i]` to `offsets[i + 1] - 1`, ids ascending. */
export interface CompressedRows {
  /** rows + 1 positions. */
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  /** One for each id; empty where entries have no values, as labels. */
  readonly values: Float32Array;
}

/** Entries that 32-bit offsets can count. */
const MOST_ENTRIES = 2 ** 31 - 1;

/** Builds compressed sparse rows entry by entry; the ids of a row come in any order. */
export class SparseRows {
  readonly #offsets = new GrowingArray<Int32Array>(Int32Array);
  readonly #ids = new GrowingArray<Int32Array>(Int32Array);
  readonly #values = new GrowingArray<Float32Array>(Float32Array);
  readonly #valued: boolean;
  /** The row that is read: ids and values at the places below {@link count}, of those that there is room for. */
  rowIds: Int32Array = new Int32Array(256);
  rowValues: Float32Array = new Float32Array(256);
  count = 0;
  #highest = -1;
  #lowest = Infinity;

  /** @param valued Whether entries have values. */
  constructor(valued: boolean) {
    this.#valued = valued;
    this.#offsets.push(0);
  }

  get rows(): number {
    return this.#offsets.length - 1;
  }

  /** The highest id so far, or -1. */
  get highest(): number {
    return this.#highest;
  }

  /** The lowest id so far, or infinity. */
  get lowest(): number {
    return this.#lowest;
  }

  add(id: number, value: number): void {
    if (this.count === this.rowIds.length) this.growRow();
    this.rowIds[this.count] = id;
    this.rowValues[this.count++] = value;
  }

  /** Ends a row, and says which id it has twice, if one. @throws RangeError where there are too many entries to count. */
  endRow(): number | undefined {
    const { count } = this;
    if (!isAscending(this.rowIds, count)) {
      this.#sort();
      for (let j = 1; j < count; j++) if (this.rowIds[j] === this.rowIds[j - 1]) return this.rowIds[j];
    }
    if (count > 0) {
      if (this.rowIds[0]! < this.#lowest) this.#lowest = this.rowIds[0]!;
      if (this.rowIds[count - 1]! > this.#highest) this.#highest = this.rowIds[count - 1]!;
    }
    this.#ids.appendFirst(this.rowIds, count);
    if (this.#valued) this.#values.appendFirst(this.rowValues, count);
    if (this.#ids.length > MOST_ENTRIES) {
      throw new RangeError(`invalid array length: more than ${MOST_ENTRIES} entries`);
    }
    this.#offsets.push(this.#ids.length);
    this.count = 0;
    return undefined;
  }

  /** Makes room for so many times the rows that there are. */
  expect(times: number): void {
    this.#offsets.expect(times * this.#offsets.length);
    this.#ids.expect(times * this.#ids.length);
    if (this.#valued) this.#values.expect(times * this.#values.length);
  }

  /** All rows, in arrays of their own; this is used up then. */
  finish(): CompressedRows {
    return {
      offsets: this.#offsets.finish(),
      ids: this.#ids.finish(),
      values: this.#values.finish(),
    };
  }

  /** Makes room for as many entries again. */
  growRow(): void {
    const ids = new Int32Array(2 * this.rowIds.length);
    const values = new Float32Array(ids.length);
    ids.set(this.rowIds);
    values.set(this.rowValues);
    this.rowIds = ids;
    this.rowValues = values;
  }

  #sort(): void {
    const count = this.count;
    const ids = this.rowIds.slice(0, count);
    const values = this.rowValues.slice(0, count);
    const order = Int32Array.from(ids.keys()).toSorted((a, b) => ids[a]! - ids[b]!);
    for (let j = 0; j < count; j++) {
      this.rowIds[j] = ids[order[j]!]!;
      this.rowValues[j] = values[order[j]!]!;
    }
  }
}

/** Whether each id is above the one before it. */
function isAscending(ids: Int32Array, count: number): boolean {
  for (let j = 1; j < count; j++) if (ids[j]! <= ids[j - 1]!) return false;
  return true;
}
