import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brotliCompressSync } from 'node:zlib';
import { checkDataset, loadCsv, parseCsv } from '../../src/index.ts';
import type { CsvDataset, CsvOptions, Split } from '../../src/index.ts';
import { realData, realPath } from '../helpers/real-data.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string, options: CsvOptions = {}): CsvDataset =>
  parseCsv(bytes(text), { source: 'a.csv', ...options });

describe('parseCsv', () => {
  it("reads Kaggle's MNIST: a header, and the label first", () => {
    const set = parse('label,1x1,1x2\r\n5,0,255\r\n0,51,0\r\n', {
      label: 'first',
      scale: 255,
      shape: [1, 2],
    });
    checkDataset(set);
    expect(set).toEqual({
      name: 'csv',
      rows: 2,
      columns: 2,
      classes: 6,
      inputs: Float32Array.of(0, 1, 0.2, 0),
      labels: Int32Array.of(5, 0),
      shape: [1, 2],
      columnNames: ['1x1', '1x2'],
    });
  });

  it('reads names of classes, quoted fields, blanks, and other separators', () => {
    const text = '"a" ,b,species\n 5.1 ,"3.5",Iris-setosa\n4.9,-3e0,"Iris-other"\n\n';
    const set = parse(text);
    expect([[...set.inputs], [...set.labels], set.classNames, set.columnNames]).toEqual([
      [5.1, 3.5, 4.9, -3].map(Math.fround),
      [1, 0],
      ['Iris-other', 'Iris-setosa'],
      ['a', 'b'],
    ]);
    expect([...parse('1;2;0\n3;4;1\n', { separator: ';' }).inputs]).toEqual([1, 2, 3, 4]);
    expect([...parse('1 2 0\n3 4 1\n', { separator: ' ' }).inputs]).toEqual([1, 2, 3, 4]);
    expect(parse('1,-1\n2,1\n').classNames).toEqual(['-1', '1']);
    expect(parse('1,1.0\n2,0.0\n').classes).toBe(2);
  });

  it('takes a column by its place or name, and leaves others out', () => {
    const text = 'id,class,x\n7,1,0.5\n8,0,0.25\n';
    const byName = parse(text, { label: { name: 'class' }, skip: ['id'] });
    expect([[...byName.inputs], [...byName.labels]]).toEqual([
      [0.5, 0.25],
      [1, 0],
    ]);
    expect(parse(text, { label: 1, skip: [0] })).toEqual(byName);
    expect(parse('1,2,0\n', { header: false }).rows).toBe(1);
  });

  it('gives what splitting lines gives', () => {
    const anyRow = fc.tuple(
      fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }),
      fc.nat(9),
    );
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1 }), (rows) => {
        const { inputs } = parse(
          rows.map(([values, label]) => [...values.map(String), label].join(',')).join('\n'),
        );
        expect([...inputs]).toEqual(rows.flatMap(([values]) => values.map((value) => Number(String(value)))));
      }),
    );
  });

  it.each([
    ['', 'expected rows of numbers and a label, found none.'],
    ['a,b\n', 'expected rows of numbers and a label, found none.'],
    ['1\n', 'line 1: expected columns of numbers and a label (or another separator), found "1".'],
    ['1,2,0\n1,0\n', 'line 2: expected 3 columns, found 2: "1,0".'],
    ['1,2,0\n1,2,0,5\n', 'line 2, column 7: expected the end of the line after 3 columns, found "5".'],
    ['1,2,0\n1,x,0\n', 'line 2, column 3: expected a finite number, found "x".'],
    ['1,2,0\n1,,0\n', 'line 2, column 3: expected a finite number, found the end of the line.'],
    ['1,2,0\n1,1e39,0\n', 'line 2, column 3: expected a finite number, found "1e39".'],
    ['1,2,0\n1,2,\n', 'line 2, column 5: expected a label, found the end of the line.'],
    ['1,2,0\n\n1,2,0\n', 'line 2: expected a row, found an empty line.'],
    [
      '<!DOCTYPE html>',
      'expected a table of numbers, found an HTML or XML page, as servers send with an error.',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(new Error(`a.csv: ${message}`));
  });

  it('refuses columns that there are not, and options out of range', () => {
    expect(() => parse('a,b\n1,2\n', { label: { name: 'c' } })).toThrow(
      'a.csv: line 1: expected a column "c", found 2: "a,b".',
    );
    expect(() => parse('1,2\n', { label: 2 })).toThrow('a.csv: line 1: expected a column 2, found 2: "1,2".');
    expect(() => parse('1,2\n', { shape: [3] })).toThrow(
      'a.csv: line 1: expected 3 values, found 1 columns beside the label.',
    );
    expect(() => parse('1,0\n1,5\n', { classes: 3 })).toThrow(
      'a.csv: expected classes from 0 to 2, found 5.',
    );
    expect(() => parse('1,2\n', { scale: 0 })).toThrow('scale must be a number from ');
    expect(() => parse('1,2\n', { separator: 'x' as ',' })).toThrow(
      'The separator is a comma, a semicolon, a tab or a blank; got "x".',
    );
  });
});

