import { describe, expect, it } from 'vitest';
import { checkDataset, plantedLabels } from '../../src/index.ts';
import type { SparseDataset } from '../../src/index.ts';
import { firstDifference } from '../helpers/images.ts';

const small = { train: 4_000, test: 500, features: 5_000, labels: 1_000 };
const ARRAYS = ['offsets', 'ids', 'values', 'labelOffsets', 'labels'] as const;

const sharedBits = (a: SparseDataset, b: SparseDataset): boolean =>
  ARRAYS.every((field) => firstDifference(a[field], b[field]) === undefined);

/** By feature, the number of rows that have it. */
function documentFrequencies({ columns, ids }: SparseDataset): Int32Array {
  const frequencies = new Int32Array(columns);
  for (const id of ids) frequencies[id]!++;
  return frequencies;
}

describe('plantedLabels', () => {
  it('is a sound data set, ids and labels ascending', () => {
    const { name, train, test } = plantedLabels(small);
    checkDataset(train);
    checkDataset(test);
    expect(name).toBe('planted-labels');
    expect([train.rows, test.rows, train.columns, train.classes]).toEqual([4_000, 500, 5_000, 1_000]);
  });

  it('has its numbers of non-zeros and labels', () => {
    const { train } = plantedLabels({ ...small, features: 20_000 });
    expect(train.ids.length / train.rows).toBeGreaterThan(67);
    expect(train.ids.length / train.rows).toBeLessThan(73);
    expect(train.labels.length / train.rows).toBeGreaterThan(2.9);
    expect(train.labels.length / train.rows).toBeLessThan(3.1);
    const counts = Array.from(
      { length: train.rows },
      (_, i) => train.labelOffsets[i + 1]! - train.labelOffsets[i]!,
    );
    expect(Math.min(...counts)).toBe(1);
    const sizes = Array.from({ length: train.rows }, (_, i) => train.offsets[i + 1]! - train.offsets[i]!);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 70);
  });

  it('weighs every value by term and document frequency', () => {
    const { train, test } = plantedLabels(small);
    const frequencies = documentFrequencies(train);
    const wrong: number[] = [];
    for (const { ids, values } of [train, test]) {
      for (let j = 0; j < ids.length; j++) {
        const inverse = Math.log(4_001 / (frequencies[ids[j]!]! + 1));
        // The term frequency, back from the value, is a whole number.
        const frequency = Math.exp(values[j]! / inverse - 1);
        if (!(Math.abs(frequency - Math.round(frequency)) < 1e-3 * frequency) || frequency < 0.99) {
          wrong.push(j);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('plants labels that can be found: a label is told by its features', () => {
    const { train, test } = plantedLabels({ ...small, train: 8_000, norm: 'l2' });
    // The mean of a label's training rows, by label; then the label whose mean is closest in angle to a test row.
    const means = new Float32Array(train.classes * train.columns);
    for (let i = 0; i < train.rows; i++) {
      for (const label of train.labels.subarray(train.labelOffsets[i]!, train.labelOffsets[i + 1]!)) {
        for (let j = train.offsets[i]!; j < train.offsets[i + 1]!; j++) {
          means[label * train.columns + train.ids[j]!]! += train.values[j]!;
        }
      }
    }
    const lengths = Float64Array.from({ length: train.classes }, (_, label) =>
      Math.hypot(...means.subarray(label * train.columns, (label + 1) * train.columns)),
    );
    let found = 0;
    for (let i = 0; i < test.rows; i++) {
      let [best, bestScore] = [-1, -Infinity];
      for (let label = 0; label < train.classes; label++) {
        let score = 0;
        for (let j = test.offsets[i]!; j < test.offsets[i + 1]!; j++) {
          score += test.values[j]! * means[label * train.columns + test.ids[j]!]!;
        }
        score /= lengths[label]! + 1e-9;
        if (score > bestScore) [best, bestScore] = [label, score];
      }
      if (test.labels.subarray(test.labelOffsets[i]!, test.labelOffsets[i + 1]!).includes(best)) found++;
    }
    // By chance it would be 0.3 %.
    expect(found / test.rows).toBeGreaterThan(0.5);
  });

  it('draws labels and features by their laws of frequency', () => {
    const { train } = plantedLabels({ ...small, train: 20_000 });
    const byFrequency = documentFrequencies(train).toSorted().toReversed();
    // The most frequent features are in most rows, the middle ones in few.
    expect(byFrequency[0]! / train.rows).toBeGreaterThan(0.5);
    expect(byFrequency[2_500]! / train.rows).toBeLessThan(0.02);
    const labels = new Int32Array(train.classes);
    for (const label of train.labels) labels[label]!++;
    const sorted = labels.toSorted().toReversed();
    expect(sorted[0]! / sorted[500]!).toBeGreaterThan(8);
  });

  it('brings rows to the length 1 if asked, and changes nothing else', () => {
    const plain = plantedLabels(small);
    const unit = plantedLabels({ ...small, norm: 'l2' });
    expect(firstDifference(plain.train.ids, unit.train.ids)).toBeUndefined();
    for (let i = 0; i < unit.test.rows; i++) {
      const values = unit.test.values.subarray(unit.test.offsets[i]!, unit.test.offsets[i + 1]!);
      expect(Math.hypot(...values)).toBeCloseTo(1, 5);
    }
  });

  it('depends on the seed alone', () => {
    const first = plantedLabels(small);
    const again = plantedLabels({ ...small, seed: 1 });
    const other = plantedLabels({ ...small, seed: 2 });
    expect(sharedBits(first.train, again.train) && sharedBits(first.test, again.test)).toBe(true);
    expect(sharedBits(first.train, other.train)).toBe(false);
    // Test rows do not depend on the number of training rows, but for their values.
    const fewer = plantedLabels({ ...small, train: 100 });
    expect(firstDifference(first.test.ids, fewer.test.ids)).toBeUndefined();
    expect(firstDifference(first.test.labels, fewer.test.labels)).toBeUndefined();
  });

  it('stands the smallest settings', () => {
    const { train, test } = plantedLabels({
      train: 3,
      test: 1,
      features: 2,
      labels: 1,
      nonZeros: 1,
      labelsPerRow: 1,
      cluster: 1,
      signature: 2,
    });
    checkDataset(train);
    checkDataset(test);
    expect([...train.labels, ...test.labels]).toEqual([0, 0, 0, 0]);
  });

  it('makes the default, shaped like Amazon-670K, in seconds', () => {
    const started = performance.now();
    const { train, test } = plantedLabels();
    expect(performance.now() - started).toBeLessThan(15_000);
    checkDataset(train);
    expect([train.rows, test.rows, train.columns, train.classes]).toEqual([100_000, 10_000, 50_000, 100_000]);
    expect(train.ids.length / train.rows).toBeCloseTo(70, 0);
    expect(train.labels.length / train.rows).toBeCloseTo(3, 1);
    const seen = new Set(train.labels);
    const share = test.labels.reduce((sum, label) => sum + Number(seen.has(label)), 0) / test.labels.length;
    expect(share).toBeGreaterThan(0.9);
  });

  it.each([
    [{ train: 0 }, 'train must be a whole number from 1 to 2147483647, but it is 0.'],
    [{ features: 1 }, 'features must be a whole number from 2 to 2147483647, but it is 1.'],
    [{ keepProbability: 1.1 }, 'keepProbability must be a number from 0 to 1, but it is 1.1.'],
    [{ labelsPerRow: 0.5 }, 'labelsPerRow must be a number from 1 to 100000, but it is 0.5.'],
    [{ nonZeros: NaN }, 'nonZeros must be a number from 1 to 50000, but it is NaN.'],
    [{ seed: 0.5 }, 'seed must be a whole number from 0 to 4294967295, but it is 0.5.'],
    [{ norm: 'l1' as 'l2' }, "norm must be 'none' or 'l2', but it is 'l1'."],
  ])('refuses %j', (options, message) => {
    expect(() => plantedLabels(options)).toThrow(message);
  });
});
