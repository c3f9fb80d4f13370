/** The binary format of word2vec (Mikolov et al. 2013), as its C code writes it. */
import { complaint, quote } from '../complaint.ts';
import { GrowingArray } from '../growing-array.ts';
import type { StreamParser } from './stream-parser.ts';
import { WordDecoder, type WordVectors, type WordVectorsOptions } from './words.ts';

const [LINE_FEED, SPACE] = [0x0a, 0x20];

/** Bytes of the longest header, and of the longest word. */
const [LONGEST_HEADER, LONGEST_WORD] = [40, 10_000];

/** Whether a beginning is that of the binary format: two numbers, and then bytes that no text has. */
export function isBinary(head: Uint8Array): boolean {
  const end = head.subarray(0, LONGEST_HEADER).indexOf(LINE_FEED);
  if (end < 0 || !/^\s*\d+\s+\d+\s*$/.test(asciiOf(head, 0, end))) return false;
  return head.subarray(end).some((byte) => byte < 0x20 && (byte < 0x09 || byte > 0x0d));
}

/** Reads "words dimensions", then for each word its bytes, a blank, and 32-bit floats, little-endian. */
export class Word2vecParser implements StreamParser<WordVectors> {
  satisfied = false;
  readonly #source: string;
  readonly #limit: number;
  readonly #words: WordDecoder;
  readonly #vectors = new GrowingArray<Float32Array>(Float32Array);
  #announced = 0;
  #dimensions = 0;
  /** Bytes taken so far. */
  #position = 0;

  constructor(source: string, options: WordVectorsOptions) {
    this.#source = source;
    this.#limit = options.limit ?? Infinity;
    this.#words = new WordDecoder(options.badUtf8 ?? 'refuse');
    this.#dimensions = options.dimensions ?? 0;
  }

  take(bytes: Uint8Array, last: boolean): number {
    let at = this.#announced === 0 ? this.#readHeader(bytes) : 0;
    const vector = new Float32Array(this.#dimensions);
    const vectorBytes = new Uint8Array(vector.buffer);
    while (!this.satisfied && this.#words.length < this.#announced) {
      // Some writers end each vector with a line feed.
      const start = bytes[at] === LINE_FEED ? at + 1 : at;
      const space = bytes.subarray(start, start + LONGEST_WORD).indexOf(SPACE);
      const wordEnd = start + space;
      const end = wordEnd + 1 + vectorBytes.length;
      if (space < 0 || end > bytes.length) {
        if (space < 0 && bytes.length - start >= LONGEST_WORD)
          throw this.#at(start, 'expected a word and a blank, found none.');
        if (!last) break;
        throw complaint(
          this.#source,
          `line 1 says ${this.#announced} words, but the data ends after ${this.#words.length}.`,
        );
      }
      if (space === 0) throw this.#at(start, 'expected a word, found a blank.');
      vectorBytes.set(bytes.subarray(wordEnd + 1, end));
      if (!vector.every(Number.isFinite)) {
        const wrong = vector.findIndex((value) => !Number.isFinite(value));
        throw this.#at(wordEnd + 1 + 4 * wrong, `expected a finite number, found ${vector[wrong]}.`);
      }
      if (this.#words.decode(bytes, start, wordEnd) === undefined) {
        throw this.#at(start, `expected a word in UTF-8, found ${quote(bytes, start, wordEnd)}.`);
      }
      this.#vectors.append(vector);
      at = end;
      if (this.#words.length >= this.#limit) this.satisfied = true;
    }
    if (this.#words.length === this.#announced && !this.satisfied) {
      const end = bytes[at] === LINE_FEED ? at + 1 : at;
      if (end < bytes.length)
        throw this.#at(end, `line 1 says ${this.#announced} words, but more follows them.`);
      at = end;
    }
    this.#position += at;
    return at;
  }

  finish(): WordVectors {
    return {
      words: this.#words.finish(),
      dimensions: this.#dimensions,
      vectors: this.#vectors.finish(),
    };
  }

  #readHeader(bytes: Uint8Array): number {
    const end = bytes.indexOf(LINE_FEED);
    const [words = 0, dimensions = 0] = asciiOf(bytes, 0, end).trim().split(/\s+/).map(Number);
    const most = 2 ** 31 - 1;
    if (words < 1 || dimensions < 1 || words > most || dimensions > 2 ** 24) {
      throw complaint(
        this.#source,
        `line 1: expected numbers of words and dimensions from 1 on, found ${quote(bytes, 0, end)}.`,
      );
    }
    if (this.#dimensions > 0 && this.#dimensions !== dimensions) {
      throw complaint(this.#source, `line 1: expected ${this.#dimensions} dimensions, found ${dimensions}.`);
    }
    this.#announced = words;
    this.#dimensions = dimensions;
    return end + 1;
  }

  #at(at: number, what: string): Error {
    return complaint(this.#source, `byte ${this.#position + at}: ${what}`);
  }
}

function asciiOf(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder('latin1').decode(bytes.subarray(start, end));
}
