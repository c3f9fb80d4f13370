import { describe, expect, test } from 'vitest';
import {
  balancedClassWeights,
  bestThreshold,
  bestThresholds,
  classMetrics,
  confusionMatrix,
  labelMetrics,
  network,
  sigmoidOutput,
  softmax,
  type Labelled,
} from '../../src/index.ts';
import { bags, blobs, withLabelSets } from '../data.ts';
import { create, fit } from '../training.ts';

/** Rows with these sets of labels. */
function sets(rows: readonly (readonly number[])[]): Labelled {
  const labelOffsets = [0];
  for (const row of rows) labelOffsets.push(labelOffsets.at(-1)! + row.length);
  return {
    rows: rows.length,
    labelOffsets: Int32Array.from(labelOffsets),
    labels: Int32Array.from(rows.flat()),
  };
}

/** One prediction a row. */
function predicted(ids: readonly number[]): { rows: number; k: number; ids: Int32Array } {
  return { rows: ids.length, k: 1, ids: Int32Array.from(ids) };
}

/** The example of scikit-learn's f1_score: classes, and what is predicted for them. */
const classes: Labelled = { rows: 6, labels: Int32Array.of(0, 1, 2, 0, 1, 2) };
const taken = predicted([0, 2, 1, 0, 0, 1]);

/** The multilabel example of scikit-learn's f1_score, predictions as scores. */
const truth = sets([[], [0, 1, 2], [1, 2]]);
const scores = Float32Array.of(0.1, 0.2, 0.3, 0.9, 0.7, 0.5, 0.6, 0.8, 0.4);

describe('the examples of the documentation of scikit-learn', () => {
  test('f1_score, precision_score and recall_score of classes', () => {
    const { micro, macro, perLabel, subsetAccuracy } = classMetrics(taken, classes, 3);
    expect(macro.f1).toBeCloseTo(0.26666667, 8);
    expect(micro.f1).toBeCloseTo(0.33333333, 8);
    expect([...perLabel.f1]).toEqual([0.8, 0, 0]);
    expect(macro.precision).toBeCloseTo(0.22222222, 8);
    expect(micro.precision).toBeCloseTo(0.33333333, 8);
    expect(perLabel.precision[0]).toBeCloseTo(0.66666667, 8);
    expect(macro.recall).toBeCloseTo(0.33333333, 8);
    expect([...perLabel.recall]).toEqual([1, 0, 0]);
    expect([...perLabel.support]).toEqual([2, 2, 2]);
    expect(subsetAccuracy).toBeCloseTo(2 / 6, 12);
  });

  test('f1_score of sets of labels', () => {
    const { perLabel, subsetAccuracy } = labelMetrics(scores, truth);
    [0.66666667, 1, 0.66666667].forEach((f1, label) => expect(perLabel.f1[label]).toBeCloseTo(f1, 8));
    // The row without labels counts: nothing is predicted for it, which is right.
    expect(subsetAccuracy).toBeCloseTo(2 / 3, 12);
  });

  test('confusion_matrix', () => {
    const examples = { rows: 6, labels: Int32Array.of(2, 0, 2, 2, 0, 1) };
    const { counts, missed } = confusionMatrix(predicted([0, 0, 2, 2, 0, 2]), examples, 3);
    expect([...counts]).toEqual([2, 0, 0, 0, 0, 1, 1, 0, 2]);
    expect([...missed]).toEqual([0, 0, 0]);
  });

  test("compute_class_weight('balanced')", () => {
    expect(balancedClassWeights({ rows: 6, labels: Int32Array.of(0, 0, 0, 0, 1, 1) }, 2)).toEqual([
      0.75, 1.5,
    ]);
  });
});

/** Precision, recall and F1 of a label by counting its rows. */
function counted(outputs: Float32Array, examples: Labelled, label: number, threshold: number): number[] {
  const count = outputs.length / examples.rows;
  const { labelOffsets: at } = examples as { labelOffsets: Int32Array };
  const rows = Array.from({ length: examples.rows }, (_, row) => ({
    weight: examples.sampleWeights?.[row] ?? 1,
    has: examples.labels.subarray(at[row], at[row + 1]).includes(label),
    said: outputs[row * count + label]! >= threshold,
  }));
  const weigh = (of: (row: (typeof rows)[number]) => boolean): number =>
    rows.reduce((total, row) => total + (of(row) ? row.weight : 0), 0);
  const both = weigh(({ has, said }) => has && said);
  return [both / weigh(({ said }) => said), both / weigh(({ has }) => has)];
}

