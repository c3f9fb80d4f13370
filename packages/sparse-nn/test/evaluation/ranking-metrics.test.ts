import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankingMetrics, type SparseExamples } from '../../src/index.ts';

/** Examples without features: their labels are what matters. */
function labelled(labels: readonly (readonly number[])[]): SparseExamples {
  const offsets = [0];
  for (const row of labels) offsets.push((offsets.at(-1) as number) + row.length);
  return {
    rows: labels.length,
    columns: 1,
    offsets: new Int32Array(labels.length + 1),
    ids: new Int32Array(),
    values: new Float32Array(),
    labelOffsets: Int32Array.from(offsets),
    labels: Int32Array.from(labels.flat()),
  };
}

function rankings(ids: readonly (readonly number[])[]): { rows: number; k: number; ids: Int32Array } {
  return { rows: ids.length, k: ids[0].length, ids: Int32Array.from(ids.flat()) };
}

describe('measures of rankings', () => {
  test('by hand', () => {
    // Ranks 1 and 3 of the first row are labels; rank 2 of the second; the third has no label and is left out, the fourth has
    // no candidates.
    const examples = labelled([[4, 0, 7], [5], [], [1]]);
    const ranked = rankings([
      [7, 2, 0],
      [3, 5, 6],
      [1, 2, 3],
      [-1, -1, -1],
    ]);
    const weights = Float64Array.from({ length: 8 }, (_, label) => (label === 7 ? 0.25 : 0.5));
    const metrics = rankingMetrics(ranked, examples, { at: [1, 2, 3], propensities: weights });
    const third = 1 / Math.log2(4);
    const second = 1 / Math.log2(3);
    expect(metrics.precision[1]).toBeCloseTo(1 / 3, 12);
    expect(metrics.precision[2]).toBeCloseTo((1 / 2 + 1 / 2) / 3, 12);
    expect(metrics.precision[3]).toBeCloseTo((2 / 3 + 1 / 3) / 3, 12);
    expect(metrics.ndcg[1]).toBeCloseTo(1 / 3, 12);
    expect(metrics.ndcg[3]).toBeCloseTo(((1 + third) / (1 + second + third) + second) / 3, 12);
    expect(metrics.rowsWithoutLabels).toBe(1);
    // Weights: 7 counts 4, the others 2. The best at 1: 4 + 2 + 2.
    expect(metrics.psPrecision?.[1]).toBeCloseTo(4 / 8, 12);
    expect(metrics.psPrecision?.[3]).toBeCloseTo((4 + 2 + 2) / (8 + 2 + 2), 12);
    expect(metrics.psNdcg?.[3]).toBeCloseTo(
      (4 + 2 * third + 2 * second) / (4 + 2 * second + 2 * third + 2 + 2),
      12,
    );
  });

  test('are 1 for the best ranking, and only for such; all are from 0 to 1', () => {
    const row = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 });
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 10 });
    const rows = fc.array(fc.tuple(row, order), { minLength: 1, maxLength: 6 });
    const weights = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), {
      minLength: 10,
      maxLength: 10,
    });
    fc.assert(
      fc.property(rows, weights, (list, weight) => {
        const examples = labelled(list.map(([labels]) => labels));
        const options = { propensities: Float64Array.from(weight) };
        // Labels first, rare ones before others.
        const best = list.map(([labels]) => [
          ...labels.toSorted((a, b) => weight[a] - weight[b]),
          ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((id) => !labels.includes(id)),
        ]);
        const perfect = rankingMetrics(rankings(best), examples, options);
        const any = rankingMetrics(rankings(list.map(([, ids]) => ids)), examples, options);
        for (const k of [1, 3, 5]) {
          for (const measure of ['ndcg', 'psPrecision', 'psNdcg'] as const) {
            expect(perfect[measure]?.[k]).toBeCloseTo(1, 9);
            expect(any[measure]?.[k]).toBeGreaterThanOrEqual(0);
            expect(any[measure]?.[k]).toBeLessThanOrEqual(1 + 1e-9);
          }
          expect(any.precision[k]).toBeLessThanOrEqual(perfect.precision[k]);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('weigh all labels alike where propensities are equal', () => {
    const examples = labelled([[1, 2], [0], [2]]);
    const ranked = rankings([
      [1, 0],
      [2, 0],
      [2, 1],
    ]);
    const equal = { propensities: new Float64Array(3).fill(0.3), at: [1] };
    const metrics = rankingMetrics(ranked, examples, equal);
    expect(metrics.psPrecision?.[1]).toBeCloseTo(metrics.precision[1], 12);
    expect(metrics.psNdcg?.[1]).toBeCloseTo(metrics.ndcg[1], 12);
  });

  test('that do not fit are refused', () => {
    const examples = labelled([[1], [0]]);
    expect(() => rankingMetrics(rankings([[1, 0]]), examples)).toThrow(
      'Predictions have 2 rows of 2 ids; got 1 rows and 2 ids.',
    );
    const two = rankings([
      [1, 0],
      [1, 0],
    ]);
    expect(() => rankingMetrics(two, examples, { at: [3] })).toThrow(
      'Cut-offs k are integers from 1 to 2; got 3.',
    );
  });
});
