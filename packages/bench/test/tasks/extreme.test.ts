import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classCounts, plantedLabels, type SparseDataset, type Split } from '@hashgrad/datasets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byFrequency, byFrequencyAlone } from '../../src/tasks/class-frequencies.ts';
import { extreme } from '../../src/tasks/extreme.ts';
import { checkTask, loadRows } from '../../src/tasks/index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-extreme-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How frequent labels are, the rarest first. */
function frequencyOf(labels: Int32Array, counts: Int32Array): number[] {
  return Array.from(labels, (label) => counts[label]!).toSorted((a, b) => a - b);
}

describe('the frequencies of classes', () => {
  it('number classes among training rows, and change nothing else', () => {
    const before = plantedLabels({ train: 300, test: 50, features: 100, labels: 40, nonZeros: 10 });
    const after = byFrequency(before);
    const counts = classCounts(after.train);
    expect(counts).toEqual(classCounts(before.train).toSorted().toReversed());
    const old = classCounts(before.train);
    for (const part of ['train', 'test'] as const) {
      const { labels, labelOffsets } = after[part];
      expect(after[part].ids).toEqual(before[part].ids);
      for (let row = 0; row < after[part].rows; row++) {
        const range = [labelOffsets[row], labelOffsets[row + 1]] as const;
        const mine = labels.subarray(...range);
        expect(mine).toEqual(mine.toSorted());
        expect(frequencyOf(mine, counts)).toEqual(frequencyOf(before[part].labels.subarray(...range), old));
      }
    }
  });

  it('alone would do: by hand', () => {
    // Of 12 labels 5, 3, 2, 1, 1 and 0 are the classes'.
    const labels = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4);
    const train = { classes: 6, labels } as unknown as SparseDataset;
    const test = { rows: 2, labelOffsets: Int32Array.of(0, 2, 3), labels: Int32Array.of(0, 5, 1) };
    const { loss, precision1 } = byFrequencyAlone(train, test as unknown as SparseDataset);
    expect(precision1).toBe(1 / 2);
    expect(loss).toBeCloseTo(-((Math.log(6 / 18) + Math.log(1 / 18)) / 2 + Math.log(4 / 18)) / 2, 12);
  });
});

const load = async (task: object): Promise<Split<SparseDataset>> =>
  (await loadRows(task)) as Split<SparseDataset>;

const check = (task: object) => () => checkTask(task);

describe('the task', () => {
  it('is a text, files, or made up', async () => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'a b a c '.repeat(300));
    const text = await load(extreme('skip-grams', { file, train: 100, test: 5, window: 3 }));
    expect(text).toMatchObject({ name: 'skip-grams', train: { rows: 100, classes: 3 }, test: { rows: 5 } });
    const xc = join(folder, 'a.xc');
    writeFileSync(xc, '3 2 4\n0,1 0:1\n1 1:1\n3 0:2\n');
    const files = await load(extreme('xc', { file: xc, testFile: xc }));
    expect(files).toMatchObject({ train: { rows: 3, columns: 2, classes: 4 }, test: { rows: 3 } });
    // Label 1 is the most frequent.
    expect(classCounts(files.train)).toEqual(Int32Array.of(2, 1, 1, 0));
    const planted = await load(extreme('planted', { train: 20, test: 10, features: 300, labels: 50 }));
    expect(planted.train).toMatchObject({ rows: 20, columns: 300, classes: 50 });
    await expect(load(extreme('xc', { file: xc, testFile: xc, train: 4 }))).rejects.toThrow(
      'The number of rows to take',
    );
  });

  it('without its files is refused before anything is read', () => {
    expect(check(extreme('skip-grams'))).toThrow('skip-grams need a text: set task.file.');
    expect(check(extreme('xc', { file: 'a' }))).toThrow('xc needs two files');
    expect(check({ ...extreme('planted'), name: 'plants' })).toThrow(
      'task.name is one of planted, skip-grams, xc; got "plants".',
    );
    expect(check(extreme('planted', { train: 0 }))).toThrow(
      'task.train is a whole number of at least 1; got 0.',
    );
  });
});
