import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as h5wasm from 'h5wasm/node';
import { loadAnnBenchmarks, loadHdf5 } from '../../src/index.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** A file as ann-benchmarks has them. */
async function file(neighbors: readonly number[] = [1, 0, 2, 1], queries = [2, 2]): Promise<Uint8Array> {
  await h5wasm.ready;
  const path = join(temporaryFolder(), 'a.hdf5');
  const written = new h5wasm.File(path, 'w');
  written.create_dataset({
    name: 'train',
    data: Float32Array.of(1, 2, 3, 4, 5, 6),
    shape: [3, 2],
    dtype: '<f4',
  });
  written.create_dataset({ name: 'test', data: Float32Array.of(1, 2, 6, 5), shape: queries, dtype: '<f4' });
  written.create_dataset({
    name: 'neighbors',
    data: Int32Array.from(neighbors),
    shape: [neighbors.length / 2, 2],
    dtype: '<i4',
  });
  written.create_dataset({ name: 'note', data: 'text' });
  written.close();
  return Uint8Array.from(readFileSync(path));
}

describe('loadHdf5', () => {
  it('reads all arrays of numbers, or those asked for', async () => {
    const bytes = await file();
    const arrays = await loadHdf5(bytes);
    expect(Object.keys(arrays).toSorted()).toEqual(['neighbors', 'test', 'train']);
    expect(arrays['train']).toEqual({ shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect(Object.keys(await loadHdf5(bytes, { names: ['test'] }))).toEqual(['test']);
    await expect(loadHdf5(bytes, { names: ['note'], source: 'a.hdf5' })).rejects.toThrow(
      'a.hdf5: it has no array of numbers note, but ',
    );
  });

  it('reads numbers of every type, whole ones of 64 bits as doubles, and passes over what is none', async () => {
    await h5wasm.ready;
    const path = join(temporaryFolder(), 'types.hdf5');
    const written = new h5wasm.File(path, 'w');
    written.create_dataset({
      name: 'large',
      data: BigInt64Array.of(-5n, 2n ** 40n),
      shape: [2],
      dtype: '<q',
    });
    written.create_dataset({ name: 'double', data: Float64Array.of(0.1, 1e300), shape: [1, 2], dtype: '<d' });
    written.create_dataset({ name: 'byte', data: Uint8Array.of(1, 255), shape: [2, 1], dtype: '<B' });
    written.create_group('folder').create_dataset({ name: 'inside', data: Float32Array.of(7) });
    written.close();
    const arrays = await loadHdf5(Uint8Array.from(readFileSync(path)));
    expect(arrays).toEqual({
      large: { shape: [2], data: Float64Array.of(-5, 2 ** 40) },
      double: { shape: [1, 2], data: Float64Array.of(0.1, 1e300) },
      byte: { shape: [2, 1], data: Uint8Array.of(1, 255) },
    });
    const inside = await loadHdf5(Uint8Array.from(readFileSync(path)), { names: ['folder/inside'] });
    expect(inside).toEqual({ 'folder/inside': { shape: [1], data: Float32Array.of(7) } });
  });

  it('refuses what is no such file, or is cut short', async () => {
    await expect(loadHdf5(new Uint8Array(9), { source: 'a.hdf5' })).rejects.toThrow(
      'a.hdf5: byte 0: expected the magic of HDF5, found another.',
    );
    const bytes = await file();
    await expect(loadHdf5(bytes.subarray(0, 700), { source: 'a.hdf5' })).rejects.toThrow(
      /^a\.hdf5: .{1,190}$/,
    );
  });
});

describe('loadAnnBenchmarks', () => {
  it('reads vectors, queries and the neighbours of these', async () => {
    expect(await loadAnnBenchmarks(await file(), { name: 'tiny' })).toEqual({
      name: 'tiny',
      dimensions: 2,
      vectors: Float32Array.of(1, 2, 3, 4, 5, 6),
      queries: Float32Array.of(1, 2, 6, 5),
      neighbours: { k: 2, ids: Int32Array.of(1, 0, 2, 1) },
    });
    await expect(loadAnnBenchmarks(await file([1, 0, 3, 1]))).rejects.toThrow(
      'neighbors, element 2: expected a vector up to 2, found 3.',
    );
  });

  it.each([
    ['dimensions', [1, 0], [1, 4], '1 x 4, 1 x 2'],
    ['numbers of queries', [1, 0, 2, 1, 0, 2], [2, 2], '2 x 2, 3 x 2'],
  ])('refuses arrays of other %s', async (_, neighbors, queries, found) => {
    await expect(loadAnnBenchmarks(await file(neighbors, queries))).rejects.toThrow(
      `expected vectors, queries and neighbours that belong together, found 3 x 2, ${found}.`,
    );
  });
});
