import { describe, expect, test } from 'vitest';
import {
  averagePrecision,
  balancedClassWeights,
  bestThreshold,
  bestThresholds,
  classMetrics,
  confusionMatrix,
  labelMetrics,
  network,
  rankingMetrics,
  rocAuc,
  sigmoidOutput,
  softmax,
  type Labelled,
} from '../../src/index.ts';
import { blobs } from '../data.ts';
import { create, fit } from '../training.ts';

const labelled: Labelled = { rows: 3, labels: Int32Array.of(0, 2, 1) };
const ranked = { rows: 3, k: 2, ids: Int32Array.of(0, 1, 2, 1, 2, 1) };
const outputs = Float32Array.of(0.7, 0.2, 0.1, 0.1, 0.3, 0.6, 0.2, 0.2, 0.6);

/** Every measure of labels. */
const ways: readonly [string, (labels: Labelled) => unknown][] = [
  ['classMetrics', (given) => classMetrics(ranked, given, 3)],
  ['confusionMatrix', (given) => confusionMatrix(ranked, given, 3)],
  ['rankingMetrics', (given) => rankingMetrics(ranked, given)],
  ['labelMetrics', (given) => labelMetrics(outputs, given)],
  ['bestThreshold', (given) => bestThreshold(outputs, given)],
  ['bestThresholds', (given) => bestThresholds(outputs, given)],
  ['balancedClassWeights', (given) => balancedClassWeights(given, 3)],
];

describe.each(ways)('%s', (_, measure) => {
  const sets = { rows: 3, labelOffsets: Int32Array.of(0, 1, 2, 3), labels: Int32Array.of(0, 2, 1) };

  test('takes the same labels and weights in any arrays', () => {
    const weighed = { ...labelled, sampleWeights: Float32Array.of(1, 2, 0.5) };
    const kinds = [
      { ...weighed, labels: [0, 2, 1], sampleWeights: [1, 2, 0.5] },
      { ...weighed, labels: BigInt64Array.of(0n, 2n, 1n), sampleWeights: Float64Array.of(1, 2, 0.5) },
      { ...weighed, labels: Uint8Array.of(0, 2, 1) },
    ];
    for (const given of kinds) expect(measure(given as unknown as Labelled)).toEqual(measure(weighed));
  });

  test.for<[string, unknown, string]>([
    [
      'nothing',
      undefined,
      'Examples are an object of typed arrays, { rows, columns, inputs, ... }; got undefined',
    ],
    ['no labels', { rows: 3 }, 'The examples have nothing to learn: give `labels`, one a row'],
    [
      'targets',
      { rows: 3, targets: new Float32Array(3) },
      'Measures of labels are of examples with `labels`; these have `targets`.',
    ],
    ['no rows', { ...labelled, rows: undefined }, 'Measures are of 1 or more rows; got undefined.'],
    ['other rows', { ...labelled, rows: 4 }, '4 rows have 4 labels, or labelOffsets; got 3.'],
    [
      'a fraction',
      { ...labelled, labels: [0, 0.5, 1] },
      'The label of row 1 is 0.5; labels are whole numbers.',
    ],
    ['a label below 0', { ...labelled, labels: [0, -1, 1] }, 'The label of row 1 is -1; '],
    ['offsets of other rows', { ...sets, labelOffsets: [0, 3] }, '3 rows have 4 label offsets; got 2.'],
    [
      'offsets that fall',
      { ...sets, labelOffsets: [0, 2, 1, 3] },
      'labelOffsets rise from 0 to 3; got 1 after 2 for row 1.',
    ],
    ['weights of other rows', { ...labelled, sampleWeights: [1, 1] }, '3 rows have 3 sampleWeights; got 2.'],
    ['weights of 0', { ...labelled, sampleWeights: [0, 0, 0] }, 'All 3 sampleWeights are 0: no row counts.'],
    [
      'weights that are none',
      { ...labelled, sampleWeights: [1, 'x', 1] },
      "The weight of row 1 is 'x'; sampleWeights are finite numbers of 0 or more.",
    ],
  ])('refuses %s', ([, given, message]) => {
    expect(() => measure(given as Labelled)).toThrow(message);
  });

  test('refuses a class that there is not', () => {
    if (measure === ways[2]![1]) return;
    expect(() => measure({ ...labelled, labels: Int32Array.of(0, 2, 3) })).toThrow(
      new RangeError('The label of row 2 is 3; classes are 0 to 2.'),
    );
  });
});

