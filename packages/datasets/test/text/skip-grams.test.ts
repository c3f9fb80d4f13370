import * as fc from 'fast-check';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkDataset, loadSkipGrams, skipGrams } from '../../src/index.ts';
import type { SkipGramOptions, SkipGrams, SparseDataset } from '../../src/index.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** Rows as words: the input, and the labels. */
function rowsOf({ ids, labels, labelOffsets }: SparseDataset, { words }: SkipGrams['vocabulary']): string[] {
  return Array.from(ids, (id, row) => {
    const neighbours = labels.subarray(labelOffsets[row], labelOffsets[row + 1]);
    return `${words[id]}: ${Array.from(neighbours, (label) => words[label]).join(' ')}`;
  });
}

/** The definition, word by word. */
function plainRows(
  sequence: readonly string[],
  window: number,
  ranks: ReadonlyMap<string, number>,
): string[] {
  return sequence.map((word, i) => {
    const near = sequence.filter((_, j) => j !== i && Math.abs(j - i) <= window);
    const labels = [...new Set(near)].toSorted((a, b) => ranks.get(a)! - ranks.get(b)!);
    return `${word}: ${labels.join(' ')}`;
  });
}

const TEXT = 'the cat  saw the\ncat once the cat ran a a end end';

describe('skipGrams', () => {
  it('by hand: words by frequency, rare ones gone before windows are laid', () => {
    const grams = skipGrams(TEXT, { minimumCount: 2, window: 1, heldOut: 0.4 });
    expect(grams).toMatchObject({ name: 'skip-grams', total: 13, distinct: 7 });
    expect(grams.vocabulary).toEqual({
      words: ['the', 'cat', 'a', 'end'],
      counts: Int32Array.of(3, 3, 2, 2),
    });
    // The words left are "the cat the cat the cat a a end end"; the border lies before the last four.
    expect(rowsOf(grams.train, grams.vocabulary)).toEqual([
      'the: cat',
      'cat: the',
      'the: cat',
      'cat: the',
      'the: cat',
      'cat: the',
    ]);
    expect(rowsOf(grams.test, grams.vocabulary)).toEqual(['a: a', 'a: a end', 'end: a end', 'end: end']);
    expect(grams.train).toMatchObject({ rows: 6, columns: 4, classes: 4 });
    expect(grams.train.values).toEqual(new Float32Array(6).fill(1));
    for (const set of [grams.train, grams.test]) checkDataset(set);
  });

  it('is its definition, for any text, window and border', () => {
    const separator = fc.constantFrom(' ', '\n', ' \t', '\r\n');
    const word = fc.constantFrom('a', 'b', 'c', 'ab', 'ba', 'ñu', '日');
    const text = fc.array(fc.tuple(word, separator), { minLength: 8, maxLength: 60 });
    const options = fc.record({
      window: fc.integer({ min: 1, max: 70 }),
      minimumCount: fc.integer({ min: 1, max: 2 }),
      heldOut: fc.double({ min: 0.3, max: 0.7, noNaN: true }),
    });
    fc.assert(
      fc.property(text, options, (pairs, { window, minimumCount, heldOut }) => {
        const all = pairs.map(([each]) => each);
        const counts = Map.groupBy(all, (each) => each);
        const kept = all.filter((each) => counts.get(each)!.length >= minimumCount);
        const border = Math.round(kept.length * (1 - heldOut));
        fc.pre(border >= 2 && kept.length - border >= 2);
        const grams = skipGrams(pairs.flat().join(''), { window, minimumCount, heldOut });
        // groupBy keeps the order of appearance, and sorting is stable.
        const words = [...counts].filter(([, list]) => list.length >= minimumCount);
        const expected = words.toSorted(([, a], [, b]) => b.length - a.length);
        expect(grams.vocabulary.words).toEqual(expected.map(([each]) => each));
        expect([...grams.vocabulary.counts]).toEqual(expected.map(([, list]) => list.length));
        const ranks = new Map(grams.vocabulary.words.map((each, rank) => [each, rank]));
        expect(rowsOf(grams.train, grams.vocabulary)).toEqual(
          plainRows(kept.slice(0, border), window, ranks),
        );
        expect(rowsOf(grams.test, grams.vocabulary)).toEqual(plainRows(kept.slice(border), window, ranks));
      }),
    );
  });

  it('keeps apart a thousand words whose hashes share places', () => {
    const words = Array.from({ length: 5000 }, (_, i) => `w${i.toString(36)}`);
    const { vocabulary } = skipGrams([...words, ...words].join(' '), { minimumCount: 2 });
    expect(vocabulary.words).toEqual(words);
    expect(new Set(vocabulary.counts)).toEqual(new Set([2]));
  });

  it('draws different rows by the seed, spread over their part; more keep the first ones', () => {
    // Each word once, so that a row's word tells its position.
    const words = Array.from({ length: 4000 }, (_, i) => `w${i}`);
    const draw = (options: SkipGramOptions): SkipGrams =>
      skipGrams(words.join(' '), { minimumCount: 1, heldOut: 0.5, train: 200, test: 100, ...options });
    const { train, test } = draw({});
    expect(new Set(train.ids).size).toBe(200);
    expect(Math.max(...train.ids)).toBeLessThan(2000);
    expect(Math.max(...train.labels)).toBeLessThan(2000);
    expect(Math.min(...test.ids)).toBeGreaterThanOrEqual(2000);
    expect(Math.min(...test.labels)).toBeGreaterThanOrEqual(2000);
    // The mean of 200 of 0 to 1999; four standard errors.
    const mean = train.ids.reduce((sum, id) => sum + id, 0) / 200;
    expect(Math.abs(mean - 999.5)).toBeLessThan((4 * 577) / Math.sqrt(200));
    expect(draw({}).train).toEqual(train);
    expect(draw({ train: 500 }).train.ids.subarray(0, 200)).toEqual(train.ids);
    expect(draw({ train: 500 }).test).toEqual(test);
    expect(draw({ seed: 2 }).train.ids).not.toEqual(train.ids);
    expect(draw({ train: 2000 }).train.ids.toSorted()).toEqual(
      Int32Array.from({ length: 2000 }, (_, i) => i),
    );
  });

  it('thins out frequent words of the training part as the paper has it, and no others', () => {
    // 'the' is 3/4 of the text and stays with sqrt(t / f), each of the others is 1/400 of it.
    const words = Array.from({ length: 40_000 }, (_, i) => (i % 4 < 3 ? 'the' : `w${(i >> 2) % 100}`));
    const { train, test } = skipGrams(words.join(' '), { subsample: 0.05, heldOut: 0.5 });
    const share = Math.sqrt(0.05 / 0.75);
    const stayed = train.ids.filter((id) => id === 0).length;
    expect(train.rows - stayed).toBe(5000);
    expect(Math.abs(stayed - 15_000 * share)).toBeLessThan(4 * Math.sqrt(15_000 * share * (1 - share)));
    expect(test.rows).toBe(20_000);
  });

  it.each([
    ['', 'text: expected words that occur 5 times or more, found none among 0 words.'],
    ['a b c', 'text: expected words that occur 5 times or more, found none among 3 words.'],
    ['a a\0 a', 'text: byte 3: expected text, found the control character 0x00.'],
    [
      'a a a a a a',
      'text: expected 2 words or more to test with, found 0 of the 6 words that occur 5 times or more.',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => skipGrams(text)).toThrow(new Error(message));
  });

  it('refuses a word that is no UTF-8, and says where it is', () => {
    const bytes = Uint8Array.of(0x61, 0x20, 0xff, 0xfe, 0x20, 0x61);
    expect(() => skipGrams(bytes, { minimumCount: 1, source: 'a.txt' })).toThrow(
      'a.txt: byte 2: expected a word in UTF-8, found "',
    );
  });

  it.each([
    [{ window: 0 }, 'window must be a whole number from 1 to 2147483647, but it is 0.'],
    [{ minimumCount: 0.5 }, 'minimumCount must be a whole number from 1 to 2147483647, but it is 0.5.'],
    [{ heldOut: 1 }, 'heldOut must be a number above 0 and below 1, but it is 1.'],
    [{ heldOut: NaN }, 'heldOut must be a number above 0 and below 1, but it is NaN.'],
    [{ subsample: 0 }, 'subsample must be a number above 0 and up to 1, but it is 0.'],
    [{ subsample: 2 }, 'subsample must be a number above 0 and up to 1, but it is 2.'],
    [{ train: 0 }, 'train must be a whole number from 1 to 2147483647, but it is 0.'],
    [{ test: 6 }, 'test must be at most 5, the words of its part, but it is 6.'],
    [{ train: 6 }, 'train must be at most 5, the words of its part, but it is 6.'],
    [{ seed: -1 }, 'seed must be a whole number from 0 to 4294967295, but it is -1.'],
  ])('refuses %j', (options, message) => {
    const text = 'a b a b a b a b a b';
    expect(() => skipGrams(text, { heldOut: 0.5, ...options })).toThrow(new RangeError(message));
  });
});

