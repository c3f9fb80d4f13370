import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkDataset, loadIdxFolder, mnistSubset, selectRows } from '../../src/index.ts';
import { firstDifference } from '../helpers/images.ts';
import { realData, realPath } from '../helpers/real-data.ts';

const counts = (labels: Int32Array): number[] => {
  const count = Array.from({ length: 10 }, () => 0);
  for (const label of labels) count[label]!++;
  return count;
};

describe('mnistSubset', () => {
  it('has 12,000 and 2,000 images of 28 x 28 in 10 classes', async () => {
    const { name, train, test } = await mnistSubset();
    checkDataset(train);
    checkDataset(test);
    expect([name, train.rows, test.rows]).toEqual(['mnist-subset', 12_000, 2_000]);
    expect([train.columns, train.classes, train.shape]).toEqual([784, 10, [28, 28]]);
    expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    for (const { labels, rows } of [train, test]) {
      for (const count of counts(labels)) expect(count / rows).toBeGreaterThan(0.07);
    }
  });

  it('holds the very bits it was made with', async () => {
    const { train, test } = await mnistSubset();
    const hash = createHash('sha256');
    for (const { inputs, labels } of [train, test]) hash.update(inputs).update(labels);
    expect(hash.digest('hex')).toBe('add50ce53f01d2e52c9657427548a30f9820a611ed7b59ac326eb7d335e57db3');
  });

  it('gives arrays of its own at every call', async () => {
    const first = await mnistSubset();
    first.train.inputs.fill(0.5);
    const second = await mnistSubset();
    expect(second.train.inputs[0]).toBe(0);
  });

  it.skipIf(!realData)(
    'is the first 12,000 training images and every fifth test image of MNIST',
    async () => {
      const subset = await mnistSubset();
      const full = await loadIdxFolder(realPath('mnist'));
      const train = selectRows(
        full.train,
        Array.from({ length: 12_000 }, (_, i) => i),
      );
      const test = selectRows(
        full.test,
        Array.from({ length: 2_000 }, (_, i) => 5 * i),
      );
      expect(firstDifference(subset.train.inputs, train.inputs)).toBeUndefined();
      expect(firstDifference(subset.train.labels, train.labels)).toBeUndefined();
      expect(firstDifference(subset.test.inputs, test.inputs)).toBeUndefined();
      expect(firstDifference(subset.test.labels, test.labels)).toBeUndefined();
    },
  );
});
