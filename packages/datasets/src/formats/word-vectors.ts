import { checkOptions, type Known } from '../check-options.ts';
import { complaint, quote } from '../complaint.ts';
import { checkWhole } from '../check-options.ts';
import { GrowingArray } from '../growing-array.ts';
import type { ByteInput } from '../unpack/input.ts';
import { READ_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf } from './file-options.ts';
import { LineParser } from './line-parser.ts';
import { parseBytes, parseInput, type StreamParser } from './stream-parser.ts';
import {
  cursor,
  isBlank,
  parseFloat32,
  scanFloat,
  skipBlanks,
  skipBlanksBack,
  skipToBlank,
} from './text-numbers.ts';
import { WordDecoder, type WordVectors, type WordVectorsOptions } from './words.ts';
import { isBinary, Word2vecParser } from './word2vec-binary.ts';

/** All of them, but for those of reading a file. */
const OPTIONS: Known<WordVectorsOptions> = {
  limit: true,
  dimensions: true,
  badUtf8: true,
  source: true,
};

/**
 * Reads word vectors: text, a word and its numbers a line with blanks between them, as GloVe and fastText (`.vec`) have them;
 * or word2vec's binary format, which is known by its content. The first line "words dimensions" must be there for the
 * binary format and may be for text. Words may hold blanks, as a few of GloVe's do: the last `dimensions` numbers are the
 * vector.
 *
 * @param bytes Not packed; {@link loadWordVectors} unpacks.
 * @throws Error saying in which line and column (from 1), or at which byte, what was expected and found: no finite number,
 *   fewer of them than dimensions, no word, or one that is not UTF-8; fewer or more words than the header says (without a
 *   `limit`), or none at all.
 */
export function parseWordVectors(bytes: Uint8Array, options: WordVectorsOptions = {}): WordVectors {
  checkOptions('parseWordVectors', options, OPTIONS);
  const source = options.source ?? 'word vectors';
  return parseBytes(new WordVectorsParser(source, options), source, bytes);
}

/**
 * Word vectors from a file, packed or not, as {@link parseWordVectors} reads them.
 *
 * @throws Error naming the file if there is none, or as {@link parseWordVectors}.
 */
export function loadWordVectors(
  input: ByteInput,
  options: WordVectorsOptions & ReadOptions = {},
): Promise<WordVectors> {
  checkOptions('loadWordVectors', options, { ...READ_OPTIONS, ...OPTIONS });
  const source = sourceOf(input, 'word vectors', options.source);
  return parseInput(new WordVectorsParser(source, options), source, input, options);
}

/** Bytes by which text and the binary format are told apart. */
const ENOUGH = 2 ** 14;

/** Either format, once its beginning shows which. */
class WordVectorsParser implements StreamParser<WordVectors> {
  readonly #source: string;
  readonly #options: WordVectorsOptions;
  #parser: StreamParser<WordVectors> | undefined;

  constructor(source: string, options: WordVectorsOptions) {
    this.#source = source;
    this.#options = options;
    const { limit = Infinity, dimensions, badUtf8 = 'refuse' } = options;
    if (!(limit >= 1)) throw new RangeError(`The limit of words is 1 or more; got ${limit}.`);
    if (dimensions !== undefined) checkWhole(dimensions, 'dimensions', 1);
    if (badUtf8 !== 'refuse' && badUtf8 !== 'replace') {
      throw new RangeError(`badUtf8 is 'refuse' or 'replace'; got ${String(badUtf8)}.`);
    }
  }

  get satisfied(): boolean {
    return this.#parser?.satisfied ?? false;
  }

