/** Sets as the caller has them, and as the index does: ascending 32-bit integers. */
import { described } from '../vectors/check-flat.ts';
import { hashText } from './hash-text.ts';

/** A set: strings and integers from 0 to 2^32 - 1, in any order; what comes twice counts once. */
export type SetElements = Iterable<string | number>;

/** Sets one after the other: that of number i is words[offsets[i]] to words[offsets[i + 1]], ascending. */
export interface FlatSets {
  readonly count: number;
  readonly words: Uint32Array;
  readonly offsets: Float64Array;
}

/**
 * Lays sets one after the other. Integers are elements as they are, strings by `hashText` with the seed: two strings with
 * the same hash are one element.
 * @throws {TypeError} if something is not a set, or an element is neither a string nor a number.
 * @throws {RangeError} if a number is no integer from 0 to 2^32 - 1.
 */
export function flattenSets(sets: Iterable<SetElements>, seed: number): FlatSets {
  if (typeof sets === 'string' || typeof (sets as unknown[] | undefined)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`Sets come as an array of them; got ${described(sets)}.`);
  }
  const ends = [0];
  let words = new Uint32Array(1024);
  let used = 0;
  for (const set of sets) {
    const number = ends.length - 1;
    checkIsSet(set, number);
    const first = used;
    let place = 0;
    for (const element of set) {
      if (used === words.length) words = grown(words, 2 * used);
      words[used++] =
        typeof element === 'string' ? hashText(element, seed) : checkWord(element, place, number);
      place++;
    }
    used = first + sortDistinct(words.subarray(first, used));
    ends.push(used);
  }
  return { count: ends.length - 1, words: words.subarray(0, used), offsets: Float64Array.from(ends) };
}

/** Where sets of these sizes start that lie one after the other, and where the last one ends. */
export function offsetsOf(sizes: Uint32Array): Float64Array {
  const offsets = new Float64Array(sizes.length + 1);
  for (const [i, size] of sizes.entries()) offsets[i + 1] = (offsets[i] as number) + size;
  return offsets;
}

/** The first elements of an array, in one of another length. */
export function grown(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(array);
  return larger;
}

/** Puts the different integers first, ascending; how many there are. */
function sortDistinct(words: Uint32Array): number {
  words.sort();
  let kept = 0;
  for (let i = 0; i < words.length; i++) {
    if (i === 0 || words[i] !== words[i - 1]) words[kept++] = words[i] as number;
  }
  return kept;
}

/** The integer, if it is one. */
function checkWord(element: unknown, place: number, number: number): number {
  if (typeof element !== 'number') {
    throw new TypeError(
      `Elements of sets are strings or integers; element ${place} of set ${number} is ${described(element)}.`,
    );
  }
  if (!(Number.isInteger(element) && element >= 0 && element < 2 ** 32)) {
    throw new RangeError(
      `Integers in sets are from 0 to ${2 ** 32 - 1}; element ${place} of set ${number} is ${element}.`,
    );
  }
  return element;
}

function checkIsSet(set: unknown, number: number): void {
  if (typeof set === 'string') {
    throw new TypeError(`Set ${number} is a string: make a set of it, with \`shingles\` for instance.`);
  }
  if (typeof (set as SetElements | undefined)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`Set ${number} is neither an array nor a Set, but ${described(set)}.`);
  }
}
