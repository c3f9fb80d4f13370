import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  adam,
  hidden,
  Network,
  network,
  softmax,
  toExamples,
  type ClassLabels,
  type DenseInputs,
  type LabelSets,
  type RawExamples,
  type Targets,
} from '../../src/index.ts';

const inputs = [
  [0, 1, 2],
  [3, 4, 5],
];
const made = { rows: 2, columns: 3, inputs: Float32Array.of(0, 1, 2, 3, 4, 5) };

describe('rows', () => {
  test.for<[string, RawExamples]>([
    ['a list of lists', { inputs }],
    ['a list of typed arrays', { inputs: inputs.map((row) => Float64Array.from(row)) }],
    ['one list', { inputs: inputs.flat(), columns: 3 }],
    ['one typed array', { inputs: Uint8Array.of(0, 1, 2, 3, 4, 5), columns: 3 }],
  ])('are %s', ([, raw]) => {
    expect(toExamples(raw)).toEqual(made);
  });

  test('are one, where it is flat and nothing else is said', () => {
    expect(toExamples({ inputs: [1, 2, 3, 4] })).toEqual({
      rows: 1,
      columns: 4,
      inputs: Float32Array.of(1, 2, 3, 4),
    });
  });
});

describe('what is learned of them', () => {
  test('classes by number, also 64-bit ones and booleans', () => {
    const classes = { ...made, labels: Int32Array.of(2, 0), classes: 3 };
    for (const labels of [[2, 0], Float32Array.of(2, 0), [2n, 0n], ['2', '0'].map(Number)]) {
      expect(toExamples({ inputs, labels })).toEqual(classes);
    }
    expect(toExamples({ inputs, labels: [true, false] })).toEqual({
      ...made,
      labels: Int32Array.of(1, 0),
      classes: 2,
    });
  });

  test('classes by name, sorted; the test rows have the numbers of the training rows', () => {
    const train = toExamples({ inputs, labels: ['dog', 'cat'] });
    expect(train).toEqual({ ...made, labels: Int32Array.of(1, 0), classes: 2, names: ['cat', 'dog'] });
    const held = toExamples({ inputs, labels: ['dog', 'dog'], names: train.names! });
    expect(held).toEqual({ ...made, labels: Int32Array.of(1, 1), classes: 2, names: ['cat', 'dog'] });
  });

  test('sets of labels, by number or name, some of them empty', () => {
    const sets = { ...made, labelOffsets: Int32Array.of(0, 0, 2), labels: Int32Array.of(2, 0), classes: 3 };
    expect(toExamples({ inputs, labels: [[], [2, 0]] })).toEqual(sets);
    const names = ['a', 'b', 'c'];
    expect(toExamples({ inputs, labels: [[], ['c', 'a']], names })).toEqual({ ...sets, names });
  });

  test('one-hot and multi-hot, in rows or flat', () => {
    const one = { ...made, labels: Int32Array.of(2, 0), classes: 3 };
    const rows = [
      [0, 0, 1],
      [1, 0, 0],
    ];
    expect(toExamples({ inputs, oneHot: rows })).toEqual(one);
    expect(toExamples({ inputs, oneHot: Uint8Array.from(rows.flat()) })).toEqual(one);
    const several = {
      ...made,
      labelOffsets: Int32Array.of(0, 0, 2),
      labels: Int32Array.of(0, 2),
      classes: 3,
    };
    const multiHot = [
      [0, 0, 0],
      [1, 0, 1],
    ];
    expect(toExamples({ inputs, multiHot })).toEqual(several);
    expect(toExamples({ inputs, multiHot: multiHot.flat() })).toEqual(several);
  });

  test('targets, one or several a row', () => {
    expect(toExamples({ inputs, targets: [7, 8] })).toEqual({ ...made, targets: Float32Array.of(7, 8) });
    const targets = Float32Array.of(7, 8, 9, 10);
    expect(
      toExamples({
        inputs,
        targets: [
          [7, 8],
          [9, 10],
        ],
      }),
    ).toEqual({ ...made, targets });
  });

  test('has its type', () => {
    expectTypeOf(toExamples({ inputs, labels: [1, 0] })).toExtend<DenseInputs & ClassLabels>();
    expectTypeOf(toExamples({ inputs, labels: [[1], []] })).toExtend<DenseInputs & LabelSets>();
    expectTypeOf(toExamples({ inputs, multiHot: [[1], [0]] })).toExtend<DenseInputs & LabelSets>();
    expectTypeOf(toExamples({ inputs, oneHot: [[1], [1]] })).toExtend<DenseInputs & ClassLabels>();
    expectTypeOf(toExamples({ inputs, targets: [1, 2] })).toExtend<DenseInputs & Targets>();
  });
});

