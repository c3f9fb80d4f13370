/** The words of a text, counted and numbered by frequency, without a string a word: texts have up to billions of them. */
import { complaint, quote } from '../complaint.ts';

/** The words that were kept, the most frequent first; of equally frequent ones the first seen. */
export interface Vocabulary {
  readonly words: readonly string[];
  /** How often each occurs in the text. */
  readonly counts: Int32Array;
}

/** A text as numbers of words. */
export interface WordSequence {
  readonly vocabulary: Vocabulary;
  /** The words of the vocabulary in the order of the text, by their place in it; others are left out. */
  readonly sequence: Int32Array;
  /** Words of the text, all of them. */
  readonly total: number;
  /** Different words of the text. */
  readonly distinct: number;
}

const [SPACE, DELETE] = [0x20, 0x7f];

/** A byte between words: space, tab, line feed, vertical tab, form feed, carriage return. */
function isSeparator(byte: number): boolean {
  return byte === SPACE || (byte >= 0x09 && byte <= 0x0d);
}

/**
 * Counts the words of a text, bytes with blanks or line ends between them, and keeps those that occur `minimumCount` times.
 *
 * @throws Error naming `source` and the byte (from 0) if there is a control character, as in a file that is no text, or a
 *   kept word that is not UTF-8; or if no word is left.
 */
export function readWords(bytes: Uint8Array, minimumCount: number, source: string): WordSequence {
  const total = countWords(bytes, source);
  const occurrences = new Int32Array(total);
  const distinct = new DistinctWords(bytes);
  for (let i = 0, place = 0; place < total; place++) {
    while (isSeparator(bytes[i]!)) i++;
    const start = i;
    // FNV-1a.
    let hash = 0x811c9dc5;
    for (; i < bytes.length && !isSeparator(bytes[i]!); i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    occurrences[place] = distinct.add(start, i, hash);
  }

  const counts = Int32Array.from(distinct.counts);
  const kept = Int32Array.from(counts.keys())
    .filter((word) => counts[word]! >= minimumCount)
    .toSorted((a, b) => counts[b]! - counts[a]! || a - b);
  if (kept.length === 0) {
    throw complaint(
      source,
      `expected words that occur ${minimumCount} times or more, found none among ${total} words.`,
    );
  }
  const rankOf = new Int32Array(counts.length).fill(-1);
  for (const [rank, word] of kept.entries()) rankOf[word] = rank;
  let length = 0;
  for (const word of occurrences) {
    const rank = rankOf[word]!;
    if (rank >= 0) occurrences[length++] = rank;
  }
  const words = Array.from(kept, (word) => distinct.text(word, source));
  return {
    vocabulary: { words, counts: kept.map((word) => counts[word]!) },
    sequence: occurrences.subarray(0, length),
    total,
    distinct: counts.length,
  };
}

/** Words of the text. @throws Error at a control character. */
function countWords(bytes: Uint8Array, source: string): number {
  let words = 0;
  let between = true;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const separator = isSeparator(byte);
    if ((byte < SPACE && !separator) || byte === DELETE) {
      const code = byte.toString(16).padStart(2, '0');
      throw complaint(source, `byte ${i}: expected text, found the control character 0x${code}.`);
    }
    if (between && !separator) words++;
    between = separator;
  }
  return words;
}

/** Different words, numbered in the order of appearance, by open addressing. */
class DistinctWords {
  readonly #bytes: Uint8Array;
  readonly counts: number[] = [];
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  readonly #hashes: number[] = [];
  /** Word + 1 by place, 0 where there is none; a power of two, half of them free. */
  #places: Int32Array = new Int32Array(1024);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Counts the word from byte `start` to byte `end`, and gives its number. */
  add(start: number, end: number, hash: number): number {
    const mask = this.#places.length - 1;
    // The last multiplication of FNV leaves its lowest bits to few of the bytes' bits.
    let place = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const word = this.#places[place]! - 1;
      if (word < 0) break;
      if (this.#hashes[word] === hash && this.#isAt(word, start, end)) {
        this.counts[word]!++;
        return word;
      }
      place = (place + 1) & mask;
    }
    const word = this.counts.length;
    this.#places[place] = word + 1;
    this.counts.push(1);
    this.#starts.push(start);
    this.#lengths.push(end - start);
    this.#hashes.push(hash);
    if (2 * this.counts.length > mask) this.#grow();
    return word;
  }

  /** @throws Error if the word is not UTF-8. */
  text(word: number, source: string): string {
    const start = this.#starts[word]!;
    const end = start + this.#lengths[word]!;
    try {
      return UTF8.decode(this.#bytes.subarray(start, end));
    } catch (error) {
      throw complaint(
        source,
        `byte ${start}: expected a word in UTF-8, found ${quote(this.#bytes, start, end)}.`,
        error,
      );
    }
  }

  #isAt(word: number, start: number, end: number): boolean {
    if (this.#lengths[word] !== end - start) return false;
    const bytes = this.#bytes;
    for (let i = start, j = this.#starts[word]!; i < end; i++, j++) if (bytes[i] !== bytes[j]) return false;
    return true;
  }

  #grow(): void {
    const places = new Int32Array(2 * this.#places.length);
    const mask = places.length - 1;
    for (const [word, hash] of this.#hashes.entries()) {
      let place = (hash ^ (hash >>> 15)) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = word + 1;
    }
    this.#places = places;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
