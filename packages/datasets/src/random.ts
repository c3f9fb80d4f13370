import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers uniform on [0, 1), one a call: what d3-random's `source` takes. */
export type RandomSource = () => number;

/**
 * A stream of random numbers that depends on `seed` and on the stream's name alone, so that the rows of a test set stay
 * the same when the number of training rows changes.
 *
 * @param seed A whole number from 0 to 2^32 - 1.
 */
export function randomSource(seed: number, stream: string): RandomSource {
  // xoroshiro128+ starts slowly from states with few bits set and alike from neighbouring seeds; hence the mixing.
  let hash = mix(seed | 0);
  for (let i = 0; i < stream.length; i++) hash = mix(hash + stream.charCodeAt(i) + 1);
  const state = [1, 2, 3, 4].map((word) => mix(hash + Math.imul(word, 0x9e3779b9)));
  const generator = xoroshiro128plusFromState(state);
  return () => (generator.next() >>> 0) / 0x1_0000_0000;
}

/** A whole number uniform on 0 to `count - 1`. */
export function randomIndex(source: RandomSource, count: number): number {
  return Math.floor(source() * count);
}

/** The numbers 0 to `count - 1` in random order (Fisher and Yates). */
export function randomPermutation(source: RandomSource, count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = randomIndex(source, i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

/** The finalizer of splitmix32: a bijection of 32-bit words that changes about half of the bits for any change. */
function mix(word: number): number {
  let z = (word + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
