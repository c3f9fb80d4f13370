import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { checkDataset, loadXc, parseSparseMatrix, parseXc } from '../../src/index.ts';
import type { SparseDataset, Split } from '../../src/index.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): SparseDataset => parseXc(bytes(text), { source: 'a.txt' });

interface Row {
  labels: number[];
  entries: [number, number][];
}

const anyRow: fc.Arbitrary<Row> = fc.record({
  labels: fc.uniqueArray(fc.nat(30), { maxLength: 4 }),
  entries: fc.uniqueArray(fc.tuple(fc.nat(50), fc.float({ noNaN: true, noDefaultInfinity: true })), {
    selector: ([id]) => id,
    maxLength: 6,
  }),
});

const textOf = (rows: readonly Row[], end = '\n'): string =>
  [
    `${rows.length} 51 31`,
    ...rows.map(({ labels, entries }) =>
      [
        labels.join(','),
        ...entries.map(([id, value]) => `${id}:${Object.is(value, -0) ? '-0' : value}`),
      ].join(' '),
    ),
  ].join(end) + end;

describe('parseXc', () => {
  it('reads the example of the repository', () => {
    expect(parse('3 6 4\n0,3 1:0.5 4:-2\n 0:1e-3\n2 5:.25\n')).toEqual({
      name: 'xc',
      rows: 3,
      columns: 6,
      classes: 4,
      offsets: Int32Array.of(0, 2, 3, 4),
      ids: Int32Array.of(1, 4, 0, 5),
      values: Float32Array.of(0.5, -2, 1e-3, 0.25),
      labelOffsets: Int32Array.of(0, 2, 2, 3),
      labels: Int32Array.of(0, 3, 2),
    });
  });

  it('reads whatever rows were written, in any order of ids, with either end of line', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1 }), fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const dataset = parse(textOf(rows, end));
        checkDataset(dataset);
        for (const [i, { labels, entries }] of rows.entries()) {
          const [from, to] = [dataset.offsets[i]!, dataset.offsets[i + 1]!];
          const sorted = entries.toSorted(([a], [b]) => a - b);
          expect([...dataset.ids.subarray(from, to)]).toEqual(sorted.map(([id]) => id));
          expect([...dataset.values.subarray(from, to)]).toEqual(sorted.map(([, value]) => value));
          expect([
            ...dataset.labels.subarray(dataset.labelOffsets[i]!, dataset.labelOffsets[i + 1]!),
          ]).toEqual(labels.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('needs no line feed at the end', () => {
    expect(parse('1 2 2\n1 0:1').rows).toBe(1);
  });

  it.each([
    ['', 'line 1: expected a header, found no data.'],
    [
      '3 6\n',
      'line 1: expected the header "rows features labels", numbers from 1 up, found "3 6": of two files, give both (features and labels).',
    ],
    [
      '+1 3:1 11:0.5\n-1 4:1\n',
      'line 1: expected the header "rows features labels", numbers from 1 up, found "+1 3:1 11:0.5": loadLibsvm reads files without a header.',
    ],
    ['1 0 4\n', 'line 1: expected the header "rows features labels", numbers from 1 up, found "1 0 4".'],
    [
      `${'x'.repeat(1e6)}\n`,
      `line 1: expected the header "rows features labels", numbers from 1 up, found "${'x'.repeat(40)}…".`,
    ],
    ['PK\x03\x04\n', 'expected extreme classification data, found a zip archive.'],
    ['1000000 6 4\n0 1:1\n', 'line 1 says 1000000 rows, but the data ends after 1.'],
    ['2 6 4\n0 1:1\n', 'line 1 says 2 rows, but the data ends after 1.'],
    ['1 6 4\n0 1:1\n1 2:2\n', 'line 3: line 1 says 1 rows, but after them there is "1 2:2".'],
    ['1 6 4\n4 1:1\n', 'line 2, column 1: expected labels from 0 to 3 with commas between them, found "4".'],
    [
      '1 6 4\n1,x 1:1\n',
      'line 2, column 3: expected labels from 0 to 3 with commas between them, found "x".',
    ],
    ['1 6 4\n1, 1:1\n', 'line 2, column 2: expected labels from 0 to 3 with commas between them, found ",".'],
    [
      '1 6 4\n1:1 2:2\n',
      'line 2, column 1: expected labels from 0 to 3 with commas between them (a row without labels begins with a blank), found "1:1".',
    ],
    [
      '2 6 4\n0 1:1\n1 2:2 6:1\n',
      'line 3, column 7: expected a feature from 0 to 5, a colon and a finite number, found "6:1".',
    ],
    [
      '1 6 4\n0 1\n',
      'line 2, column 3: expected a feature from 0 to 5, a colon and a finite number, found "1".',
    ],
    [
      '1 6 4\n0 1:nan\n',
      'line 2, column 3: expected a feature from 0 to 5, a colon and a finite number, found "1:nan".',
    ],
    [
      '1 6 4\n0 1:1e39\n',
      'line 2, column 3: expected a feature from 0 to 5, a colon and a finite number, found "1:1e39".',
    ],
    ['1 6 4\n0 3:1 1:2 3:1\n', 'line 2: expected every feature once, found 3 twice.'],
    ['1 6 4\n2,1,2 3:1\n', 'line 2: expected every label once, found 2 twice.'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(`a.txt: ${message}`);
  });
});

describe('parseSparseMatrix', () => {
  it("reads one file of the repository's two", () => {
    expect(parseSparseMatrix(bytes('3 5\n0:0.5 3:0.25\n\n 4:1 1:-2\n'))).toEqual({
      rows: 3,
      columns: 5,
      offsets: Int32Array.of(0, 2, 2, 4),
      ids: Int32Array.of(0, 3, 1, 4),
      values: Float32Array.of(0.5, 0.25, -2, 1),
    });
  });

  it.each([
    [
      '2 5 3\n',
      'line 1: expected the header "rows columns", numbers from 1 up, found "2 5 3": this is the layout of one file.',
    ],
    ['1 5\n5:1\n', 'line 2, column 1: expected an id from 0 to 4, a colon and a finite number, found "5:1".'],
    ['2 5\n1:1\n', 'line 1 says 2 rows, but the data ends after 1.'],
    ['1 5\n1:1 1:2\n', 'line 2: expected every id once, found 1 twice.'],
  ])('refuses %j', (text, message) => {
    expect(() => parseSparseMatrix(bytes(text), { source: 'a.txt' })).toThrow(`a.txt: ${message}`);
  });
});

describe('loadXc', () => {
  it('reads files as they are or packed, and in pieces of any size', async () => {
    const text = '1 6 4\n0,2 1:1 3:0.5\n';
    const folder = temporaryFolder({
      'a.txt': text,
      'a.txt.gz': gzipSync(text),
      'a.txt.br': brotliCompressSync(text),
    });
    const [raw, gz, br] = ['a.txt', 'a.txt.gz', 'a.txt.br'].map((name) => `${folder}/${name}`);
    const split = await loadXc({ train: gz!, test: br!, name: 'set' });
    expect(split.train).toEqual(split.test);
    expect(await loadXc({ train: raw!, test: raw!, name: 'set' })).toEqual(split);
    expect(split.name).toBe('set');
    async function* letters(): AsyncGenerator<Uint8Array> {
      for (const byte of bytes(text)) yield Uint8Array.of(byte);
    }
    expect(await loadXc({ train: letters(), test: bytes(text), name: 'set' })).toEqual(split);
  });

  it('reads features and labels from two files', async () => {
    const part = {
      features: bytes('2 5\n0:0.5 3:0.25\n1:1\n'),
      // An entry of 0 is none.
      labels: bytes('2 3\n0:1 1:0 2:1\n1:1\n'),
    };
    const { train, test } = await loadXc({ train: part, test: part, name: 'lf' });
    checkDataset(train);
    expect(train).toEqual(test);
    expect([train.columns, train.classes, [...train.labels], [...train.labelOffsets]]).toEqual([
      5,
      3,
      [0, 2, 1],
      [0, 2, 3],
    ]);
    const other = { ...part, labels: bytes('1 3\n0:1\n') };
    await expect(loadXc({ train: other, test: part })).rejects.toThrow(
      'labels: line 1: expected 2 rows, as features has, found 1.',
    );
  });

  it('says which file is missing, damaged, or of another width', async () => {
    const folder = temporaryFolder({
      'a.txt': '1 6 4\n0 1:1\n',
      'b.txt': '1 7 4\n0 1:1\n',
      'c.txt.br': 'not brotli',
    });
    const path = (name: string): string => `${folder}/${name}`;
    const read = (test: string): Promise<unknown> => loadXc({ train: path('a.txt'), test });
    await expect(read(path('d.txt'))).rejects.toThrow(`${path('d.txt')}: there is no such file.`);
    await expect(read(path('c.txt.br'))).rejects.toThrow(
      `${path('c.txt.br')}: the brotli data is damaged or cut short`,
    );
    await expect(read(folder)).rejects.toThrow(`${folder}: it is a folder, where a file was expected.`);
    await expect(read(path('b.txt'))).rejects.toThrow(
      `${path('b.txt')}: line 1: expected 6 features and 4 labels, as the training part has, found 7 and 4.`,
    );
  });

  it.skipIf(!realData)('reads the real Bibtex and Delicious', async () => {
    const bibtex = await loadReal('bibtex');
    checkDataset(bibtex.train);
    checkDataset(bibtex.test);
    expect([bibtex.train.rows, bibtex.test.rows]).toEqual([4_880, 2_515]);
    expect([bibtex.train.columns, bibtex.train.classes]).toEqual([1_836, 159]);
    expect(bibtex.train.labels.length / 4_880).toBeCloseTo(2.38, 2);
    const delicious = await loadReal('delicious');
    expect([delicious.train.rows, delicious.test.rows]).toEqual([12_920, 3_185]);
    expect([unlabelled(delicious.train), unlabelled(delicious.test)]).toEqual([10, 4]);
  });
});

function loadReal(name: string): Promise<Split<SparseDataset>> {
  return loadXc({
    name,
    train: realPath('xc', `${name}_train.txt.br`),
    test: realPath('xc', `${name}_test.txt.br`),
  });
}

function unlabelled({ rows, labelOffsets }: SparseDataset): number {
  return Array.from({ length: rows }, (_, i) => labelOffsets[i + 1] === labelOffsets[i]).filter(Boolean)
    .length;
}
