/** The best of many candidates, as a binary heap whose root is the worst of them. */

export class BestHits {
  readonly #limit: number;
  readonly #ranks: Float64Array;
  readonly #ids: Uint32Array;
  #length = 0;

  /** Keeps the `limit` best, 0 or more. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#ranks = new Float64Array(limit);
    this.#ids = new Uint32Array(limit);
  }

  /** Takes a candidate in if it is among the best so far: a greater rank is better, and among equals a lower id. */
  offer(rank: number, id: number): void {
    if (this.#length < this.#limit) {
      this.#rise(this.#length++, rank, id);
    } else if (this.#limit > 0 && this.#isBetter(rank, id, 0)) {
      this.#sink(rank, id);
    }
  }

  /** Ranks and ids, best first. */
  sorted(): { readonly ranks: Float64Array; readonly ids: Uint32Array } {
    const [ranks, ids] = [this.#ranks, this.#ids];
    const order = new Uint32Array(this.#length).map((_, i) => i);
    order.sort(
      (a, b) => (ranks[b] as number) - (ranks[a] as number) || (ids[a] as number) - (ids[b] as number),
    );
    const sorted = { ranks: new Float64Array(order.length), ids: new Uint32Array(order.length) };
    for (let i = 0; i < order.length; i++) {
      const at = order[i] as number;
      sorted.ranks[i] = ranks[at] as number;
      sorted.ids[i] = ids[at] as number;
    }
    return sorted;
  }

  /** Whether a candidate is better than what is at a place of the heap. */
  #isBetter(rank: number, id: number, at: number): boolean {
    const other = this.#ranks[at] as number;
    return rank > other || (rank === other && id < (this.#ids[at] as number));
  }

  #put(at: number, rank: number, id: number): void {
    this.#ranks[at] = rank;
    this.#ids[at] = id;
  }

  #rise(at: number, rank: number, id: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#isBetter(rank, id, parent)) break;
      this.#put(at, this.#ranks[parent] as number, this.#ids[parent] as number);
      at = parent;
    }
    this.#put(at, rank, id);
  }

  /** Puts a candidate in place of the root. */
  #sink(rank: number, id: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#length) break;
      const other = child + 1;
      if (
        other < this.#length &&
        this.#isBetter(this.#ranks[child] as number, this.#ids[child] as number, other)
      ) {
        child = other;
      }
      if (!this.#isBetter(rank, id, child)) break;
      this.#put(at, this.#ranks[child] as number, this.#ids[child] as number);
      at = child;
    }
    this.#put(at, rank, id);
  }
}
