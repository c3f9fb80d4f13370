import { describe, expect, test } from 'vitest';
import { splitExamples, type Examples } from '../../src/index.ts';
import { bags, blobs, withTargets } from '../data.ts';

/** What belongs to one row, as text. */
function rowsOf(examples: Examples): string[] {
  const { rows, columns, sampleWeights } = examples;
  return Array.from({ length: rows }, (_, row) => {
    const of = (array: ArrayLike<number>, width: number): number[] =>
      Array.from({ length: width }, (__, i) => array[row * width + i]!);
    const list = (array: Float32Array | Int32Array, offsets: Int32Array): number[] =>
      Array.from(array.subarray(offsets[row], offsets[row + 1]));
    const x =
      'offsets' in examples
        ? [list(examples.ids, examples.offsets), list(examples.values, examples.offsets)]
        : of(examples.inputs, columns);
    const y =
      'targets' in examples
        ? of(examples.targets, examples.targets.length / rows)
        : 'labelOffsets' in examples
          ? list(examples.labels, examples.labelOffsets)
          : of(examples.labels, 1);
    return JSON.stringify([x, y, sampleWeights?.[row]]);
  });
}

const dense = blobs({ rows: 50, columns: 7, classes: 4 });
const sampleWeights = Float32Array.from({ length: 50 }, (_, row) => row / 50);

describe.each<[string, Examples]>([
  ['dense rows with classes and weights', { ...dense, sampleWeights }],
  ['dense rows with targets', withTargets(dense, 3)],
  ['sparse rows with sets of labels', bags({ rows: 50, columns: 30, classes: 9, mostLabels: 3 })],
])('%s', (_, examples) => {
  test('are parted: each row is in one part, whole, and parts keep their order', () => {
    const [rest, held] = splitExamples(examples, 0.2);
    expect([rest.rows, held.rows]).toEqual([40, 10]);
    const whole = rowsOf(examples);
    const places = (part: Examples): number[] => rowsOf(part).map((row) => whole.indexOf(row));
    for (const part of [rest, held]) expect(places(part)).toEqual(places(part).toSorted((a, b) => a - b));
    expect([...places(rest), ...places(held)].toSorted((a, b) => a - b)).toEqual([...whole.keys()]);
  });

  test('are parted the same by the same seed, and otherwise by another', () => {
    const one = rowsOf(splitExamples(examples, 0.3, { seed: 1 })[1]);
    expect(rowsOf(splitExamples(examples, 0.3)[1])).toEqual(one);
    expect(rowsOf(splitExamples(examples, 0.3, { seed: 2 })[1])).not.toEqual(one);
  });
});

test('each row is held back as often as the share says', () => {
  const counts = new Float64Array(50);
  const indexed = { ...withTargets(dense, 1), targets: Float32Array.from({ length: 50 }, (_, row) => row) };
  for (let seed = 1; seed <= 400; seed++) {
    for (const row of splitExamples(indexed, 0.25, { seed })[1].targets) counts[row]!++;
  }
  // 400 draws of 12 of 50: five standard deviations.
  const [mean, deviation] = [400 * (12 / 50), Math.sqrt(400 * (12 / 50) * (38 / 50))];
  for (const count of counts) expect(Math.abs(count - mean)).toBeLessThan(5 * deviation);
});

test('what else examples have stays', () => {
  expect(splitExamples({ ...dense, classes: 4 }, 0.5)[0].classes).toBe(4);
});

test('examples of other arrays are taken, and what are none is refused', () => {
  const labels = Array.from(dense.labels) as unknown as Int32Array;
  expect(splitExamples({ ...dense, labels }, 0.2)).toEqual(splitExamples(dense, 0.2));
  expect(() => splitExamples({ ...dense, labels: dense.labels.slice(1) }, 0.2)).toThrow(
    new RangeError('50 rows have 50 labels, or labelOffsets; got 49.'),
  );
  expect(() => splitExamples({ ...withTargets(dense, 1), targets: new Float32Array(75) }, 0.2)).toThrow(
    new RangeError('50 rows have as many targets each; got 75.'),
  );
  expect(() => splitExamples({ ...dense, sampleWeights: new Float32Array(3) }, 0.2)).toThrow(
    '50 rows have 50 sampleWeights; got 3.',
  );
  expect(() => splitExamples([] as never, 0.2)).toThrow(TypeError);
});

test('a share that is none is refused, and one that leaves nothing', () => {
  for (const share of [0, 1, NaN, -0.5]) {
    expect(() => splitExamples(dense, share)).toThrow(
      new RangeError(`The share of rows that is held back is above 0 and below 1; got ${share}.`),
    );
  }
  expect(() => splitExamples(blobs({ rows: 1, columns: 2, classes: 2 }), 0.5)).toThrow(
    new RangeError('Of 1 rows 1 would be held back, which leaves none.'),
  );
});
