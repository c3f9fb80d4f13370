import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDataset, loadLibsvm, parseLibsvm } from '../../src/index.ts';
import type { LibsvmDataset, LibsvmOptions } from '../../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string, options: LibsvmOptions = {}): LibsvmDataset =>
  parseLibsvm(bytes(text), { source: 'a.txt', ...options });
const labelsOf = ({ labels, labelOffsets, rows }: LibsvmDataset): number[][] =>
  Array.from({ length: rows }, (_, i) => [...labels.subarray(labelOffsets[i], labelOffsets[i + 1])]);

describe('parseLibsvm', () => {
  it("reads LIBSVM's files: features from 1, classes of any number", () => {
    const set = parse('+1 3:1 11:0.5\n-1 4:1\r\n+1 1:-2e-1 \n');
    checkDataset(set);
    expect(set).toEqual({
      name: 'libsvm',
      rows: 3,
      columns: 11,
      classes: 2,
      offsets: Int32Array.of(0, 2, 3, 4),
      ids: Int32Array.of(2, 10, 3, 0),
      values: Float32Array.of(1, 0.5, 1, -0.2),
      labelOffsets: Int32Array.of(0, 1, 2, 3),
      labels: Int32Array.of(1, 0, 1),
      classNames: ['-1', '1'],
    });
    const digits = parse('3 1:1\n1.0 1:1\n10 1:1\n');
    expect([[...digits.labels], digits.classNames]).toEqual([
      [1, 0, 2],
      ['1', '3', '10'],
    ]);
    const plain = parse('2 1:1\n0 1:1\n');
    expect([[...plain.labels], plain.classes, plain.classNames]).toEqual([[2, 0], 3, undefined]);
  });

  it('counts features from 0 where one is 0, or as it is told', () => {
    expect([...parse('1 0:1 2:1\n').ids]).toEqual([0, 2]);
    expect([...parse('1 1:1 2:1\n').ids]).toEqual([0, 1]);
    expect([...parse('1 1:1 2:1\n', { zeroBased: true }).ids]).toEqual([1, 2]);
    expect(parse('1 1:1 2:1\n', { columns: 7 }).columns).toBe(7);
    expect(() => parse('1 0:1\n', { zeroBased: false })).toThrow(
      'a.txt: line 1, column 3: expected a feature from 1 to 2147483646, a colon and a finite number, found "0:1".',
    );
  });

  it('passes over comments, empty lines and queries', () => {
    const set = parse('# made by a program\n\n1 qid:1 1:1 2:1 # first: row\n0 qid:2\n   \n# end');
    expect([set.rows, [...set.ids], [...set.labels]]).toEqual([2, [0, 1], [1, 0]]);
  });

  it('reads lists of labels, with blanks after commas, and rows without', () => {
    const text = '545, 32 8:1\n7 1:1\n 2:0.5\n8:1\n1,0 3:1\n';
    const set = parse(text);
    checkDataset(set);
    expect(labelsOf(set)).toEqual([[32, 545], [7], [], [], [0, 1]]);
    expect([set.classes, set.columns, set.classNames]).toEqual([546, 8, undefined]);
    expect(labelsOf(parse('3 1:1\n1 1:1\n', { multilabel: true }))).toEqual([[3], [1]]);
    expect(parse('3 1:1\n', { multilabel: true, classes: 10 }).classes).toBe(10);
    expect(() => parse('12,3 1:1\n', { classes: 10 })).toThrow('a.txt: expected labels up to 9, found 12.');
  });

  it('gives what scanning the text another way gives', () => {
    const anyRow = fc.tuple(
      fc.uniqueArray(fc.nat(30), { maxLength: 3 }),
      fc.uniqueArray(
        fc.tuple(fc.integer({ min: 1, max: 50 }), fc.float({ noNaN: true, noDefaultInfinity: true })),
        {
          selector: ([id]) => id,
          minLength: 1,
          maxLength: 6,
        },
      ),
    );
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1 }), (rows) => {
        const text = rows.map(
          ([labels, entries]) =>
            `${labels.join(',')} ${entries.map(([id, value]) => `${id}:${Object.is(value, -0) ? '-0' : value}`).join(' ')}`,
        );
        const set = parse(text.join('\n'), { multilabel: true, zeroBased: false });
        checkDataset(set);
        expect(labelsOf(set)).toEqual(rows.map(([labels]) => labels.toSorted((a, b) => a - b)));
        const expected = rows.flatMap(([, entries]) => entries.toSorted(([a], [b]) => a - b));
        expect([...set.ids]).toEqual(expected.map(([id]) => id - 1));
        expect([...set.values]).toEqual(expected.map(([, value]) => value));
      }),
    );
  });

  it.each([
    ['', 'expected rows of labels and features, found none.'],
    ['# only\n', 'expected rows of labels and features, found none.'],
    ['x 1:1\n', 'line 1, column 1: expected a label, a whole number up to 16777216, found "x".'],
    ['0.5 1:1\n', 'line 1, column 1: expected a label, a whole number up to 16777216, found "0.5".'],
    ['1, 1:1\n', 'line 1, column 4: expected labels from 0 on with commas between them, found "1:1".'],
    ['1,-1 1:1\n', 'line 1, column 3: expected labels from 0 on with commas between them, found "-1".'],
    [
      '0 1:6.646450757948e-0114:8.7460e-01\n',
      'line 1, column 3: expected a feature from 0 to 2147483646, a colon and a finite number, found "1:6.646450757948e-0114:8.7460e-01".',
    ],
    [
      '0 1:1 qid:1\n',
      'line 1, column 7: expected a feature from 0 to 2147483646, a colon and a finite number, found "qid:1".',
    ],
    ['0 qid:x 1:1\n', 'line 1, column 3: expected qid: and a whole number, found "qid:x".'],
    ['0 2:1 1:1 2:1\n', 'line 1: expected every feature once, found 2 twice.'],
    ['1,1 2:1\n', 'line 1: expected every label once, found 1 twice.'],
    [
      '-1 1:1\n1,2 1:1\n',
      'some rows have lists of labels, which are ids from 0 on, but others the label -1.',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(new Error(`a.txt: ${message}`));
  });
});

describe('loadLibsvm', () => {
  it('reads two files that have the same columns, counting and classes', async () => {
    const { train, test } = await loadLibsvm(
      { train: bytes('-1 0:1 3:1\n+1 1:1\n'), test: bytes('1 7:1\n') },
      { name: 'set' },
    );
    expect([train.columns, test.columns, [...test.ids], [...test.labels]]).toEqual([8, 8, [7], [1]]);
    expect(test.classNames).toEqual(['-1', '1']);
    expect([train.name, test.classes]).toEqual(['set', 2]);
    const wide = await loadLibsvm({ train: bytes('1,2 1:1\n'), test: bytes('4 2:1\n') });
    expect([wide.train.classes, wide.test.classes, [...wide.test.labels]]).toEqual([5, 5, [4]]);
  });

  it('refuses a class or a feature that the training file has not', async () => {
    const train = bytes('-1 1:1\n1 2:1\n');
    await expect(loadLibsvm({ train, test: bytes('2 1:1\n') })).rejects.toThrow(
      'LIBSVM data: expected one of the classes -1, 1, found 2.',
    );
    await expect(loadLibsvm({ train, test: bytes('1 3:1\n') }, { columns: 2 })).rejects.toThrow(
      'expected a feature from 0 to 2, a colon and a finite number, found "3:1".',
    );
  });

  it('reads one input', async () => {
    expect(await loadLibsvm(bytes('1 1:1\n'), { source: 'a' })).toEqual(parse('1 1:1\n'));
  });
});
