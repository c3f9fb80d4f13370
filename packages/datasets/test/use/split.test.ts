import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDataset, classCounts, plantedLabels, rectangles, split } from '../../src/index.ts';
import type { DenseDataset } from '../../src/index.ts';
import { rowTexts } from '../helpers/rows.ts';

const dense = rectangles({ train: 60, test: 1 }).train;
const sparse = plantedLabels({ train: 60, test: 1, features: 300, labels: 50, nonZeros: 12 }).train;

/** Rows of classes of these sizes. */
function withClasses(sizes: readonly number[]): DenseDataset {
  const labels = Int32Array.from(sizes.flatMap((size, label) => Array.from({ length: size }, () => label)));
  const rows = labels.length;
  const inputs = Float32Array.from({ length: rows }, (_, row) => row);
  return { name: 'made', rows, columns: 1, classes: sizes.length, inputs, labels };
}

describe('split', () => {
  it.each([dense, sparse])('parts the rows of $name, each once, in their order', (dataset) => {
    const { train, validation, test, name } = split(dataset, { test: 0.25, validation: 9, seed: 4 });
    expect([name, train.rows, validation.rows, test.rows]).toEqual([dataset.name, 36, 9, 15]);
    for (const part of [train, validation, test]) checkDataset(part);
    expect([train, validation, test].flatMap(rowTexts).toSorted()).toEqual(rowTexts(dataset).toSorted());
    const place = new Map(rowTexts(dataset).map((text, i) => [text, i]));
    const places = rowTexts(train).map((text) => place.get(text)!);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('draws by the seed', () => {
    expect(split(dense, { seed: 1 })).toEqual(split(dense, { seed: 1 }));
    expect(split(dense, { seed: 1 }).test.inputs).not.toEqual(split(dense, { seed: 2 }).test.inputs);
    expect('validation' in split(dense)).toBe(false);
    expect(split(dense).test.rows).toBe(12);
  });

  it('gives each part its share of each class, to a row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 5, max: 40 }),
        fc.integer({ min: 5, max: 40 }),
        fc.integer({ min: 0, max: 9 }),
        (sizes, testPercent, validationPercent, seed) => {
          const made = withClasses([...sizes, 20]);
          const options = {
            test: testPercent / 100,
            validation: validationPercent / 100,
            stratify: true,
            seed,
          };
          const parts = split(made, options);
          const counts = classCounts(made);
          let left = Array.from(counts);
          let rows = made.rows;
          for (const part of [parts.test, parts.validation]) {
            const own = Array.from(classCounts(part));
            for (const [label, count] of own.entries()) {
              expect(Math.abs(count - (left[label]! * part.rows) / rows)).toBeLessThan(1);
            }
            left = left.map((count, label) => count - own[label]!);
            rows -= part.rows;
          }
          expect(Array.from(classCounts(parts.train))).toEqual(left);
          const all = [parts.train, parts.validation, parts.test].flatMap(({ inputs }) => [...inputs]);
          expect(all.toSorted((a, b) => a - b)).toEqual([...made.inputs]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses parts that are none, and to leave nothing', () => {
    expect(() => split(dense, { test: 0 })).toThrow(
      'test is a share of the rows, above 0 and below 1, or a whole number of them; got 0.',
    );
    expect(() => split(dense, { test: 1.5 })).toThrow('got 1.5.');
    expect(() => split(dense, { test: 0.5, validation: 30 })).toThrow(
      'Of 60 rows of rectangles 60 would be held back: none is left to train on.',
    );
    expect(() => split(sparse, { stratify: true })).toThrow(
      'Rows of planted-labels have sets of labels: they cannot be stratified by class.',
    );
  });
});