describe('of sigmoid outputs', () => {
  const rows = withLabelSets(blobs({ rows: 60, columns: 12, classes: 4 }), 5, 3);
  const sampleWeights = Float32Array.from({ length: 60 }, (_, row) => (row % 4) / 2);
  const examples = { ...rows, sampleWeights };

  test('an evaluation has the measures at a threshold, weighted', async () => {
    using net = await create(network(12, [sigmoidOutput(5)]), examples, { batchSize: 20 });
    await fit(net, examples, 5);
    const threshold = [0.3, 0.4, 0.5, 0.5, 0.6];
    const outputs = net.outputs(examples);
    const { labels } = net.evaluate(examples, { threshold });
    expect(labels).toEqual(labelMetrics(outputs, examples, { threshold }));
    for (let label = 0; label < 5; label++) {
      const [precision, recall] = counted(outputs, examples, label, threshold[label]!);
      expect(labels?.perLabel.precision[label]).toBeCloseTo(precision!, 12);
      expect(labels?.perLabel.recall[label]).toBeCloseTo(recall!, 12);
    }
    expect(net.evaluate(examples, { threshold, pass: 'sparse' }).labels?.micro.f1).toBeCloseTo(
      labels?.micro.f1 ?? NaN,
      6,
    );
    expect(net.evaluate(examples)).not.toHaveProperty('labels');
  });

  test('the best threshold is the best of all that there are', async () => {
    using net = await create(network(12, [sigmoidOutput(5)]), examples, { batchSize: 20 });
    await fit(net, examples, 20);
    const outputs = net.outputs(examples);
    const f1 = (threshold: number | ArrayLike<number>): number =>
      labelMetrics(outputs, examples, { threshold }).micro.f1;
    const best = bestThreshold(outputs, examples);
    expect(f1(best.threshold)).toBeCloseTo(best.f1, 12);
    for (const score of outputs) expect(f1(score)).toBeLessThanOrEqual(best.f1 + 1e-12);
    const each = bestThresholds(outputs, examples);
    const { perLabel } = labelMetrics(outputs, examples, { threshold: each.thresholds });
    for (let label = 0; label < 5; label++) {
      expect(perLabel.f1[label]).toBeCloseTo(each.f1[label]!, 12);
      for (let row = 0; row < 60; row++) {
        const other = labelMetrics(outputs, examples, { threshold: outputs[row * 5 + label]! });
        expect(other.perLabel.f1[label]).toBeLessThanOrEqual(each.f1[label]! + 1e-12);
      }
    }
  });

  test('a label that no row has is best never predicted; equal scores stay together', () => {
    const one = sets([[0], [0], []]);
    expect(bestThresholds(Float32Array.of(0.5, 0.9, 0.5, 0.8, 0.5, 0.1), one)).toEqual({
      thresholds: Float64Array.of(0.25, 1),
      f1: Float64Array.of(0.8, 0),
    });
  });
});

test('rows without labels are counted apart in rankings', async () => {
  const examples = sets([[0], [], [1], []]);
  const inputs = { columns: 2, inputs: Float32Array.of(1, 0, 1, 1, 0, 1, 0, 0) };
  using net = await create(network(2, [sigmoidOutput(3)]), { ...examples, ...inputs });
  net.weights(0).values.fill(0);
  net.weights(0).bias.set([1, 0, -1]);
  const { accuracy, precision, rows, rowsWithoutLabels } = net.evaluate({ ...examples, ...inputs });
  expect({ accuracy, rows, rowsWithoutLabels }).toEqual({ accuracy: 0.5, rows: 4, rowsWithoutLabels: 2 });
  expect(precision[1]).toBe(0.5);
});

test('a sparse pass that finds no class is a miss', () => {
  const examples = { rows: 3, labels: Int32Array.of(1, 1, 0), sampleWeights: Float32Array.of(1, 2, 4) };
  const { counts, missed } = confusionMatrix(predicted([1, -1, 1]), examples, 2);
  expect([[...counts], [...missed]]).toEqual([
    [0, 4, 0, 1],
    [0, 2],
  ]);
  expect(classMetrics(predicted([1, -1, 1]), examples, 2).perLabel.recall[1]).toBeCloseTo(1 / 3, 12);
});

test('balanced weights make all classes weigh the same, and labels 1 in the mean', () => {
  const { labels, rows } = bags({ rows: 50, columns: 40, classes: 6 });
  const weights = balancedClassWeights({ rows, labels }, 7);
  const sums = new Float64Array(7);
  for (const label of labels) sums[label]! += weights[label]!;
  expect(sums[6]).toBe(0);
  for (const sum of sums.subarray(0, 6)) expect(sum).toBeCloseTo(labels.length / 6, 10);
});

describe('what makes no sense is refused', () => {
  const rows = blobs({ rows: 4, columns: 3, classes: 2 });
  test.for<[string, () => unknown, string]>([
    [
      'outputs of other rows',
      () => labelMetrics(new Float32Array(7), truth),
      'Outputs are rows x labels, of 3 rows; got 7 numbers.',
    ],
    [
      'labels that there are not',
      () => labelMetrics(new Float32Array(6), truth),
      'The label of row 1 is 2; classes are 0 to 1.',
    ],
    [
      'too few thresholds',
      () => labelMetrics(scores, truth, { threshold: [0.5] }),
      'There is a threshold for each of 3 labels; got 1.',
    ],
    [
      'a threshold that is no number',
      () => labelMetrics(scores, truth, { threshold: NaN }),
      'A threshold is a finite number; got NaN.',
    ],
    [
      'predictions of other rows',
      () => classMetrics(predicted([0]), classes, 3),
      'Predictions have 6 rows of 1 ids; got 1 rows and 1 ids.',
    ],
    [
      'classes that there are not',
      () => classMetrics(taken, classes, 2),
      'The label of row 2 is 2; classes are 0 to 1.',
    ],
    [
      'a matrix too large',
      () => confusionMatrix(taken, classes, 5000),
      'A confusion matrix is of 1 to 4096 classes; got 5000. classMetrics has measures of each class.',
    ],
    [
      'a matrix of sets',
      () => confusionMatrix(predicted([0, 0, 0]), truth, 3),
      'A confusion matrix is of rows with one label each; row 0 has 0.',
    ],
    [
      'weights without labels',
      () => balancedClassWeights(sets([[], []]), 2),
      'Class weights are of examples with labels; these have none.',
    ],
    [
      'weights of other classes',
      () => balancedClassWeights(truth, 2),
      'The label of row 1 is 2; classes are 0 to 1.',
    ],
  ])('%s', ([, call, message]) => {
    expect(call).toThrow(new RangeError(message));
  });

  test('a threshold of a softmax', async () => {
    using net = await create(network(3, [softmax(2)]), rows);
    expect(() => net.evaluate(rows, { threshold: 0.5 })).toThrow(
      new RangeError('`threshold` is for sigmoid outputs; this network has a softmax output.'),
    );
  });
});