  take(bytes: Uint8Array, last: boolean): number {
    if (this.#parser === undefined) {
      if (bytes.length < ENOUGH && !last) return 0;
      this.#parser = isBinary(bytes.subarray(0, ENOUGH))
        ? new Word2vecParser(this.#source, this.#options)
        : new TextParser(this.#source, this.#options);
    }
    return this.#parser.take(bytes, last);
  }

  expect(times: number): void {
    this.#parser?.expect?.(times);
  }

  finish(): WordVectors {
    // An empty text.
    this.#parser ??= new TextParser(this.#source, this.#options);
    return this.#parser.finish();
  }
}

class TextParser extends LineParser<WordVectors> {
  readonly #limit: number;
  readonly #limited: boolean;
  readonly #words: WordDecoder;
  readonly #vectors = new GrowingArray<Float32Array>(Float32Array);
  /** Numbers a word, 0 before they are known; how many words the header says there are. */
  #dimensions: number;
  #announced: number | undefined;
  #vector: Float32Array = new Float32Array(0);

  constructor(source: string, options: WordVectorsOptions) {
    super(source, 'word vectors');
    this.#limited = options.limit !== undefined;
    this.#limit = options.limit ?? Infinity;
    this.#words = new WordDecoder(options.badUtf8 ?? 'refuse');
    this.#dimensions = options.dimensions ?? 0;
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    const lineEnd = skipBlanksBack(bytes, start, end);
    if (lineEnd === start) return;
    if (this.number === 1 && this.#isHeader(bytes, start, lineEnd)) return;
    if (this.#dimensions === 0)
      this.#dimensions = countTokens(bytes, skipToBlank(bytes, start, lineEnd), lineEnd);
    if (this.#dimensions === 0)
      throw this.at(undefined, `expected a word and numbers, found ${quote(bytes, start, lineEnd)}.`);
    if (this.#vector.length === 0) this.#vector = new Float32Array(this.#dimensions);
    const wordEnd = this.#readVector(bytes, start, lineEnd);
    if (wordEnd === start) throw this.at(1, 'expected a word before its numbers, found none.');
    const word = this.#words.decode(bytes, start, wordEnd);
    if (word === undefined) throw this.refusal(bytes, start, start, wordEnd, 'a word in UTF-8');
    if (!this.#limited && this.#announced !== undefined && this.#words.length > this.#announced) {
      throw this.at(undefined, `line 1 says ${this.#announced} words, but there are more.`);
    }
    this.#vectors.append(this.#vector);
    if (this.#words.length >= this.#limit) this.satisfied = true;
  }

  /** Takes in the line "words dimensions", if it is one. */
  #isHeader(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > 40) return false;
    const text = new TextDecoder().decode(bytes.subarray(start, end));
    const numbers = /^\s*(\d+)\s+(\d+)$/.exec(text)?.slice(1).map(Number);
    if (numbers === undefined) return false;
    const [words = 0, dimensions = 0] = numbers;
    const most = 2 ** 31 - 1;
    if (words < 1 || dimensions < 1 || words > most || dimensions > most) {
      throw this.at(
        undefined,
        `expected numbers of words and dimensions from 1 to ${most}, found "${text}".`,
      );
    }
    if (this.#dimensions > 0 && this.#dimensions !== dimensions) {
      throw this.at(undefined, `expected ${this.#dimensions} dimensions, found ${dimensions}.`);
    }
    this.#announced = words;
    this.#dimensions = dimensions;
    return true;
  }

  /** Reads a vector, and says where its word ends. */
  #readVector(bytes: Uint8Array, start: number, end: number): number {
    const dimensions = this.#dimensions;
    const vector = this.#vector;
    const wordEnd = skipToBlank(bytes, start, end);
    let position = skipBlanks(bytes, wordEnd, end);
    let read = 0;
    for (; read < dimensions; read++) {
      const value = scanFloat(bytes, position, end);
      if (value - value !== 0 || (cursor.at < end && !isBlank(bytes[cursor.at]))) break;
      vector[read] = value;
      position = skipBlanks(bytes, cursor.at, end);
    }
    if (read === dimensions && position === end) return wordEnd;
    return this.#readFromEnd(bytes, start, end);
  }

  /** The same for a word that holds blanks, or for a line that is broken: from the end of the line on. */
  #readFromEnd(bytes: Uint8Array, start: number, end: number): number {
    let tokenEnd = end;
    for (let i = this.#dimensions - 1; i >= 0; i--) {
      let tokenStart = tokenEnd;
      while (tokenStart > start && !isBlank(bytes[tokenStart - 1])) tokenStart--;
      if (tokenStart === start) {
        const found = this.#dimensions - 1 - i;
        const hint = this.#announced === undefined ? ' (if the first word holds blanks, say dimensions)' : '';
        throw this.at(undefined, `expected ${this.#dimensions} numbers after a word, found ${found}${hint}.`);
      }
      const value = parseFloat32(bytes, tokenStart, tokenEnd);
      if (value - value !== 0) throw this.refusal(bytes, start, tokenStart, tokenEnd, 'a finite number');
      this.#vector[i] = value;
      tokenEnd = skipBlanksBack(bytes, start, tokenStart);
    }
    return tokenEnd;
  }

  expect(times: number): void {
    const words = Math.min(times * this.#words.length, this.#limit);
    this.#vectors.expect(words * this.#dimensions);
  }

  override finish(): WordVectors {
    const { length } = this.#words;
    if (length === 0) throw complaint(this.source, 'expected a word and its numbers a line, found none.');
    if (!this.#limited && this.#announced !== undefined && length < this.#announced) {
      throw complaint(
        this.source,
        `line 1 says ${this.#announced} words, but the data ends after ${length}: is it cut short? With a limit it is read.`,
      );
    }
    return { words: this.#words.finish(), dimensions: this.#dimensions, vectors: this.#vectors.finish() };
  }
}

function countTokens(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = skipBlanks(bytes, start, end); i < end; count++) {
    i = skipBlanks(bytes, skipToBlank(bytes, i, end), end);
  }
  return count;
}
