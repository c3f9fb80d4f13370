import { expect, it } from 'vitest';
import { checkDataset, plantedLabels, rectangles, toDense, toSparse } from '../../src/index.ts';

const { train } = rectangles({ train: 30, test: 1 });

it('is the same there and back', () => {
  const sparse = toSparse(train);
  checkDataset(sparse);
  const { shape, ...flat } = train;
  expect(shape).toEqual([28, 28]);
  expect(toDense(sparse)).toEqual(flat);
  expect(sparse.values.every((value) => value !== 0)).toBe(true);
});

it('refuses rows without a class, or with several, and what no array holds', () => {
  const several = plantedLabels({ train: 9, test: 1, features: 90, labels: 9, nonZeros: 5 }).train;
  expect(() => toDense(several)).toThrow(/^planted-labels: row \d has [2-9] labels; a dense row has one\.$/);
  const wide = { ...toSparse(train), columns: 2 ** 30 };
  expect(() => toDense(wide)).toThrow(
    'rectangles has 30 x 1073741824 values, 32212254720 numbers as dense rows; at most 2147483647 fit.',
  );
});
