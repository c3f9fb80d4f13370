import { checkOptions, checkSeed, checkWhole, only, type Known } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import { randomSource } from '../random.ts';
import type { SparseDataset, Split } from '../types.ts';
import type { ByteInput } from '../unpack/input.ts';
import { READ_OPTIONS, readBytes, type ReadOptions } from '../unpack/unpack.ts';
import { drawPositions } from './draw-positions.ts';
import { textBytes } from './text-bytes.ts';
import { TEXT_OPTIONS, type TextOptions } from './text-options.ts';
import { readWords, type Vocabulary } from './vocabulary.ts';

/** Vocabulary, window and number of the pairs that are drawn from a text (Mikolov et al. 2013). */
export interface SkipGramOptions extends TextOptions {
  /** Positions on either side of a word whose words are its labels; 2 by default. */
  readonly window?: number;
  /** Words that occur less often are left out of the text; 5 by default, as in word2vec. */
  readonly minimumCount?: number;
  /**
   * Thins out frequent words of the training part: each occurrence of a word of frequency f stays with the probability
   * min(1, sqrt(t / f)), t being this (Mikolov et al., NIPS 2013, equation 5; they have 1e-5). None are by default.
   */
  readonly subsample?: number;
}

/** All of them. */
const OPTIONS: Known<SkipGramOptions> = {
  window: true,
  minimumCount: true,
  subsample: true,
  ...TEXT_OPTIONS,
};

/** Rows of words and their neighbours, and what the numbers stand for. */
export interface SkipGrams extends Split<SparseDataset> {
  /** Feature c and label c are its word c. */
  readonly vocabulary: Vocabulary;
  /** Words of the text, all of them, and how many different ones. */
  readonly total: number;
  readonly distinct: number;
}

/**
 * The task of skip-grams: which words stand near a word (Mikolov et al. 2013). A row is a position of the text; its input is
 * the word there, one-hot with the value 1, and its labels are the different words at most `window` positions before or
 * after it, each once, as in the Text8 task of SLIDE (Chen et al., MLSys 2020).
 *
 * The text is words with blanks or line ends between them; case is not changed, and a line end is a blank like others.
 * Words are numbered by frequency, the most frequent 0, which is what samplers by Zipf's law need; equally frequent ones in
 * the order of appearance. As in word2vec, words that are too rare and those that `subsample` drops are taken out before
 * windows are laid, so that a window reaches over them; and a word that has itself as a neighbour is a label of its own.
 * (The paper's rule for subsampling is used. The code of word2vec keeps a word with sqrt(t / f) + t / f.)
 *
 * The vocabulary is that of the whole text. The held-out end is no part of training: windows do not reach across the border.
 * Test rows keep frequent words whatever `subsample` is. Rows that are drawn are different positions in random order, spread
 * over their part so that rare words are met too; asking for more keeps the first ones.
 *
 * @param text Text, or its bytes in UTF-8.
 * @throws RangeError for an option outside its range, or more rows than there are positions; Error naming the source if the
 *   text has no words, or too few, and naming the byte (from 0) where it is no text.
 */
