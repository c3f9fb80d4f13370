import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDataset, fromRows } from '../../src/index.ts';
import type { DenseRows } from '../../src/index.ts';

const rowsOf = ({ inputs, columns, rows }: DenseRows): number[][] =>
  Array.from({ length: rows }, (_, i) => [...inputs.subarray(i * columns, (i + 1) * columns)]);

describe('fromRows', () => {
  it('takes lists of numbers, typed or not, with classes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -9, max: 9 })),
          {
            minLength: 1,
          },
        ),
        (rows) => {
          const labels = rows.map((_, i) => i % 3);
          const made = fromRows(rows, { labels, name: 'pairs' });
          checkDataset(made);
          expect(rowsOf(made)).toEqual(rows.map((row) => row.map((x) => Math.fround(x))));
          expect(
            fromRows(
              rows.map((row) => Float32Array.from(row)),
              { labels, name: 'pairs' },
            ),
          ).toEqual(made);
        },
      ),
    );
  });

  it('takes objects: numbers as they are, texts one-hot, and a key that is the label', () => {
    const made = fromRows(
      [
        { size: 1.5, colour: 'red', ripe: true, fruit: 'apple' },
        { size: '2', colour: 'green', ripe: false, fruit: 'pear' },
        { ripe: true, size: 3, colour: 'red', fruit: 'apple' },
      ],
      { label: 'fruit' },
    );
    expect(made.columnNames).toEqual(['size', 'colour=green', 'colour=red', 'ripe']);
    expect(rowsOf(made)).toEqual([
      [1.5, 0, 1, 1],
      [2, 1, 0, 0],
      [3, 0, 1, 1],
    ]);
    expect([made.classNames, [...made.labels], made.classes]).toEqual([['apple', 'pear'], [0, 1, 0], 2]);
  });

  it('reads other rows like the first ones', () => {
    const train = fromRows(
      [
        ['1', 'red'],
        ['2', 'blue'],
      ],
      { labels: ['yes', 'no'], columnNames: ['size', 'colour'] },
    );
    const test = fromRows([[5, 'red']], { labels: ['yes'], columnNames: ['size', 'colour'], like: train });
    expect([test.columnNames, rowsOf(test), test.classes, [...test.labels]]).toEqual([
      ['size', 'colour=blue', 'colour=red'],
      [[5, 0, 1]],
      2,
      [1],
    ]);
    expect(() =>
      fromRows([[5, 'pink']], { labels: ['yes'], columnNames: ['size', 'colour'], like: train }),
    ).toThrow('rows: row 0, column colour: expected one of blue, red, found pink.');
    expect(() =>
      fromRows([['x', 'red']], { labels: ['no'], columnNames: ['size', 'colour'], like: train }),
    ).toThrow('rows: row 0, column size: expected a finite number, found x.');
    expect(() =>
      fromRows([[5, 'red']], { labels: ['maybe'], columnNames: ['size', 'colour'], like: train }),
    ).toThrow('rows: row 0: expected a label, one of no, yes; found maybe.');
  });

  it('takes texts as counts of words', () => {
    const made = fromRows(['to be or  not to be', ''], { labels: [1, 0] });
    checkDataset(made);
    expect(made.columnNames).toEqual(['be', 'not', 'or', 'to']);
    expect([[...made.offsets], [...made.ids], [...made.values]]).toEqual([
      [0, 4, 4],
      [0, 1, 2, 3],
      [2, 1, 1, 2],
    ]);
  });

  it('takes labels one-hot, as names, and as lists', () => {
    const rows = [
      [1, 0],
      [0, 2],
    ];
    expect([
      ...fromRows(rows, {
        oneHot: [
          [0, 0, 1],
          [1, 0, 0],
        ],
      }).labels,
    ]).toEqual([2, 0]);
    expect(
      fromRows(rows, {
        oneHot: [
          [0, 0, 1],
          [1, 0, 0],
        ],
      }).classes,
    ).toBe(3);
    const sets = fromRows(rows, { labels: [['b', 'a', 'b'], []] });
    if ('inputs' in sets) throw new Error('lists of labels make sparse rows');
    checkDataset(sets);
    expect([[...sets.labelOffsets], [...sets.labels], sets.classNames]).toEqual([
      [0, 2, 2],
      [0, 1],
      ['a', 'b'],
    ]);
    expect([[...sets.ids], [...sets.values]]).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('refuses what does not fit, naming row and column', () => {
    const labels = [0, 1];
    expect(() => fromRows([], { labels: [] })).toThrow('rows: expected a list of one row or more.');
    expect(() => fromRows([[1], [1, 2]], { labels })).toThrow('rows: row 1 has 2 values, row 0 has 1.');
    expect(() => fromRows([[1], [NaN]], { labels })).toThrow('rows: row 1, column 0: the value is missing');
    expect(() => fromRows([{ a: 1 }, { b: 1 }], { labels })).toThrow(
      'rows: row 1 and row 0 do not both have b.',
    );
    expect(() => fromRows([{ a: 1 }, [1]], { labels })).toThrow('rows: row 1 is no object, unlike row 0.');
    expect(() => fromRows([[1], [2]], { labels: [0] })).toThrow('rows: 2 rows have as many labels; got 1.');
    expect(() => fromRows([[1], [2]], { labels: [0, -1] })).toThrow('a number from 0 on; found -1.');
    expect(() =>
      fromRows([[1], [2]], {
        oneHot: [
          [1, 1],
          [0, 1],
        ],
      }),
    ).toThrow('rows: row 0 of oneHot has to be 0s and one 1.');
    expect(() => fromRows([{ a: 1 }, { a: 2 }], { label: 'b' })).toThrow('rows: row 0 has no b');
    expect(() => fromRows([[1]], {})).toThrow('expected one of labels, label and oneHot, found none.');
    expect(() => fromRows([[Infinity], [0]], { labels: [0, 0] })).not.toThrow();
  });

  it('puts a number in the place of what is missing, if told to', () => {
    const made = fromRows([{ a: 1 }, { a: null }], { labels: [0, 0], missing: -1 });
    expect(rowsOf(made)).toEqual([[1], [-1]]);
  });
});
