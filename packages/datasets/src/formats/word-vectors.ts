import {
  isBlank,
  lineEnd,
  parseNumber,
  parseWhole,
  skipBlanks,
  skipToBlank,
  textOf,
} from './text-numbers.ts';
import { readBytes } from '../unpack/unpack.ts';

/** Words and their vectors: word i's is the `dimensions` floats from i * dimensions on. */
export interface WordVectors {
  readonly words: readonly string[];
  readonly dimensions: number;
  readonly vectors: Float32Array;
}

/** How much of a file of word vectors is read, and what error messages call it. */
export interface WordVectorsOptions {
  /** Words to read, from the start of the file; all by default. */
  readonly limit?: number;
  /** What error messages call the data; a path, say. */
  readonly source?: string;
}

/**
 * Reads word vectors as text: a word and its numbers a line, with blanks between them, as GloVe has them; word2vec's and
 * fastText's first line, "words dimensions", may be there.
 *
 * @throws Error saying in which line and column (from 1) what was expected and found: no finite number, another number of
 *   them than in the first line, or no vector at all.
 */
export function parseWordVectors(bytes: Uint8Array, options: WordVectorsOptions = {}): WordVectors {
  const { source = 'word vectors', limit = Infinity } = options;
  if (!(limit >= 1)) throw new RangeError(`The limit of words is 1 or more; got ${limit}.`);
  const words: string[] = [];
  const values: number[] = [];
  let dimensions = isHeader(bytes) ? parseWhole(bytes, ...lastToken(bytes)) : 0;
  let start = dimensions > 0 ? lineEnd(bytes, 0) + 1 : 0;
  for (let line = dimensions > 0 ? 2 : 1; start < bytes.length && words.length < limit; line++) {
    const end = lineEnd(bytes, start);
    const wordEnd = skipToBlank(bytes, start, end);
    if (skipBlanks(bytes, start, end) === end) {
      start = end + 1;
      continue;
    }
    const before = values.length;
    let position = skipBlanks(bytes, wordEnd, end);
    while (position < end) {
      const tokenEnd = skipToBlank(bytes, position, end);
      const value = Math.fround(parseNumber(bytes, position, tokenEnd));
      if (!Number.isFinite(value)) {
        throw new Error(
          `${source}: line ${line}, column ${position - start + 1}: expected a finite number, found "${textOf(bytes, position, tokenEnd)}".`,
        );
      }
      values.push(value);
      position = skipBlanks(bytes, tokenEnd, end);
    }
    const found = values.length - before;
    if (dimensions === 0) dimensions = found;
    if (found !== dimensions || found === 0) {
      throw new Error(`${source}: line ${line}: expected ${dimensions || 'some'} numbers, found ${found}.`);
    }
    words.push(textOf(bytes, start, wordEnd));
    start = end + 1;
  }
  if (words.length === 0) throw new Error(`${source}: expected a word and its numbers a line, found none.`);
  return { words, dimensions, vectors: Float32Array.from(values) };
}

/**
 * Word vectors from a text file, as it is, gzipped or packed by brotli (`.br`).
 *
 * @throws Error naming the file if there is none, or as {@link parseWordVectors}.
 */
export function wordVectors(file: string, options: Pick<WordVectorsOptions, 'limit'> = {}): WordVectors {
  return parseWordVectors(readBytes(file), { ...options, source: file });
}

/** Whether the first line is two whole numbers. */
function isHeader(bytes: Uint8Array): boolean {
  return /^\s*\d+\s+\d+\s*$/.test(textOf(bytes, 0, lineEnd(bytes, 0)));
}

/** Where the last token of the first line is. */
function lastToken(bytes: Uint8Array): [number, number] {
  let end = lineEnd(bytes, 0);
  while (isBlank(bytes[end - 1])) end--;
  let start = end;
  while (start > 0 && !isBlank(bytes[start - 1])) start--;
  return [start, end];
}