describe('is refused', () => {
  test.for<[unknown, string]>([
    [{ inputs: 'x' }, "inputs are an array of rows, or of numbers; got 'x'."],
    [{ inputs: [[1, 2], [3]] }, 'Row 1 of inputs has 2 numbers, as row 0; got 1 numbers.'],
    [{ inputs: [[1, 2], 3] }, 'Row 1 of inputs has 2 numbers, as row 0; got 3.'],
    [
      { inputs: [[1, 'x']] },
      "Row 0, column 1 of inputs is 'x'; it has to be a number that is finite in 32 bits.",
    ],
    [{ inputs: [[1, 1e39]] }, 'Row 0, column 1 of inputs is 1e+39; it has to be'],
    [{ inputs: [1, 2, 3], columns: 2 }, 'inputs are the numbers of rows of 2; got 3.'],
    [{ inputs, labels: [1] }, 'There are 2 rows of inputs; got 1 of labels.'],
    [{ inputs, labels: [1, 0.5] }, 'The label of row 1 is 0.5; classes are numbered from 0 on.'],
    [{ inputs, labels: [1, -1] }, 'The label of row 1 is -1; classes are numbered from 0 on.'],
    [{ inputs, labels: ['a', 1] }, 'The label of row 1 is 1; the names of the classes are a.'],
    [
      { inputs, labels: ['a', 'c'], names: ['a', 'b'] },
      "The label of row 1 is 'c'; the names of the classes are a, b.",
    ],
    [{ inputs, labels: [[1], 0] }, 'The labels of row 1 are 0; those of row 0 are an array of 1.'],
    [
      {
        inputs,
        oneHot: [
          [1, 0],
          [1, 1],
        ],
      },
      'Row 1 of oneHot has 2 ones; it has one (multiHot takes any number).',
    ],
    [
      {
        inputs,
        oneHot: [
          [1, 0],
          [0, 0],
        ],
      },
      'Row 1 of oneHot has 0 ones',
    ],
    [
      {
        inputs,
        multiHot: [
          [1, 0],
          [1, 2],
        ],
      },
      'Row 1, column 1 of multiHot is 2; it has to be 0 or 1.',
    ],
    [{ inputs, targets: [[1]] }, 'There are 2 rows of inputs; got 1 of targets.'],
    [{ inputs, targets: [1, 2, 3] }, 'targets are the numbers of 2 rows; got 3.'],
    [{ inputs, labels: [1, 0], targets: [1, 2] }, 'Rows have one of labels and targets, not several.'],
    [
      { inputs, label: [1, 0] },
      "toExamples has no option 'label'; its options are inputs, columns, labels, ",
    ],
  ])('%#: %o', ([raw, message]) => {
    expect(() => toExamples(raw as RawExamples)).toThrow(message);
  });
});

test('networks learn what it makes', async () => {
  const xor = toExamples({
    inputs: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    labels: ['same', 'other', 'other', 'same'],
  });
  using net = await Network.create(network(2, [hidden(16), softmax(xor.classes)], adam({ rate: 0.03 })));
  await net.train(xor, { epochs: 200 });
  const [best] = net.predict(toExamples({ inputs: [1, 0] })).ids;
  expect(xor.names![best!]).toBe('other');
});
