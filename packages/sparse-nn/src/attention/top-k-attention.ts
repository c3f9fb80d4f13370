/** Attention over the keys with the greatest products, as if the others were not there, or from a few of these. */
import { bestOfRows, dotRows, randomStream, type RandomStream } from '@hashgrad/kernels';
import {
  acceptAttention,
  type AlwaysRead,
  type Attention,
  type AttentionOptions,
  checkWhole,
  CHOOSING_OPTIONS,
} from './attention.ts';
import { attend, type ChosenKeys, type Head, type KeyChooser, type QueryBlock } from './attend.ts';
import { drawDistinct } from './draw-distinct.ts';
import { choosable, choosableKey } from './seen-keys.ts';

/** See `topKAttention`. */
export interface TopKAttentionOptions extends AttentionOptions, AlwaysRead {
  /** Keys that a query reads beside those always read; where it sees fewer, all. */
  readonly k: number;
  /** Keys drawn of all others, each of which stands for as many as it was drawn from. Default 0: the others are left out. */
  readonly rest?: number | undefined;
  /** Of the draws. Default 1. */
  readonly seed?: number | undefined;
}

/**
 * Attention over the `k` keys with the greatest products with a query, found by taking all products: what a perfect index
 * would read. The weight of all other keys is left out, so that outputs lean to the largest ones however they were found
 * (Chen et al., "MagicPIG", ICLR 2025, section 3). With `rest` it is estimated from some of them.
 * @param queries tokens x heads x dimensions; keys and values as in `exactAttention`.
 * @throws {TypeError | RangeError} if arrays or options do not fit, or a number is not finite.
 */
export function topKAttention(
  queries: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  options: TopKAttentionOptions,
): Attention {
  const known = { ...CHOOSING_OPTIONS, k: true, rest: true, seed: true } as const;
  const inputs = acceptAttention('topKAttention', { queries, keys, values }, options, known);
  const { rest = 0, seed = 1 } = options;
  checkWhole('topKAttention', 'k', options.k, 1);
  checkWhole('topKAttention', 'rest', rest, 0);
  const k = Math.min(options.k, inputs.keyCount);
  const drawn = Math.min(rest, inputs.keyCount);
  const random = randomStream(seed, 'attention keys beside the best');
  return attend(inputs, { centred: false, chooserOf: (head) => new TopKChooser(head, k, drawn, random) });
}

class TopKChooser implements KeyChooser {
  readonly #head: Head;
  readonly #k: number;
  readonly #rest: number;
  readonly #random: RandomStream;
  readonly #offsets: Int32Array;
  readonly #ids: Int32Array;
  readonly #products: Float32Array;
  readonly #positions: Int32Array;
  readonly #lengths: Int32Array;
  readonly #chosen: Int32Array;
  /** The probability of each key of a query: 0 for those not drawn, which are the best. */
  readonly #inclusion: Float32Array;

  constructor(head: Head, k: number, rest: number, random: RandomStream) {
    const { scratch, block, inputs } = head;
    this.#head = head;
    this.#k = k;
    this.#rest = rest;
    this.#random = random;
    this.#offsets = scratch.int32(block + 1);
    this.#ids = scratch.int32(block * inputs.keyCount);
    this.#products = scratch.float32(block * inputs.keyCount);
    this.#positions = scratch.int32(block * k);
    this.#lengths = scratch.int32(block);
    this.#chosen = new Int32Array(block * (k + rest));
    this.#inclusion = new Float32Array(rest === 0 ? 0 : block * inputs.keyCount);
  }

  choose({ count, x, seen }: QueryBlock): ChosenKeys {
    const { team, keys: rows, stride, inputs, counts } = this.#head;
    const width = inputs.dimensions;
    const k = this.#k;
    const [offsets, ids, values] = [this.#offsets, this.#ids, this.#products];
    const [positions, lengths] = [this.#positions, this.#lengths];
    let at = 0;
    for (const [s, keys] of seen.entries()) {
      offsets[s] = at;
      for (let i = 0, all = choosable(keys); i < all; i++) ids[at++] = choosableKey(keys, i);
    }
    offsets[count] = at;
    dotRows(team, { out: values, offsets, ids, rows, stride, width, x, xStride: stride }, count);
    bestOfRows(team, { positions, lengths, values, offsets, stride: 0, width: 0, k }, count);
    counts.add('choose', { multiplyAdds: at * width, comparisons: at });
    this.#inclusion.fill(0);
    const each = k + this.#rest;
    for (let s = 0; s < count; s++) {
      const chosen = this.#chosen.subarray(s * each, (s + 1) * each);
      lengths[s] = this.#list(s, positions.subarray(s * k, s * k + lengths[s]!), chosen);
    }
    return { ids: this.#chosen, stride: each, lengths };
  }

  inclusion(s: number, id: number): number {
    return this.#rest === 0 ? 1 : this.#inclusion[s * this.#head.inputs.keyCount + id]! || 1;
  }

  [Symbol.dispose](): void {}

  /** Lists the best keys of query s, and some drawn of the others, ascending; their number. */
  #list(s: number, best: Int32Array, chosen: Int32Array): number {
    const ids = this.#ids;
    const { inputs, counts } = this.#head;
    // Positions in the list ascend as the keys do.
    best.sort();
    for (const [i, position] of best.entries()) chosen[i] = ids[position]!;
    const [from, to] = [this.#offsets[s]!, this.#offsets[s + 1]!];
    const others = to - from - best.length;
    const rest = Math.min(this.#rest, others);
    if (rest === 0) return best.length;
    let skipped = 0;
    for (const [i, other] of drawDistinct(this.#random, rest, others).entries()) {
      while (skipped < best.length && best[skipped]! - from <= other + skipped) skipped++;
      const id = ids[from + other + skipped]!;
      chosen[best.length + i] = id;
      this.#inclusion[s * inputs.keyCount + id] = rest / others;
    }
    counts.add('choose', { comparisons: rest });
    chosen.subarray(0, best.length + rest).sort();
    return best.length + rest;
  }
}
