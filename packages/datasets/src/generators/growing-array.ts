/** Whole numbers whose count is not known beforehand. */
export class GrowingInt32Array {
  #items: Int32Array;
  #length = 0;

  /** @param expected About how many there will be; more cost copies, fewer cost memory. */
  constructor(expected: number) {
    this.#items = new Int32Array(Math.ceil(expected) + 16);
  }

  get length(): number {
    return this.#length;
  }

  append(items: Int32Array): void {
    const length = this.#length + items.length;
    if (length > this.#items.length) {
      const grown = new Int32Array(Math.max(length, Math.ceil(1.5 * this.#items.length)));
      grown.set(this.#items.subarray(0, this.#length));
      this.#items = grown;
    }
    this.#items.set(items, this.#length);
    this.#length = length;
  }

  /** A copy of exactly those that were appended. */
  toArray(): Int32Array {
    return this.#items.slice(0, this.#length);
  }
}