describe('predictions are refused', () => {
  const measures = [
    (given: unknown) => classMetrics(given as typeof ranked, labelled, 3),
    (given: unknown) => confusionMatrix(given as typeof ranked, labelled, 3),
    (given: unknown) =>
      rankingMetrics(given as typeof ranked, labelled, { propensities: new Float64Array(3).fill(0.5) }),
  ];
  test.for<[string, unknown, string]>([
    ['nothing', null, 'Predictions are { rows, k, ids }, as `predict` gives them; got null.'],
    ['ids alone', ranked.ids, 'Predictions are { rows, k, ids }, as `predict` gives them; got Int32Array.'],
    ['of other rows', { ...ranked, rows: 2 }, 'Predictions have 3 rows of 2 ids; got 2 rows and 6 ids.'],
    ['of fewer ids', { ...ranked, k: 3 }, 'Predictions have 3 rows of 3 ids; got 3 rows and 6 ids.'],
    [
      'without k',
      { rows: 3, ids: ranked.ids },
      'Predictions have 3 rows of undefined ids; got 3 rows and 6 ids.',
    ],
    [
      'of a class that there is not',
      { ...ranked, ids: ranked.ids.with(3, 3) },
      'A prediction of row 1 is 3; classes are 0 to 2, or -1 where there is none.',
    ],
    [
      'of less than none',
      { ...ranked, ids: ranked.ids.with(0, -2) },
      'A prediction of row 0 is -2; classes are 0 to 2, or -1 where there is none.',
    ],
    [
      'of fractions',
      { ...ranked, ids: [0, 1, 2, 0.5, 2, 1] },
      'A prediction of row 1 is 0.5; classes are 0 to 2',
    ],
    ['that rank a class twice', { ...ranked, ids: ranked.ids.with(5, 2) }, 'Row 2 ranks class 2 twice.'],
  ])('%s', ([, given, message]) => {
    for (const measure of measures) expect(() => measure(given)).toThrow(message);
  });
});

describe('options are refused', () => {
  test.for<[() => unknown, string]>([
    [
      () => rankingMetrics(ranked, labelled, { k: 3 } as never),
      "rankingMetrics has no option 'k'; its options are at, propensities.",
    ],
    [() => rankingMetrics(ranked, labelled, { at: 1 as never }), '`at` is a list of cut-offs k; got 1.'],
    [
      () => rankingMetrics(ranked, labelled, { at: ['1' as never] }),
      "Cut-offs k are integers from 1 to 2; got '1'.",
    ],
    [
      () => rankingMetrics(ranked, labelled, { propensities: 0.5 as never }),
      'Propensities are an array, one a class; got 0.5.',
    ],
    [
      () => rankingMetrics(ranked, labelled, { propensities: Float64Array.of(0.5, 0, 1) }),
      'Propensities are above 0 and at most 1; class 1 has 0.',
    ],
    [
      () => rankingMetrics(ranked, labelled, { propensities: Float64Array.of(0.5, 0.5) }),
      'The label of row 1 is 2; classes are 0 to 1.',
    ],
    [
      () => labelMetrics(outputs, labelled, { at: 0.5 } as never),
      "labelMetrics has no option 'at'; its options are threshold.",
    ],
    [
      () => labelMetrics(outputs, labelled, { threshold: null as never }),
      'A threshold is a number, or one for each label; got null.',
    ],
    [
      () => labelMetrics(outputs, labelled, { threshold: [0, '1' as never, 0] }),
      "A threshold is a finite number; got '1'.",
    ],
    [() => labelMetrics(0.5 as never, labelled), 'Outputs are an array, rows x labels; got 0.5.'],
    [() => labelMetrics(outputs.with(4, NaN), labelled), 'Output 1 of row 1 is NaN; outputs are numbers.'],
    [() => bestThreshold(outputs.with(4, NaN), labelled), 'Output 1 of row 1 is NaN; outputs are numbers.'],
    [() => classMetrics(ranked, labelled, 0), 'There are 1 or more classes; got 0.'],
    [() => balancedClassWeights(labelled, '3' as never), "There are 1 or more classes; got '3'."],
    [() => rocAuc(1 as never, [1]), 'The scores are an array, one a row; got 1.'],
    [() => averagePrecision([1], undefined as never), 'The labels are an array, one a row; got undefined.'],
    [() => rocAuc([], []), 'There are no scores.'],
    [() => rocAuc(['1' as never], [1]), 'The score of row 0 is not a number.'],
    [() => rocAuc([1], [1], ['1' as never]), "Weights are finite numbers of 0 or more; row 0 has '1'."],
  ])('%#', ([call, message]) => {
    expect(call).toThrow(message);
  });
});

