/** The labels of a batch as negatives of its samples: in-batch negatives, padding. */
import type { RandomStream } from '@hashgrad/kernels';
import type { Labels } from './selector.ts';

/** How many of how many rows have each class: what corrections are computed from. */
export interface LabelFrequencies {
  readonly frequencies: readonly number[];
  /** Default: the sum of the frequencies, which is right where each row has one label. */
  readonly rows?: number | undefined;
}

/** A list of units in an array that has others too: so many from `first` on, and room for `limit`. */
export interface OpenList {
  readonly ids: Int32Array;
  readonly first: number;
  readonly length: number;
  readonly limit: number;
  /** Laid out as `ids`. */
  readonly corrections?: Float32Array | undefined;
}

export class BatchLabels {
  /** Where the draws are that decide which labels find a place. */
  random: RandomStream;
  /** Of the selector, for messages. */
  readonly #kind: string;
  /** The share of rows that have each class. */
  readonly #shares: Float64Array | undefined;
  /** The list that last had a unit. */
  readonly #mark: Int32Array;
  #stamp = 0;
  /** Each label of the batch once, and -log of the probability that a sample's companions have it. */
  #union: Int32Array = new Int32Array(0);
  #logs: Float64Array | undefined;

  constructor(kind: string, units: number, given: LabelFrequencies | undefined, random: RandomStream) {
    this.#kind = kind;
    this.#mark = new Int32Array(units);
    this.random = random;
    if (!given) return;
    const rows = given.rows ?? given.frequencies.reduce((sum, f) => sum + f, 0);
    this.#shares = Float64Array.from(given.frequencies, (f) => f / rows);
  }

  /** Takes the labels of a batch. They are in random order, unless lists have room for more than `room` others. */
  gather({ ids, offsets }: Labels, batch: number, room: number): void {
    const stamp = ++this.#stamp;
    const mark = this.#mark;
    const union = ids.subarray(0, offsets[batch]).filter((id) => {
      const fresh = mark[id] !== stamp;
      mark[id] = stamp;
      return fresh;
    });
    // Only if some will not find a place does the order matter.
    for (let i = union.length - 1; i > 0 && union.length > room; i--) {
      const j = this.random.integer(i + 1);
      [union[i], union[j]] = [union[j]!, union[i]!];
    }
    this.#union = union;
    this.#logs = this.#shares && this.#logCounts(batch, this.#shares);
  }

  /**
   * Adds labels of the batch that a list has not, as many as it has room for.
   * Corrections become 0 for what the list had. A label's is -log of the probability with which it is there: that one of
   * the companions has it, times the share of those that found a place.
   * @returns The list's length.
   */
  addTo({ ids, first, length, limit, corrections }: OpenList): number {
    const stamp = ++this.#stamp;
    const mark = this.#mark;
    const [from, stop] = [first + length, first + limit];
    for (let i = first; i < from; i++) mark[ids[i]!] = stamp;
    let to = from;
    let others = 0;
    const union = this.#union;
    const logs = corrections && this.#logs;
    const until = logs ? Infinity : stop;
    // The first of a random order are a random part. All others are counted only for corrections.
    for (let i = 0; i < union.length && to < until; i++) {
      const id = union[i]!;
      if (mark[id] === stamp) continue;
      others++;
      if (to === stop) continue;
      ids[to] = id;
      if (logs) corrections[to] = logs[i]!;
      to++;
    }
    if (logs) {
      corrections.fill(0, first, from);
      const kept = to - from;
      if (kept < others) for (let q = from; q < to; q++) corrections[q]! += Math.log(others / kept);
    }
    return to - first;
  }

  /** -log of the probability that one of a sample's companions has the class. */
  #logCounts(batch: number, shares: Float64Array): Float64Array {
    return Float64Array.from(this.#union, (id) => {
      const share = shares[id]!;
      if (share > 0) return -Math.log(-Math.expm1((batch - 1) * Math.log1p(-share)));
      throw new RangeError(
        `${this.#kind}: a row has label ${id}, of which the frequencies say that it does not occur.`,
      );
    });
  }
}
