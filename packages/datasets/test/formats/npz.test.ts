import { describe, expect, it } from 'vitest';
import { checkDataset, loadNpz, loadSparseNpz, loadXc } from '../../src/index.ts';
import { archive, coo, csc, csr, npyOf } from '../helpers/numpy-files.ts';
import { zipOf } from '../helpers/packed.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const ints = (...numbers: number[]): Uint8Array =>
  npyOf('<i4', `(${numbers.length},)`, new Uint8Array(Int32Array.from(numbers).buffer));

describe('loadNpz', () => {
  it('reads all arrays, or those asked for', async () => {
    expect(await loadNpz(archive)).toEqual({
      x: { shape: [2, 2], data: Float32Array.of(0, 1, 2, 3) },
      y: { shape: [2], data: Int32Array.of(1, 0) },
    });
    expect(Object.keys(await loadNpz(archive, { names: ['y'] }))).toEqual(['y']);
    await expect(loadNpz(archive, { names: ['z'], source: 'a.npz' })).rejects.toThrow(
      'a.npz: it has no array z, but x, y.',
    );
    await expect(loadNpz(Uint8Array.of(1, 2), { source: 'a.npz' })).rejects.toThrow(
      'a.npz: byte 0: expected a zip archive of NumPy arrays (.npz), found none.',
    );
    await expect(loadNpz(archive, { maxBytes: 150, source: 'a.npz' })).rejects.toThrow(
      'a.npz: it unpacks to more than 150 bytes',
    );
  });
});

describe('loadSparseNpz', () => {
  it('reads matrices by rows and by columns', async () => {
    const expected = {
      rows: 3,
      columns: 4,
      offsets: Int32Array.of(0, 2, 2, 3),
      ids: Int32Array.of(1, 3, 0),
      values: Float32Array.of(1.5, 2, 3),
    };
    expect(await loadSparseNpz(csr)).toEqual(expected);
    expect(await loadSparseNpz(csc)).toEqual(expected);
    await expect(loadSparseNpz(coo)).rejects.toThrow(
      'a sparse matrix: expected a matrix of the format csr or csc, found "coo": convert it by .tocsr().',
    );
    await expect(loadSparseNpz(archive)).rejects.toThrow(
      'a sparse matrix: it has no array format, but x, y.',
    );
  });

  it.each([
    [[0, 1, 2], [0, 3], 'index 1 is 3, not from 0 to 2'],
    [[0, 2, 1, 2], [0, 1], 'indptr falls after entry 1'],
    [[0, 1, 3], [0, 1], 'indptr must go from 0 to 2'],
    [[1, 1, 2], [0, 1], 'indptr must go from 0 to 2'],
    [[0, 2], [0, 1], 'indptr has 2 entries, not 3'],
  ])('refuses indptr %j with indices %j', async (pointers, indices, message) => {
    const rows = message.includes('falls') ? 3 : 2;
    const file = zipOf({
      'format.npy': npyOf('|S3', '()', new TextEncoder().encode('csr')),
      'shape.npy': ints(rows, 3),
      'indptr.npy': ints(...pointers),
      'indices.npy': ints(...indices),
      'data.npy': ints(5, 6),
    });
    await expect(loadSparseNpz(file)).rejects.toThrow(message);
  });

  it('serves as features and labels of extreme classification', async () => {
    const folder = temporaryFolder({ 'X.trn.npz': csr, 'Y.trn.npz': csc });
    const part = { features: `${folder}/X.trn.npz`, labels: `${folder}/Y.trn.npz` };
    const { train } = await loadXc({ train: part, test: { features: csr, labels: csr } });
    checkDataset(train);
    expect([train.classes, [...train.labels], [...train.labelOffsets]]).toEqual([4, [1, 3, 0], [0, 2, 2, 3]]);
  });
});