describe('of a single output', () => {
  const rows = blobs({ rows: 40, columns: 6, classes: 2, apart: 0.7 });
  const sets = {
    rows: 40,
    columns: 6,
    inputs: rows.inputs,
    labelOffsets: Int32Array.from({ length: 41 }, (_, row) =>
      rows.labels.subarray(0, row).reduce((a, b) => a + b, 0),
    ),
    labels: new Int32Array(rows.labels.reduce((a, b) => a + b, 0)),
  };

  test.each([sigmoidOutput(1), softmax(1)])(
    'predictions tell no classes apart, and are refused ($activation)',
    async (last) => {
      const alone = { ...rows, labels: new Int32Array(40) };
      using net = await create(network(6, [last]), alone);
      using frozen = await net.freeze();
      for (const each of [net, frozen]) {
        const predictions = each.predict(rows);
        const message =
          /^These predictions are of a single output, which ranks no classes: `labelMetrics\(net\.outputs\(rows\), examples\)`/;
        for (const classes of [1, 2]) {
          expect(() => classMetrics(predictions, alone, classes)).toThrow(message);
          expect(() => confusionMatrix(predictions, alone, classes)).toThrow(message);
        }
        expect(() => rankingMetrics(predictions, alone)).toThrow(message);
      }
    },
  );

  test('outputs are measured by labels of 0 and 1, as by sets, and as an evaluation does', async () => {
    using net = await create(network(6, [sigmoidOutput(1)]), rows, { batchSize: 10 });
    await fit(net, rows, 5);
    const given = net.outputs(rows);
    const measured = labelMetrics(given, rows, { threshold: 0.4 });
    expect(measured).toEqual(labelMetrics(given, sets, { threshold: 0.4 }));
    expect(measured).toEqual(net.evaluate(rows, { threshold: 0.4 }).labels);
    expect(measured.perLabel.support[0]).toBe(rows.labels.reduce((a, b) => a + b, 0));
    expect(measured.micro.f1).toBeLessThan(1);
    expect(bestThreshold(given, rows)).toEqual(bestThreshold(given, sets));
    expect(bestThresholds(given, rows)).toEqual(bestThresholds(given, sets));
    expect(() => labelMetrics(given, { rows: 40, labels: rows.labels.with(3, 2) })).toThrow(
      'The label of row 3 is 2; a single sigmoid output has the labels 0 for no and 1 for yes.',
    );
  });
});

test('a label that a row has twice counts once in rankings', () => {
  const twice = { rows: 1, labelOffsets: Int32Array.of(0, 3), labels: Int32Array.of(4, 4, 1) };
  const once = { rows: 1, labelOffsets: Int32Array.of(0, 2), labels: Int32Array.of(4, 1) };
  const rankings = { rows: 1, k: 3, ids: Int32Array.of(4, 1, 0) };
  const options = { propensities: Float64Array.of(0.5, 0.25, 0.5, 0.5, 0.5) };
  expect(rankingMetrics(rankings, twice, options)).toEqual(rankingMetrics(rankings, once, options));
  expect(rankingMetrics(rankings, twice).ndcg[3]).toBe(1);
});

test('balanced weights count labels by the weights of their rows', () => {
  const given = { rows: 4, labels: Int32Array.of(0, 0, 1, 1), sampleWeights: Float32Array.of(3, 0, 1, 2) };
  expect(balancedClassWeights(given, 3)).toEqual([1, 1, 1]);
  const rare = { ...given, sampleWeights: Float32Array.of(1, 0, 4, 1) };
  expect(balancedClassWeights(rare, 2)).toEqual([3, 0.6]);
});
