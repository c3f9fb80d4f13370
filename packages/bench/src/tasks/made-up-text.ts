/** A text that no one wrote, in which the next word follows from those before it as far as it follows at all. */
import { type RandomStream, randomStream } from '@hashgrad/kernels';

/** Kinds of words; of each pair of kinds so many may come next, with falling probabilities. */
const KINDS = 40;
const NEXT = [0.5, 0.25, 0.15, 0.1];

/** How often a word of any kind comes, whatever stands before it. */
const ANY = 0.1;

/**
 * Words w0, w1, ... of a Markov chain: each has one of 40 kinds, the kinds of the two words before say which four may come
 * next, and within a kind words are drawn by Zipf's law.
 *
 * @param size the number of words of the text, and of different ones, 40 or more.
 */
export function madeUpText({ length, words }: { readonly length: number; readonly words: number }): string {
  const random = randomStream(1, 'made-up text');
  const following = Int32Array.from({ length: KINDS * KINDS * NEXT.length }, () => random.integer(KINDS));
  const each = Math.floor(words / KINDS);
  const ranks = drawer(
    random,
    Float64Array.from({ length: each }, (_, rank) => 1 / (rank + 2)),
  );
  const turns = drawer(random, NEXT);
  const text: string[] = [];
  let [before, last] = [0, 0];
  while (text.length < length) {
    const next =
      random.uniform() < ANY
        ? random.integer(KINDS)
        : (following[(before * KINDS + last) * NEXT.length + turns()] as number);
    text.push(`w${ranks() * KINDS + next}`);
    [before, last] = [last, next];
  }
  return text.join(' ');
}

/** Draws places by their weights. */
function drawer(random: RandomStream, weights: ArrayLike<number>): () => number {
  let total = 0;
  const sums = Float64Array.from(weights, (weight) => (total += weight));
  return () => {
    const point = random.uniform() * total;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] as number) < point) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
