import { describe, expect, it } from 'vitest';
import { NegativeTable } from '../../src/index.ts';

const COUNTS = [1000, 0, 10, 1, 250, 3, 3, 0];

const drawn = (seed: number): Int32Array =>
  new NegativeTable(COUNTS, { seed }).drawInto(new Int32Array(500), [0, 4]);

describe('a table of negatives', () => {
  it('draws classes by the power of their counts', () => {
    const table = new NegativeTable(COUNTS);
    const weights = COUNTS.map((count) => (count === 0 ? 0 : count ** 0.75));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    weights.forEach((weight, label) => expect(table.probabilities[label]).toBeCloseTo(weight / sum, 12));
    const draws = 200_000;
    const found = new Int32Array(COUNTS.length);
    for (const label of table.drawInto(new Int32Array(draws))) found[label]!++;
    for (const [label, p] of table.probabilities.entries()) {
      // Five standard errors.
      expect(Math.abs(found[label]! / draws - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / draws));
    }
  });

  it('is uniform with the power 0, over the classes that there are', () => {
    const { probabilities } = new NegativeTable(COUNTS, { power: 0 });
    expect([...probabilities].map((p) => Number(p.toFixed(6)))).toEqual(
      COUNTS.map((count) => (count > 0 ? Number((1 / 6).toFixed(6)) : 0)),
    );
  });

  it('draws no class that is excepted, and the same by the same seed', () => {
    expect(new Set(drawn(1))).toEqual(new Set([2, 3, 5, 6]));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  it('refuses counts that are none, and to except all', () => {
    expect(() => new NegativeTable([1, -1])).toThrow('Counts are 0 or more; that of class 1 is -1.');
    expect(() => new NegativeTable([0, 0])).toThrow(
      'Of 2 classes none has a count above 0: none can be drawn.',
    );
    expect(() => new NegativeTable([1, 0]).drawInto(new Int32Array(1), [0])).toThrow(
      'All classes that can be drawn are excepted.',
    );
    expect(() => new NegativeTable([1], { power: -1 })).toThrow(
      'power must be a number from 0 to 100, but it is -1.',
    );
  });
});
