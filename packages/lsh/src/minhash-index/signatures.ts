/** Signatures on their own: the similarity of two sets, their union and their sizes, without the sets. */
import { described } from '../vectors/check-flat.ts';

/**
 * The signature of the union of two sets, from theirs: the smaller minimum of each hash function. Both must be of one index,
 * or of indexes with the same seed and permutations.
 * @throws {RangeError} if they differ in length. @throws {TypeError} if one is no Uint32Array.
 */
export function mergeSignatures(a: Uint32Array, b: Uint32Array): Uint32Array {
  checkLengths(a, b);
  return a.map((least, h) => Math.min(least, b[h] as number));
}

/**
 * The Jaccard similarity of two sets, estimated from their signatures: the share of hash functions whose minima agree. It is
 * unbiased, with a standard error of sqrt(s (1 - s) / n) for n functions at the similarity s: 0.044 at most for 128.
 * @throws {RangeError} if they differ in length. @throws {TypeError} if one is no Uint32Array.
 */
export function estimateSimilarity(a: Uint32Array, b: Uint32Array): number {
  checkLengths(a, b);
  let equal = 0;
  for (let h = 0; h < a.length; h++) if (a[h] === b[h]) equal++;
  return equal / a.length;
}

/**
 * The number of elements of a set, estimated from its signature: the least of N uniform numbers has an exponential
 * logarithm, -log(1 - m) of rate N, so of n minima m, as shares of 2^32, the estimate is (n - 1) / sum(-log(1 - m)). It is
 * unbiased, with a standard error of the size over sqrt(n - 2) (Cohen 1997). 0 of an empty set.
 */
export function estimateSize(signature: Uint32Array): number {
  checkSignature(signature);
  if (signature.every((least) => least === 0xffffffff)) return 0;
  let sum = 0;
  for (const least of signature) sum -= Math.log1p(-(least + 0.5) / 2 ** 32);
  return (signature.length - 1) / sum;
}

function checkSignature(signature: Uint32Array): void {
  if (signature instanceof Uint32Array) return;
  throw new TypeError(`A signature is a Uint32Array; got ${described(signature)}.`);
}

function checkLengths(a: Uint32Array, b: Uint32Array): void {
  checkSignature(a);
  checkSignature(b);
  if (a.length !== b.length || a.length === 0) {
    throw new RangeError(`Signatures have equally many minima, 1 or more; got ${a.length} and ${b.length}.`);
  }
}
