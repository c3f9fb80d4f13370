import { describe, expect, it } from 'vitest';
import { checkDataset, classCounts, mnistSubset, plantedLabels, subset } from '../../src/index.ts';
import { rowTexts } from '../helpers/rows.ts';

const sparse = plantedLabels({ train: 60, test: 1, features: 300, labels: 20, nonZeros: 12 }).train;

describe('subset', () => {
  it('keeps rows of some classes, numbered anew in the order given', async () => {
    const { test } = await mnistSubset();
    const pair = subset(test, { classes: [8, 3] });
    checkDataset(pair);
    const counts = classCounts(test);
    expect([pair.classes, ...classCounts(pair)]).toEqual([2, counts[8], counts[3]]);
    const eights = [...test.labels.keys()].filter((row) => test.labels[row] === 8);
    const first = pair.labels.indexOf(0);
    expect(pair.inputs.subarray(first * 784, (first + 1) * 784)).toEqual(
      test.inputs.subarray(eights[0]! * 784, (eights[0]! + 1) * 784),
    );
  });

  it('keeps what is left of sets of labels', () => {
    const kept = subset(sparse, { classes: [7, 2, 11] });
    checkDataset(kept);
    const wanted = [7, 2, 11];
    const sets = Array.from({ length: sparse.rows }, (_, row) =>
      Array.from(sparse.labels.subarray(sparse.labelOffsets[row], sparse.labelOffsets[row + 1]))
        .filter((label) => wanted.includes(label))
        .map((label) => wanted.indexOf(label))
        .toSorted(),
    ).filter((set) => set.length > 0);
    const found = Array.from({ length: kept.rows }, (_, row) =>
      Array.from(kept.labels.subarray(kept.labelOffsets[row], kept.labelOffsets[row + 1])),
    );
    expect(found).toEqual(sets);
  });

  it('draws some rows of each class by the seed, and keeps the order', async () => {
    const { test } = await mnistSubset();
    const few = subset(test, { perClass: 3, seed: 5 });
    expect([...classCounts(few)]).toEqual(Array.from({ length: 10 }, () => 3));
    expect(few).toEqual(subset(test, { perClass: 3, seed: 5 }));
    expect(few.inputs).not.toEqual(subset(test, { perClass: 3, seed: 6 }).inputs);
    const all = rowTexts(subset(test, { where: (row) => row % 2 === 0, classes: [1], perClass: 10_000 }));
    const expected = rowTexts(test).filter((_, row) => row % 2 === 0 && test.labels[row] === 1);
    expect(all.map((text) => text.slice(2))).toEqual(expected.map((text) => text.slice(2)));
  });

  it('refuses classes that are none, and to leave nothing', () => {
    expect(() => subset(sparse, { classes: [20] })).toThrow(
      'A class of planted-labels must be a whole number from 0 to 19, but it is 20.',
    );
    expect(() => subset(sparse, { classes: [1, 1] })).toThrow(
      'Class 1 of planted-labels is asked for twice.',
    );
    expect(() => subset(sparse, { where: () => false })).toThrow('No row of planted-labels is left.');
    expect(() => subset(sparse, { perClass: 3 })).toThrow('perClass is for rows of one class.');
  });
});
