import { describe, expect, it } from 'vitest';
import { fromRows, tfidf, toDense } from '../../src/index.ts';

const train = fromRows(['a b a', 'b c', 'b'], { labels: [0, 1, 0] });
const test = fromRows(['c c a d', ''], { labels: [0, 1], like: train });
const rows = { name: 'words', train, test };

describe('tfidf', () => {
  it('weights as scikit-learn does, by the training rows', () => {
    // Of scikit-learn: ln((1 + n) / (1 + d)) + 1, then the rows to length 1.
    const idf = [Math.log(4 / 2) + 1, Math.log(4 / 4) + 1, Math.log(4 / 2) + 1];
    const weighted = tfidf(rows);
    for (const [c, value] of idf.entries()) expect(weighted.idf[c]).toBeCloseTo(value, 6);
    const first = [2 * idf[0]!, idf[1]!, 0];
    const length = Math.hypot(...first);
    const dense = toDense(weighted.train);
    first.forEach((value, c) => expect(dense.inputs[c]).toBeCloseTo(value / length, 6));
    // 'd' is no word of training, and the second row is empty.
    const tested = toDense(weighted.test);
    const second = [idf[0]!, 0, 2 * idf[2]!];
    second.forEach((value, c) => expect(tested.inputs[c]).toBeCloseTo(value / Math.hypot(...second), 6));
    expect([...tested.inputs.subarray(3)]).toEqual([0, 0, 0]);
  });

  it('has the textbook forms as options', () => {
    const { train: weighted, idf } = tfidf(rows, { sublinear: true, smooth: false, norm: 'none' });
    expect(idf[1]).toBeCloseTo(1, 6);
    expect(idf[0]).toBeCloseTo(Math.log(3) + 1, 6);
    expect(weighted.values[0]).toBeCloseTo((1 + Math.log(2)) * (Math.log(3) + 1), 5);
  });

  it('refuses what is no frequency', () => {
    const wrong = { ...train, values: train.values.map((value, j) => (j === 1 ? -1 : value)) };
    expect(() => tfidf({ ...rows, train: wrong })).toThrow(
      'rows: row 0, column 1: expected a frequency of 0 or more, found -1.',
    );
    const half = { ...train, values: train.values.map(() => 0.5) };
    expect(() => tfidf({ ...rows, train: half }, { sublinear: true })).toThrow(
      'a frequency of 1 or more, found 0.5.',
    );
  });
});
