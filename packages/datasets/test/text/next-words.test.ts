import * as fc from 'fast-check';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkDataset, loadNextWords, nextWords } from '../../src/index.ts';
import type { NextWords, NextWordsOptions, SparseDataset } from '../../src/index.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** Rows as words: those before, the nearest first, and the one to predict; `*` is none of the vocabulary. */
function rowsOf({ ids, labels, offsets, rows }: SparseDataset, { words }: NextWords['vocabulary']): string[] {
  const columns = words.length + 1;
  return Array.from({ length: rows }, (_, row) => {
    const before = [...ids.subarray(offsets[row], offsets[row + 1])];
    expect(before.map((id) => Math.floor(id / columns))).toEqual([...before.keys()]);
    return `${before.map((id) => words[id % columns] ?? '*').join(' ')} > ${words[labels[row]!]}`;
  });
}

/** The definition, word by word. */
function plainRows(part: readonly string[], context: number, vocabulary: readonly string[]): string[] {
  return part.flatMap((word, i) => {
    if (i < context || !vocabulary.includes(word)) return [];
    const before = part.slice(i - context, i).toReversed();
    return [`${before.map((each) => (vocabulary.includes(each) ? each : '*')).join(' ')} > ${word}`];
  });
}

describe('nextWords', () => {
  it('by hand: rare words are none in a context, and are not to be predicted', () => {
    const words = nextWords('the cat saw the dog  the\ncat ran the cat sat the', {
      context: 2,
      words: 2,
      heldOut: 0.4,
    });
    expect(words).toMatchObject({ name: 'next-words', total: 12, distinct: 6 });
    expect(words.vocabulary).toEqual({ words: ['the', 'cat'], counts: Int32Array.of(5, 3) });
    // The border lies before "ran".
    expect(rowsOf(words.train, words.vocabulary)).toEqual(['* cat > the', '* the > the', 'the * > cat']);
    expect(rowsOf(words.test, words.vocabulary)).toEqual(['the * > cat', '* cat > the']);
    expect(words.train).toMatchObject({ rows: 3, columns: 6, classes: 2 });
    expect(words.train.values).toEqual(new Float32Array(6).fill(1));
    for (const set of [words.train, words.test]) checkDataset(set);
  });

  it('is its definition, for any text, context and vocabulary', () => {
    const options = fc.record({
      context: fc.integer({ min: 1, max: 5 }),
      words: fc.integer({ min: 1, max: 6 }),
      heldOut: fc.double({ min: 0.3, max: 0.7, noNaN: true }),
    });
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'ab', 'ñu'), { minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(text, options, (all, { context, words, heldOut }) => {
        const vocabulary = [...Map.groupBy(all, (word) => word)]
          .toSorted(([, a], [, b]) => b.length - a.length)
          .map(([word]) => word)
          .slice(0, words);
        const border = Math.round(all.length * (1 - heldOut));
        const [train, test] = [all.slice(0, border), all.slice(border)].map((part) =>
          plainRows(part, context, vocabulary),
        ) as [string[], string[]];
        fc.pre(train.length > 0 && test.length > 0);
        const made = nextWords(all.join(' '), { context, words, heldOut });
        expect(made.vocabulary.words).toEqual(vocabulary);
        expect(rowsOf(made.train, made.vocabulary)).toEqual(train);
        expect(rowsOf(made.test, made.vocabulary)).toEqual(test);
      }),
    );
  });

  it('draws different rows by the seed; more keep the first ones', () => {
    const text = Array.from({ length: 4000 }, (_, i) => `w${i}`).join(' ');
    const draw = (options: NextWordsOptions): NextWords =>
      nextWords(text, { words: 5000, heldOut: 0.5, train: 200, test: 100, ...options });
    const { train, test } = draw({});
    expect(new Set(train.labels).size).toBe(200);
    expect(Math.max(...train.labels)).toBeLessThan(2000);
    expect(Math.min(...test.labels)).toBeGreaterThanOrEqual(2000);
    expect(draw({}).train).toEqual(train);
    expect(draw({ train: 500 }).train.labels.subarray(0, 200)).toEqual(train.labels);
    expect(draw({ seed: 2 }).train.ids).not.toEqual(train.ids);
    expect(draw({ train: 1997 }).train.labels.toSorted()).toEqual(
      Int32Array.from({ length: 1997 }, (_, i) => 3 + i),
    );
  });

  it.each([
    [{ context: 0 }, 'context must be a whole number from 1 to 1000, but it is 0.'],
    [{ words: 0 }, 'words must be a whole number from 1 to 2147483647, but it is 0.'],
    [{ heldOut: 1 }, 'heldOut must be a number above 0 and below 1, but it is 1.'],
    [{ test: 5 }, 'test must be at most 4, the rows of its part, but it is 5.'],
    [{ seed: -1 }, 'seed must be a whole number from 0 to 4294967295, but it is -1.'],
  ])('refuses %j', (options, message) => {
    const text = 'a b a b a b a b a b';
    expect(() => nextWords(text, { heldOut: 0.5, context: 1, ...options })).toThrow(new RangeError(message));
  });

  it('refuses a text that is too short', () => {
    expect(() => nextWords('a b c d e f', { heldOut: 0.5 })).toThrow(
      'text: expected a word of the vocabulary after 3 others to train with, found none among the 3 words of that part.',
    );
  });
});

describe('loadNextWords', () => {
  it('reads files, and names them', async () => {
    const folder = temporaryFolder({ 'a.br': brotliCompressSync('a b a b a b a b'), 'b.txt': 'a' });
    expect((await loadNextWords(`${folder}/a.br`, { heldOut: 0.5 })).train).toMatchObject({
      rows: 1,
      classes: 2,
    });
    await expect(loadNextWords(`${folder}/b.txt`)).rejects.toThrow(`${folder}/b.txt: expected a word of`);
  });

  it.skipIf(!realData)('reads 100 MB of English Wikipedia', { timeout: 60_000 }, async () => {
    const path = realPath('enwiki', 'enwiki2018-text8like.br');
    const { train, test, vocabulary, total } = await loadNextWords(path, { train: 1000, test: 1000 });
    expect([total, vocabulary.words.length]).toEqual([16_925_441, 1000]);
    for (const part of [train, test]) {
      checkDataset(part);
      expect(part).toMatchObject({ rows: 1000, columns: 3003, classes: 1000 });
    }
  });
});