export function skipGrams(text: string | Uint8Array, options: SkipGramOptions = {}): SkipGrams {
  checkOptions('skipGrams', options, OPTIONS);
  const { window = 2, minimumCount = 5, subsample, heldOut = 0.01, train, test, seed = 1 } = options;
  const { name = 'skip-grams', source = 'text' } = options;
  checkWhole(window, 'window', 1);
  checkWhole(minimumCount, 'minimumCount', 1);
  if (!(heldOut > 0 && heldOut < 1)) {
    throw new RangeError(`heldOut must be a number above 0 and below 1, but it is ${heldOut}.`);
  }
  if (subsample !== undefined && !(subsample > 0 && subsample <= 1)) {
    throw new RangeError(`subsample must be a number above 0 and up to 1, but it is ${subsample}.`);
  }
  if (train !== undefined) checkWhole(train, 'train', 1);
  if (test !== undefined) checkWhole(test, 'test', 1);
  checkSeed(seed);

  const bytes = textBytes(text);
  const { vocabulary, sequence, total, distinct } = readWords(bytes, minimumCount, source);
  const border = Math.round(sequence.length * (1 - heldOut));
  const first = thinned(sequence.subarray(0, border), vocabulary, subsample, seed);
  const parts = { train: first, test: sequence.subarray(border) };
  const rows = (part: 'train' | 'test', count: number | undefined): SparseDataset => {
    const words = parts[part];
    if (words.length < 2) {
      throw complaint(
        source,
        `expected 2 words or more to ${part} with, found ${words.length} of the ${sequence.length} words that ` +
          `occur ${minimumCount} times or more.`,
      );
    }
    if (count !== undefined && count > words.length) {
      throw new RangeError(
        `${part} must be at most ${words.length}, the words of its part, but it is ${count}.`,
      );
    }
    const positions =
      count === undefined
        ? undefined
        : drawPositions(randomSource(seed, `skip-grams/${part}`), words.length, count);
    return { name, ...windows(words, positions, window, vocabulary.words.length) };
  };
  return { name, train: rows('train', train), test: rows('test', test), vocabulary, total, distinct };
}

/**
 * {@link skipGrams} of a text file, packed or not, such as text8 and its zip archive.
 *
 * @throws Error naming the file if there is none, or as {@link skipGrams}.
 */
export async function loadSkipGrams(
  file: ByteInput,
  options: SkipGramOptions & ReadOptions = {},
): Promise<SkipGrams> {
  checkOptions('loadSkipGrams', options, { ...READ_OPTIONS, ...OPTIONS });
  const source = options.source ?? (typeof file === 'string' ? file : 'text');
  return skipGrams(await readBytes(file, options), { ...only<SkipGramOptions>(options, OPTIONS), source });
}

/** The words that subsampling leaves. */
function thinned(
  sequence: Int32Array,
  { counts }: Vocabulary,
  threshold: number | undefined,
  seed: number,
): Int32Array {
  if (threshold === undefined) return sequence;
  const source = randomSource(seed, 'skip-grams/subsample');
  const all = counts.reduce((sum, count) => sum + count, 0);
  const keep = Float64Array.from(counts, (count) => Math.sqrt((threshold * all) / count));
  return sequence.filter((word) => keep[word]! >= 1 || source() < keep[word]!);
}

/** A row for each of the positions, or for all. */
function windows(
  sequence: Int32Array,
  positions: Int32Array | undefined,
  window: number,
  classes: number,
): Omit<SparseDataset, 'name'> {
  const rows = positions?.length ?? sequence.length;
  const reach = Math.min(window, sequence.length);
  const ids = new Int32Array(rows);
  const labelOffsets = new Int32Array(rows + 1);
  const nearby = new Int32Array(2 * reach);
  let labels = new Int32Array(Math.min(2 * reach, 8) * rows);
  let length = 0;
  for (let row = 0; row < rows; row++) {
    const position = positions ? positions[row]! : row;
    const end = Math.min(sequence.length - 1, position + reach);
    let found = 0;
    for (let i = Math.max(0, position - reach); i <= end; i++) {
      if (i === position) continue;
      // Kept ascending, each once: windows are short.
      const word = sequence[i]!;
      let place = found;
      while (place > 0 && nearby[place - 1]! > word) place--;
      if (place > 0 && nearby[place - 1] === word) continue;
      nearby.copyWithin(place + 1, place, found++);
      nearby[place] = word;
    }
    if (length + found > labels.length) {
      const grown = new Int32Array(Math.ceil(1.5 * (length + found)));
      grown.set(labels.subarray(0, length));
      labels = grown;
    }
    for (let l = 0; l < found; l++) labels[length + l] = nearby[l]!;
    ids[row] = sequence[position]!;
    labelOffsets[row + 1] = length += found;
  }
  return {
    rows,
    columns: classes,
    classes,
    offsets: Int32Array.from({ length: rows + 1 }, (_, row) => row),
    ids,
    values: new Float32Array(rows).fill(1),
    labelOffsets,
    labels: labels.slice(0, length),
  };
}
