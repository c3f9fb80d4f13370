import { describe, expect, it } from 'vitest';
import { propensities } from '../../src/index.ts';

const labelled = (
  labels: readonly (readonly number[])[],
  classes: number,
): { rows: number; classes: number; labels: Int32Array } => ({
  rows: labels.length,
  classes,
  labels: Int32Array.from(labels.flat()),
});

describe('propensities', () => {
  it('are those of Jain et al., equation 4', () => {
    // 100 rows; label 0 in 40 of them, label 1 in 1, label 2 in none.
    const labels = Array.from({ length: 100 }, (_, row) => (row < 40 ? [0] : row === 50 ? [1] : []));
    const c = (Math.log(100) - 1) * 2.5 ** 0.55;
    const expected = [40, 1, 0].map((n) => 1 / (1 + c * Math.exp(-0.55 * Math.log(n + 1.5))));
    const made = propensities(labelled(labels, 3));
    expected.forEach((value, label) => expect(made[label]).toBeCloseTo(value, 12));
    expect(made[0]).toBeGreaterThan(made[1]!);
    expect(made[1]).toBeGreaterThan(made[2]!);
    const wikipedia = propensities(labelled(labels, 3), { a: 0.5, b: 0.4 });
    expect(wikipedia[1]).toBeCloseTo(1 / (1 + (Math.log(100) - 1) * 1.4 ** 0.5 * 1.4 ** -0.5), 12);
  });

  it('of what has none are refused', () => {
    expect(() => propensities(labelled([[0], [1]], 2))).toThrow(
      'Propensities need a training set of 3 or more rows; got 2.',
    );
    expect(() => propensities(labelled([[0], [1], [2]], 2))).toThrow(
      'Labels are 0 to 1; the training set has 2.',
    );
    expect(() => propensities(labelled([[0], [1], [1]], 2), { a: 0 })).toThrow(
      'Propensities have a above 0 and b of 0 or more; got 0 and 1.5.',
    );
    expect(() => propensities(labelled([[0], [0], [0]], 0))).toThrow('There are 1 or more classes; got 0.');
  });
});
