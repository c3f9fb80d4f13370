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
    await expect(loadParquet(new Uint8Array(8), { source: 'a' })).rejects.toThrow(
      'a: byte 0: expected the magic of Parquet (PAR1), found another.',
    );
    await expect(loadParquet(table.subarray(0, 60), { source: 'a' })).rejects.toThrow(/^a: .{1,190}$/);
  });
});
