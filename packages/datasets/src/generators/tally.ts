/** Counts of features in one row; clearing costs as much as the row has features, however many there could be. */
export class Tally {
  readonly #counts: Int32Array;
  readonly #present: Int32Array;
  #size = 0;

  /** @param features Features are 0 to `features - 1`. */
  constructor(features: number) {
    this.#counts = new Int32Array(features);
    this.#present = new Int32Array(features);
  }

  /** Number of different features. */
  get size(): number {
    return this.#size;
  }

  add(feature: number, times: number): void {
    if (this.#counts[feature] === 0) this.#present[this.#size++] = feature;
    this.#counts[feature]! += times;
  }

  /** The features, ascending, and how often each was added; empties the tally. */
  take(): { ids: Int32Array; counts: Int32Array } {
    const ids = this.#present.subarray(0, this.#size).toSorted();
    const counts = ids.map((feature) => this.#counts[feature]!);
    for (const feature of ids) this.#counts[feature] = 0;
    this.#size = 0;
    return { ids, counts };
  }
}
