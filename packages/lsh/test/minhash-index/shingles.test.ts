import { describe, expect, test } from 'vitest';
import { shingles } from '../../src/index.ts';

describe('shingles', () => {
  test('of words', () => {
    const made = shingles('The cat, the CAT – the cat sat.', { unit: 'words', size: 2 });
    expect([...made]).toEqual(['the cat', 'cat the', 'cat sat']);
    expect([...shingles("Don't do_it 3 times", { unit: 'words', size: 1 })]).toEqual([
      'don',
      't',
      'do_it',
      '3',
      'times',
    ]);
  });

  test('of characters, which are code points', () => {
    expect([...shingles('  a \n\t b  ', { unit: 'characters', size: 2 })]).toEqual(['a ', ' b']);
    expect([...shingles('x😀y😀y', { unit: 'characters', size: 2 })]).toEqual(['x😀', '😀y', 'y😀']);
  });

  test('a text that is shorter is one shingle, an empty one none', () => {
    expect([...shingles('one two', { unit: 'words', size: 3 })]).toEqual(['one two']);
    expect([...shingles('ab', { unit: 'characters', size: 9 })]).toEqual(['ab']);
    for (const empty of ['', ' \n ']) {
      expect(shingles(empty, { unit: 'words', size: 1 }).size).toBe(0);
      expect(shingles(empty, { unit: 'characters', size: 1 }).size).toBe(0);
    }
    expect(shingles('... --- ...', { unit: 'words', size: 2 }).size).toBe(0);
  });

  test('composed and decomposed letters are the same, and capitals unless asked otherwise', () => {
    const [composed, decomposed] = ['Café Åre', 'Cafe\u0301 A\u030are'];
    const options = { unit: 'characters', size: 4 } as const;
    expect(shingles(decomposed, options)).toEqual(shingles(composed, options));
    expect(shingles('İstanbul I', { unit: 'words', size: 1 })).toEqual(
      shingles('İstanbul I'.toLowerCase(), { unit: 'words', size: 1 }),
    );
    expect([...shingles('Ab', { unit: 'words', size: 1, lowerCase: false })]).toEqual(['Ab']);
    expect([...shingles('Ab', { unit: 'words', size: 1 })]).toEqual(['ab']);
  });

  test('words of other scripts', () => {
    const options = { unit: 'words', size: 1 } as const;
    expect([...shingles('Привет, мир हिन्दी', options)]).toEqual(['привет', 'мир', 'हिन्दी']);
  });

  test('refuses other sizes and units', () => {
    expect(() => shingles('a', { unit: 'words', size: 0 })).toThrow(
      /size is an integer from 1 to 2147483647/,
    );
    expect(() => shingles('a', { unit: 'lines' as 'words', size: 1 })).toThrow(
      new RangeError("shingles: unit is 'words' or 'characters'; got the string 'lines'."),
    );
  });
});