describe('loadCsv', () => {
  it('reads packed files in pieces', async () => {
    expect(await loadCsv(brotliCompressSync('1,0\n2,1\n'), { source: 'a.csv.br' })).toEqual(
      parse('1,0\n2,1\n'),
    );
  });

  it.skipIf(!realData)("reads UCI's optical digits", async () => {
    const set = await loadCsv(realPath('digits', 'optdigits.tra.csv.br'), { scale: 16 });
    checkDataset(set);
    expect([set.rows, set.columns, set.classes]).toEqual([3823, 64, 10]);
  });
});

const both = (train: string, test: string): Promise<Split<CsvDataset>> =>
  loadCsv({ train: bytes(train), test: bytes(test) });

describe('loadCsv of a training and a test file', () => {
  it.each([
    ['names', '1,cat\n2,ant\n3,bee\n', '4,cat\n5,bee\n', ['ant', 'bee', 'cat'], [2, 0, 1], [2, 1]],
    ['numbers from 1 on', '1,7\n2,1\n3,4\n', '4,7.0\n5,4\n', ['1', '4', '7'], [2, 0, 1], [2, 1]],
    ['numbers from 0 on', '1,2\n2,0\n3,1\n', '4,2\n5,1\n', undefined, [2, 0, 1], [2, 1]],
  ])('numbers the classes of both alike: %s', async (_, train, test, names, trainLabels, testLabels) => {
    const set = await both(train, test);
    expect([set.train.classes, set.test.classes]).toEqual([3, 3]);
    expect([set.train.classNames, set.test.classNames]).toEqual([names, names]);
    expect([[...set.train.labels], [...set.test.labels]]).toEqual([trainLabels, testLabels]);
    // The same file by file.
    const classNames = names ?? ['0', '1', '2'];
    const alone = await loadCsv(bytes(test), { classNames });
    expect([[...alone.labels], alone.classes, alone.classNames]).toEqual([testLabels, 3, classNames]);
  });

  it.each([
    ['1,cat\n2,ant\n', '3,dog\n', 'expected one of the classes ant, cat, found "dog".'],
    ['1,5\n2,6\n', '3,7\n', 'expected one of the classes 5, 6, found 7.'],
    ['1,0\n2,1\n', '3,2\n', 'expected classes from 0 to 1, found 2.'],
    ['1,0\n2,1\n', '3,x\n', 'expected classes from 0 to 1, found "x".'],
    ['1,0\n2,1\n', '3,4,1\n', 'expected 1 columns beside the label, as the training file has, found 2.'],
    ['a,b\n1,0\n', 'c,b\n1,0\n', 'expected the column "a", as the training file has, found "c".'],
  ])('refuses %j and %j', async (train, test, message) => {
    await expect(both(train, test)).rejects.toThrow(message);
  });
});

it('refuses a line that ends with a separator, where others do not', () => {
  expect(() => parse('1,2,0\n3,4,1,\n')).toThrow(
    'a.csv: line 2, column 7: expected the end of the line after 3 columns, found "".',
  );
});
