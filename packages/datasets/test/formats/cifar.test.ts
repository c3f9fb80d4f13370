import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkDataset, loadCifar, parseCifar } from '../../src/index.ts';
import { zipOf } from '../helpers/packed.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** Records whose pixels are all one byte: labels' bytes, then it. */
const records = (...rows: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    rows.flatMap((row) => [
      ...row.slice(0, -1),
      ...Array.from({ length: 3072 }, (_, i) => (i === 0 ? 255 : row.at(-1)!)),
    ]),
  );

const TEN = Object.fromEntries([
  ...[1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, records([i, 51])] as const),
  ['test_batch.bin', records([9, 0])] as const,
]);

describe('parseCifar', () => {
  it('reads records of one label, or of a coarse and a fine one', () => {
    const set = parseCifar(records([3, 51], [9, 0]));
    checkDataset(set);
    expect([set.rows, set.columns, set.classes, set.shape, [...set.labels]]).toEqual([
      2,
      3072,
      10,
      [3, 32, 32],
      [3, 9],
    ]);
    expect([set.inputs[0], set.inputs[1], set.inputs[3073]]).toEqual([1, Math.fround(0.2), 0]);
    const hundred = records([19, 99, 0]);
    expect([...parseCifar(hundred, { labels: 'fine' }).labels]).toEqual([99]);
    expect([...parseCifar(hundred, { labels: 'coarse' }).labels]).toEqual([19]);
  });

  it('refuses a rest, and labels that are none', () => {
    expect(() => parseCifar(records([3, 0]).subarray(1), { source: 'a' })).toThrow(
      'a: expected records of 3073 bytes, found 3072 bytes, which is 0 of them and a rest.',
    );
    expect(() => parseCifar(records([3, 0], [10, 0]), { source: 'a' })).toThrow(
      'a: byte 3073: expected a label from 0 to 9, found 10.',
    );
    expect(() => parseCifar(records([1, 0]), { labels: 'hundred' as 'fine' })).toThrow(
      "labels are 'ten', 'fine' or 'coarse'; got hundred.",
    );
  });
});

describe('loadCifar', () => {
  it('reads a folder, a zip archive, and the tar archive that it comes as', async () => {
    const folder = temporaryFolder();
    const inner = join(folder, 'cifar-10-batches-bin');
    mkdirSync(inner);
    for (const [name, bytes] of Object.entries(TEN)) writeFileSync(join(inner, name), bytes);
    const split = await loadCifar(folder, { name: 'cifar-10' });
    expect([[...split.train.labels], [...split.test.labels], split.test.name]).toEqual([
      [1, 2, 3, 4, 5],
      [9],
      'cifar-10',
    ]);
    writeFileSync(join(folder, 'cifar.zip'), zipOf(TEN));
    expect(await loadCifar(join(folder, 'cifar.zip'), { name: 'cifar-10' })).toEqual(split);
    execFileSync('tar', ['czf', 'cifar.tar.gz', 'cifar-10-batches-bin'], { cwd: folder });
    expect(await loadCifar(join(folder, 'cifar.tar.gz'), { name: 'cifar-10' })).toEqual(split);
  });

  it('knows CIFAR-100 by its files, and says what is missing', async () => {
    const folder = temporaryFolder({ 'train.bin': records([1, 50, 0]), 'test.bin': records([2, 60, 0]) });
    const { train, test } = await loadCifar(folder);
    expect([train.classes, [...train.labels], [...test.labels]]).toEqual([100, [50], [60]]);
    const empty = temporaryFolder({ 'data_batch_1.bin': records([0, 0]) });
    await expect(loadCifar(empty)).rejects.toThrow(
      `${empty}: there is no data_batch_2.bin: expected data_batch_1.bin to 5`,
    );
  });
});

it('divides pixels by what is asked for', () => {
  expect([...parseCifar(records([3, 51]), { scale: 51 }).inputs.subarray(0, 3)]).toEqual([5, 1, 1]);
});
