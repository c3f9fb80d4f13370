/** Attention estimated from keys drawn at random, each with the same probability. */
import { randomStream, type RandomStream } from '@hashgrad/kernels';
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

/** See `uniformAttention`. */
export interface UniformAttentionOptions extends AttentionOptions, AlwaysRead {
  /** Keys that are drawn for each query, all different; where it may choose fewer, all. */
  readonly count: number;
  /** Default 1. */
  readonly seed?: number | undefined;
}

/**
 * Attention from `count` keys that are drawn for each query, each of which stands for as many as it was drawn from. The sums over
 * the keys, with and without values, are unbiased; so it is what sampling by hashing has to beat.
 * @param queries tokens x heads x dimensions; keys and values as in `exactAttention`.
 * @throws {TypeError | RangeError} if arrays or options do not fit, or a number is not finite.
 */
export function uniformAttention(
  queries: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  options: UniformAttentionOptions,
): Attention {
  const known = { ...CHOOSING_OPTIONS, count: true, seed: true } as const;
  const inputs = acceptAttention('uniformAttention', { queries, keys, values }, options, known);
  checkWhole('uniformAttention', 'count', options.count, 1);
  const count = Math.min(options.count, inputs.keyCount);
  const random = randomStream(options.seed ?? 1, 'attention keys');
  return attend(inputs, { centred: false, chooserOf: (head) => new UniformChooser(head, count, random) });
}

class UniformChooser implements KeyChooser {
  readonly #head: Head;
  readonly #count: number;
  readonly #random: RandomStream;
  readonly #ids: Int32Array;
  readonly #lengths: Int32Array;
  /** How many keys each query of the block may choose. */
  readonly #among: Int32Array;

  constructor(head: Head, count: number, random: RandomStream) {
    this.#head = head;
    this.#count = count;
    this.#random = random;
    this.#ids = new Int32Array(head.block * count);
    this.#lengths = new Int32Array(head.block);
    this.#among = new Int32Array(head.block);
  }

  choose({ seen }: QueryBlock): ChosenKeys {
    const stride = this.#count;
    for (const [s, keys] of seen.entries()) {
      const among = choosable(keys);
      const count = Math.min(stride, among);
      for (const [i, each] of drawDistinct(this.#random, count, among).entries()) {
        this.#ids[s * stride + i] = choosableKey(keys, each);
      }
      this.#lengths[s] = count;
      this.#among[s] = among;
      this.#head.counts.add('choose', { comparisons: count });
    }
    return { ids: this.#ids, stride, lengths: this.#lengths };
  }

  inclusion(s: number): number {
    return this.#lengths[s]! / this.#among[s]!;
  }

  [Symbol.dispose](): void {}
}
