import { describe, expect, test } from 'vitest';
import { averagePrecision, network, rocAuc, sigmoidOutput } from '../../src/index.ts';
import { blobs, withLabelSets } from '../data.ts';
import { create, fit } from '../training.ts';

/** 40 rows with scores of which many are equal, and weights. */
const scores = Float64Array.from({ length: 40 }, (_, i) => Math.round(4 * Math.sin(i * i)) / 4);
const labels = Uint8Array.from({ length: 40 }, (_, i) => (Math.cos(3 * i) + scores[i]! > 0.3 ? 1 : 0));
const weights = Float64Array.from({ length: 40 }, (_, i) => i % 3);

test('the examples of the documentation of scikit-learn', () => {
  const [truth, given] = [
    [0, 0, 1, 1],
    [0.1, 0.4, 0.35, 0.8],
  ];
  expect(rocAuc(given, truth)).toBe(0.75);
  expect(averagePrecision(given, truth)).toBeCloseTo(0.8333333, 6);
});

test('the area is the share of pairs in order, equal scores counting half', () => {
  let [ordered, all] = [0, 0];
  for (let p = 0; p < 40; p++) {
    for (let n = 0; n < 40; n++) {
      if (labels[p] !== 1 || labels[n] !== 0) continue;
      const pair = weights[p]! * weights[n]!;
      all += pair;
      ordered += scores[p]! > scores[n]! ? pair : scores[p] === scores[n] ? pair / 2 : 0;
    }
  }
  expect(all).toBeGreaterThan(50);
  expect(rocAuc(scores, labels, weights)).toBeCloseTo(ordered / all, 12);
});

test('the average precision is the mean of the precisions at the score of each row of the class', () => {
  let [total, positives] = [0, 0];
  for (let p = 0; p < 40; p++) {
    if (labels[p] !== 1) continue;
    let [right, found] = [0, 0];
    for (let i = 0; i < 40; i++) {
      if (scores[i]! < scores[p]!) continue;
      found += weights[i]!;
      right += labels[i] === 1 ? weights[i]! : 0;
    }
    total += weights[p]! * (right / found);
    positives += weights[p]!;
  }
  expect(averagePrecision(scores, labels, weights)).toBeCloseTo(total / positives, 12);
});

test('without two classes there is no area, and without the class no precision', () => {
  expect(rocAuc([1, 2], [1, 1])).toBeNaN();
  expect(rocAuc([1, 2], [0, 0])).toBeNaN();
  expect(averagePrecision([1, 2], [0, 0])).toBeNaN();
  expect(averagePrecision([1, 2], [1, 1])).toBe(1);
});

test('an evaluation of a single sigmoid output has both', async () => {
  const rows = withLabelSets(blobs({ rows: 45, columns: 12, classes: 4 }), 1, 1);
  const sampleWeights = Float32Array.from({ length: 45 }, (_, i) => i % 3);
  const examples = { ...rows, sampleWeights };
  using net = await create(network(12, [sigmoidOutput(1)]), examples, { batchSize: 20 });
  await fit(net, examples, 3);
  const outputs = net.outputs(examples);
  const has = Array.from(outputs, (_, r) => rows.labelOffsets[r + 1]! - rows.labelOffsets[r]!);
  const { rocAuc: area, averagePrecision: precision } = net.evaluate(examples);
  expect(area).toBeCloseTo(rocAuc(outputs, has, sampleWeights), 12);
  expect(precision).toBeCloseTo(averagePrecision(outputs, has, sampleWeights), 12);
  const sparse = net.evaluate(examples, { pass: 'sparse' });
  expect(sparse.rocAuc).toBeCloseTo(area ?? NaN, 2);
});

describe('what does not fit is refused', () => {
  test.for<[() => unknown, string]>([
    [() => rocAuc([1, 2], [1]), 'There is a label for each of 2 scores; got 1 labels.'],
    [
      () => rocAuc([1, 2], [1, 0], [1]),
      'There is a label and a weight for each of 2 scores; got 2 labels and 1 weights.',
    ],
    [() => rocAuc([1, NaN], [1, 0]), 'The score of row 1 is not a number.'],
    [() => averagePrecision([1, 2], [1, 2]), 'Labels are 0 or 1; row 1 has 2.'],
    [
      () => averagePrecision([1, 2], [1, 0], [1, -1]),
      'Weights are finite numbers of 0 or more; row 1 has -1.',
    ],
  ])('%#', ([call, message]) => {
    expect(call).toThrow(new RangeError(message));
  });
});
