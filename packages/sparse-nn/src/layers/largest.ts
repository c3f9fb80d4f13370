/** The largest of a stream of values that is too long to keep. */

/** Keeps the `count` largest of the values offered, with their places; of equal ones those offered first. */
export class Largest {
  readonly #count: number;
  readonly #values: Float64Array;
  readonly #places: Float64Array;
  #held = 0;
  /** Values must be above it: as many as are wanted are. */
  #floor = -Infinity;

  constructor(count: number) {
    this.#count = count;
    this.#values = new Float64Array(2 * count);
    this.#places = new Float64Array(2 * count);
  }

  offer(value: number, place: number): void {
    if (!(value > this.#floor) || this.#count === 0) return;
    this.#values[this.#held] = value;
    this.#places[this.#held++] = place;
    if (this.#held === this.#values.length) this.#prune();
  }

  /** Their places, in the order in which they were offered. */
  places(): Float64Array {
    if (this.#held > this.#count) this.#prune();
    return this.#places.slice(0, this.#held);
  }

  /** Leaves the `count` largest, in their order, which more than so many are held for. */
  #prune(): void {
    const values = this.#values;
    const sorted = values.subarray(0, this.#held).toSorted();
    const floor = sorted[this.#held - this.#count]!;
    // So many of those that equal the least one that is kept are kept, too.
    let equal = sorted.lastIndexOf(floor) - (this.#held - this.#count) + 1;
    let to = 0;
    for (let i = 0; i < this.#held; i++) {
      if (values[i]! < floor || (values[i] === floor && equal-- <= 0)) continue;
      values[to] = values[i]!;
      this.#places[to++] = this.#places[i]!;
    }
    this.#held = to;
    this.#floor = floor;
  }
}
