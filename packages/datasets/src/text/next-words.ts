import { checkOptions, checkSeed, checkWhole, only, type Known } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import { drawPositions } from './draw-positions.ts';
import { randomSource } from '../random.ts';
import type { SparseDataset, Split } from '../types.ts';
import type { ByteInput } from '../unpack/input.ts';
import { READ_OPTIONS, readBytes, type ReadOptions } from '../unpack/unpack.ts';
import { textBytes } from './text-bytes.ts';
import { TEXT_OPTIONS, type TextOptions } from './text-options.ts';
import { readWords, type Vocabulary } from './vocabulary.ts';

/** Context, vocabulary and number of the rows that are drawn from a text (Bengio et al., JMLR 2003). */
export interface NextWordsOptions extends TextOptions {
  /** Words before the one that is to be predicted; 3 by default. */
  readonly context?: number;
  /** Words of the vocabulary, the most frequent ones; 1,000 by default, or all, if there are fewer. */
  readonly words?: number;
}

/** All of them. */
const OPTIONS: Known<NextWordsOptions> = { context: true, words: true, ...TEXT_OPTIONS };

/** Rows of words and the word after them, and what the numbers stand for. */
export interface NextWords extends Split<SparseDataset> {
  /** Label c is its word c. */
  readonly vocabulary: Vocabulary;
  /** Words of the text, all of them, and how many different ones. */
  readonly total: number;
  readonly distinct: number;
}

/**
 * The task of a language model: which word comes next (Bengio et al., JMLR 2003)? A row is a position of the text whose word is
 * in the vocabulary, which is its one label. Its input are the `context` words before it, one-hot for each place: with V
 * words in the vocabulary, the word c that stands j places before is feature (j - 1) (V + 1) + c, and any word that is
 * not in it feature (j - 1) (V + 1) + V. All values are 1.
 *
 * The text is words with blanks or line ends between them, as for `skipGrams`; they are numbered by frequency, the most
 * frequent 0. The vocabulary is that of the whole text. The held-out end is no part of training, and a context does not
 * reach across the border.
 *
 * @param text Text, or its bytes in UTF-8.
 * @throws RangeError for an option outside its range, or more rows than there are positions; Error naming the source if the
 *   text has no words, or too few, and naming the byte (from 0) where it is no text.
 */
export function nextWords(text: string | Uint8Array, options: NextWordsOptions = {}): NextWords {
  checkOptions('nextWords', options, OPTIONS);
  const { context = 3, words = 1000, heldOut = 0.01, train, test, seed = 1 } = options;
  const { name = 'next-words', source = 'text' } = options;
  checkWhole(context, 'context', 1, 1000);
  checkWhole(words, 'words', 1);
  if (!(heldOut > 0 && heldOut < 1)) {
    throw new RangeError(`heldOut must be a number above 0 and below 1, but it is ${heldOut}.`);
  }
  if (train !== undefined) checkWhole(train, 'train', 1);
  if (test !== undefined) checkWhole(test, 'test', 1);
  checkSeed(seed);

  const bytes = textBytes(text);
  const { vocabulary, sequence, total, distinct } = readWords(bytes, 1, source);
  const size = Math.min(words, vocabulary.words.length);
  const border = Math.round(sequence.length * (1 - heldOut));
  const parts = { train: sequence.subarray(0, border), test: sequence.subarray(border) };
  const rows = (part: 'train' | 'test', count: number | undefined): SparseDataset => {
    const places = predictable(parts[part], context, size);
    if (places.length === 0) {
      throw complaint(
        source,
        `expected a word of the vocabulary after ${context} others to ${part} with, found none among the ` +
          `${parts[part].length} words of that part.`,
      );
    }
    if (count !== undefined && count > places.length) {
      throw new RangeError(
        `${part} must be at most ${places.length}, the rows of its part, but it is ${count}.`,
      );
    }
    const drawn =
      count === undefined
        ? places
        : drawPositions(randomSource(seed, `next-words/${part}`), places.length, count).map(
            (at) => places[at]!,
          );
    return { name, ...contexts(parts[part], drawn, context, size) };
  };
  return {
    name,
    train: rows('train', train),
    test: rows('test', test),
    vocabulary: { words: vocabulary.words.slice(0, size), counts: vocabulary.counts.slice(0, size) },
    total,
    distinct,
  };
}

/**
 * {@link nextWords} of a text file, packed or not, such as text8 and its zip archive.
 *
 * @throws Error naming the file if there is none, or as {@link nextWords}.
 */
export async function loadNextWords(
  file: ByteInput,
  options: NextWordsOptions & ReadOptions = {},
): Promise<NextWords> {
  checkOptions('loadNextWords', options, { ...READ_OPTIONS, ...OPTIONS });
  const source = options.source ?? (typeof file === 'string' ? file : 'text');
  return nextWords(await readBytes(file, options), { ...only<NextWordsOptions>(options, OPTIONS), source });
}

/** The positions whose word is in the vocabulary, with as many before them as there have to be. */
function predictable(sequence: Int32Array, context: number, size: number): Int32Array {
  let count = 0;
  for (let i = context; i < sequence.length; i++) if (sequence[i]! < size) count++;
  const places = new Int32Array(count);
  for (let i = context, to = 0; i < sequence.length; i++) if (sequence[i]! < size) places[to++] = i;
  return places;
}

/** A row for each of the positions. */
function contexts(
  sequence: Int32Array,
  places: Int32Array,
  context: number,
  size: number,
): Omit<SparseDataset, 'name'> {
  const rows = places.length;
  const ids = new Int32Array(rows * context);
  for (const [row, place] of places.entries()) {
    for (let j = 1; j <= context; j++) {
      ids[row * context + j - 1] = (j - 1) * (size + 1) + Math.min(size, sequence[place - j]!);
    }
  }
  return {
    rows,
    columns: context * (size + 1),
    classes: size,
    offsets: Int32Array.from({ length: rows + 1 }, (_, row) => context * row),
    ids,
    values: new Float32Array(ids.length).fill(1),
    labelOffsets: Int32Array.from({ length: rows + 1 }, (_, row) => row),
    labels: places.map((place) => sequence[place]!),
  };
}