describe('loadSkipGrams', () => {
  it('reads files as they are, gzipped and packed by brotli', async () => {
    const folder = temporaryFolder({
      'a.txt': TEXT,
      'b.txt.gz': gzipSync(TEXT),
      'c.txt.br': brotliCompressSync(TEXT),
    });
    const options = { minimumCount: 2, heldOut: 0.4 };
    const expected = skipGrams(TEXT, options);
    for (const name of ['a.txt', 'b.txt.gz', 'c.txt.br'])
      expect(await loadSkipGrams(`${folder}/${name}`, options)).toEqual(expected);
    await expect(loadSkipGrams(`${folder}/a.txt`)).rejects.toThrow(
      `${folder}/a.txt: expected words that occur 5 times or more, found none among 13 words.`,
    );
  });

  it.skipIf(!realData)('reads 100 MB of English Wikipedia', { timeout: 60_000 }, async () => {
    const grams = await loadSkipGrams(realPath('enwiki', 'enwiki2018-text8like.br'), {
      train: 1000,
      test: 1000,
    });
    const { vocabulary, total, distinct, train } = grams;
    expect([total, distinct, vocabulary.words.length]).toEqual([16_925_441, 220_478, 67_882]);
    expect(vocabulary.words.slice(0, 3)).toEqual(['the', 'of', 'and']);
    expect(vocabulary.counts.at(-1)).toBe(5);
    checkDataset(train);
    expect(train).toMatchObject({ rows: 1000, columns: 67_882, classes: 67_882 });
    expect(train.labels.length / 1000).toBeGreaterThan(3.5);
  });
});
