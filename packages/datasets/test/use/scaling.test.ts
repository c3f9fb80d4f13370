import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyScaling, normalize, scaleRows, standardize, toDense, toSparse } from '../../src/index.ts';
import type { DenseDataset, Split } from '../../src/index.ts';

function made(columns: number, values: readonly number[], name: string): DenseDataset {
  const rows = values.length / columns;
  return { name, rows, columns, classes: 1, inputs: Float32Array.from(values), labels: new Int32Array(rows) };
}

/** Three columns: one far from 0, one constant, one with zeros. */
const parts: Split<DenseDataset> = {
  name: 'made',
  train: made(3, [1e6, 7, 0, 1e6 + 1, 7, -2, 1e6 + 2, 7, 4, 1e6 + 5, 7, 0], 'made'),
  test: made(3, [1e6 + 9, 8, 8, 1e6, 7, 0], 'made'),
};

const column = ({ inputs, columns }: DenseDataset, c: number): number[] =>
  [...inputs].filter((_, i) => i % columns === c);
const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
const deviation = (list: readonly number[]): number =>
  Math.sqrt(mean(list.map((x) => (x - mean(list)) ** 2)));

describe('standardize', () => {
  it('brings training columns to mean 0 and deviation 1, and test columns by the same', () => {
    const { train, test, scaling } = standardize(parts);
    for (const c of [0, 2]) {
      expect(mean(column(train, c))).toBeCloseTo(0, 5);
      expect(deviation(column(train, c))).toBeCloseTo(1, 5);
    }
    expect(column(train, 1)).toEqual([0, 0, 0, 0]);
    expect(column(test, 1)).toEqual([1, 0]);
    const own = column(parts.train, 2);
    expect(test.inputs[2]).toBeCloseTo((8 - mean(own)) / deviation(own), 5);
    expect(applyScaling(parts.test, scaling)).toEqual(test);
    // Nothing of what was given changed.
    expect(parts.train.inputs[0]).toBe(1e6);
  });

  it('takes all columns together, if asked to', () => {
    const { train, scaling } = standardize(parts, { by: 'all' });
    expect(mean([...train.inputs])).toBeCloseTo(0, 5);
    expect(deviation([...train.inputs])).toBeCloseTo(1, 5);
    expect(new Set(scaling.shift).size).toBe(1);
  });

  it('loses no digits where values are far from 0', () => {
    const far = made(
      1,
      Array.from({ length: 1000 }, (_, i) => 16_000_000 + (i % 4)),
      'far',
    );
    const { train } = standardize({ name: 'far', train: far, test: far });
    for (const [i, value] of [-1.5, -0.5, 0.5, 1.5].entries()) {
      expect(train.inputs[i]).toBeCloseTo(value / Math.sqrt(1.25), 6);
    }
  });

  it('leaves the zeros of sparse rows, and counts them', () => {
    const sparse = { name: 'made', train: toSparse(parts.train), test: toSparse(parts.test) };
    const { train, scaling } = standardize(sparse);
    expect([...scaling.shift]).toEqual([0, 0, 0]);
    const dense = toDense(train);
    expect(deviation(column(dense, 2))).toBeCloseTo(1, 5);
    expect(column(dense, 2)[0]).toBe(0);
    expect(column(dense, 1)).toEqual([7, 7, 7, 7]);
    // One value that comes and goes varies.
    const fours = toSparse(made(1, [4, 0, 4, 0], 'fours'));
    const halved = standardize({ name: 'fours', train: fours, test: fours }).train;
    expect([...halved.values]).toEqual([2, 2]);
  });
});

describe('normalize', () => {
  it('brings training columns to the range from 0 to 1, and test columns by the same', () => {
    const { train, test } = normalize(parts);
    expect(column(train, 0)).toEqual([0, 0.2, 0.4, 1].map(Math.fround));
    expect(column(train, 2)).toEqual([2, 0, 6, 2].map((x) => Math.fround(x * (1 / 6))));
    expect(column(train, 1)).toEqual([0, 0, 0, 0]);
    expect(column(test, 0)[0]).toBeCloseTo(1.8, 5);
    const all = normalize(parts, { by: 'all' }).train.inputs;
    expect([Math.min(...all), Math.max(...all)]).toEqual([0, 1]);
  });

  it('divides sparse rows by their largest absolute value', () => {
    const { train } = normalize({ name: 'made', train: toSparse(parts.train), test: toSparse(parts.test) });
    expect(column(toDense(train), 2)).toEqual([0, -0.5, 1, 0]);
  });
});

describe('scaleRows', () => {
  it('brings rows to the length 1, by any norm, dense or sparse', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant(0),
            fc.float({ noNaN: true, min: Math.fround(0.001), max: 100 }),
            fc.float({ noNaN: true, min: -100, max: Math.fround(-0.001) }),
          ),
          { minLength: 4, maxLength: 40 },
        ),
        fc.constantFrom('l1' as const, 'l2' as const, 'max' as const),
        (values, norm) => {
          const dataset = made(4, values.slice(0, values.length - (values.length % 4)), 'made');
          const dense = scaleRows(dataset, norm);
          expect(toDense(scaleRows(toSparse(dataset), norm)).inputs.map((x) => x || 0)).toEqual(
            dense.inputs.map((x) => x || 0),
          );
          for (let row = 0; row < dense.rows; row++) {
            const own = [...dense.inputs.subarray(row * 4, row * 4 + 4)].map(Math.abs);
            const length = { l1: mean(own) * 4, l2: Math.hypot(...own), max: Math.max(...own) }[norm];
            // A row of zeros stays.
            expect(own.some((x) => x > 0) && Math.abs(length - 1) > 1e-5).toBe(false);
          }
        },
      ),
    );
    expect(scaleRows(made(2, [0, 0], 'made')).inputs).toEqual(Float32Array.of(0, 0));
  });
});

it('refuses norms and columns that do not fit', () => {
  expect(() => scaleRows(parts.train, 'l3' as 'l2')).toThrow('norm is one of l1, l2, max; got l3.');
  expect(() => standardize(parts, { by: 'row' as 'all' })).toThrow("by is 'column' or 'all'; got row.");
  const { scaling } = normalize(parts);
  expect(() => applyScaling(made(2, [1, 2], 'two'), scaling)).toThrow(
    'two has 2 columns; the scaling is of 3.',
  );
});
