import { describe, expect, it } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { loadParquet } from '../../src/index.ts';

const file = (columns: Parameters<typeof parquetWriteBuffer>[0]['columnData']): Uint8Array =>
  new Uint8Array(parquetWriteBuffer({ columnData: columns }));

const table = file([
  { name: 'x', data: [0.5, 2], type: 'DOUBLE' },
  { name: 'label', data: [3, 0], type: 'INT32' },
  { name: 'y', data: [4, 8], type: 'INT32' },
]);

describe('loadParquet', () => {
  it('reads columns of numbers and a class', async () => {
    const set = await loadParquet(table, { scale: 2 });
    expect([set.rows, set.columns, set.classes, [...set.inputs], [...set.labels]]).toEqual([
      2,
      2,
      4,
      [0.25, 2, 1, 4],
      [3, 0],
    ]);
    expect([...(await loadParquet(table, { columns: ['y'] })).inputs]).toEqual([4, 8]);
  });

  it('refuses columns that are not there or have no numbers, and other files', async () => {
    await expect(loadParquet(table, { label: 'class', source: 'a' })).rejects.toThrow(
      'a: expected a column class, found x, label, y.',
    );
    const texts = file([
      { name: 'x', data: ['1', 'b'], type: 'STRING' },
      { name: 'label', data: [3, 0], type: 'INT32' },
    ]);
    await expect(loadParquet(texts, { source: 'a' })).rejects.toThrow(
      'a: row 0, column x: expected finite numbers',
    );
    const halves = file([
      { name: 'x', data: [1, 2], type: 'INT32' },
      { name: 'label', data: [3, 0.5], type: 'DOUBLE' },
    ]);
    await expect(loadParquet(halves, { source: 'a' })).rejects.toThrow(
      'a: row 1, column label: expected a class, a whole number, found 0.5.',
    );
    const lists = file([
      { name: 'x', data: [[1, 2], [3]], type: 'JSON' },
      { name: 'label', data: [1, 0], type: 'INT32' },
    ]);
    await expect(loadParquet(lists, { source: 'a' })).rejects.toThrow(
      'a: row 1: expected 2 numbers, as in row 0, found 1.',
    );
    await expect(loadParquet(new Uint8Array(8), { source: 'a' })).rejects.toThrow(
      'a: byte 0: expected the magic of Parquet (PAR1), found another.',
    );
    await expect(loadParquet(table.subarray(0, 60), { source: 'a' })).rejects.toThrow(/^a: .{1,190}$/);
  });
});

/** A file with a page whose damaged header makes hyparquet read for minutes. */
const DAMAGED = Buffer.from(
  'UEFSMRUGFTQVMFwVBhUAFQYVABUEFQAAAAMHGAAABQEE4D8FBygAAEAAAAAAAAAIQBUGFRwVIFwVBhUAABUEFQAAAAMHDCwD' +
    'AAAAAAAAAAEAAAAVBBk8SARyb290FQQAFQolAhgBeAAVAiUCGAVsYWJlbAAWBhkcGSwmCBwVChkVABkYAXgVAhYGFl4WWiYI' +
    'PDYAKAgAAAAAAAAIQBgIAAAAAAAA4D82AAAZHBUGFQAVAgAAACZiHBUCGRUAGRgFbGFiZWwVAhYGFkYWSiZiPDYAKAQDAAAA' +
    'GAQAAAAAABkcFQYVABUCAAAAFqQBFgY2pAEAKAloeXBhcix1ZXQZLBwAABwAAAC0AAAAUEFSMQ==',
  'base64',
);

describe('counts of a Parquet file', () => {
  it('are refused where they cannot be', async () => {
    await expect(loadParquet(DAMAGED, { source: 'a' })).rejects.toThrow(
      'a: the Parquet file cannot be read: a header in it is damaged.',
    );
    await expect(loadParquet(table, { source: 'a', maxBytes: table.length })).resolves.toMatchObject({
      rows: 2,
    });
    const rows = Array.from(new Uint8Array(20_000));
    const large = file([
      { name: 'x', data: rows, type: 'INT32' },
      { name: 'label', data: rows, type: 'INT32' },
    ]);
    await expect(loadParquet(large, { source: 'a', maxBytes: 100_000 })).rejects.toThrow(
      'a: the Parquet file cannot be read: it says that it has',
    );
  });

  it.each(['SNAPPY', 'UNCOMPRESSED'] as const)('are right in files that are whole: %s', async (codec) => {
    const numbers = Array.from(new Uint8Array(20_000).keys());
    const columnData = [
      { name: 'few', data: numbers.map((i) => (i * i) % 7), type: 'INT32' as const },
      { name: 'runs', data: numbers.map((i) => Math.floor(i / 900)), type: 'DOUBLE' as const },
      { name: 'all', data: numbers, type: 'FLOAT' as const },
      { name: 'lists', data: numbers.map((i) => [i % 3, i % 5]) },
      { name: 'label', data: numbers.map((i) => i % 2), type: 'INT32' as const },
    ];
    const written = new Uint8Array(parquetWriteBuffer({ columnData, codec, rowGroupSize: 7_000 }));
    const set = await loadParquet(written, { columns: ['few', 'runs', 'all'] });
    const expected = numbers.flatMap((i) => [(i * i) % 7, Math.floor(i / 900), i]);
    expect(Array.from(set.inputs).every((value, i) => value === expected[i])).toBe(true);
    expect([set.rows, set.columns]).toEqual([20_000, 3]);
  });
});
