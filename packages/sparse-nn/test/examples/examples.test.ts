import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  hidden,
  linearOutput,
  lsh,
  Network,
  network,
  nonZerosOf,
  sigmoidOutput,
  softmax,
  type Examples,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { create, fit } from '../training.ts';

const family = simHash({ bits: 4, tables: 5 });
const layers = [hidden(8), softmax(5)];

describe('dense examples are refused', () => {
  const good = blobs({ rows: 12, columns: 10, classes: 5 });
  const withInput = (at: number, value: number): Examples => ({
    ...good,
    inputs: good.inputs.with(at, value),
  });
  const withLabel = (row: number, label: number): Examples => ({
    ...good,
    labels: good.labels.with(row, label),
  });

  test.for<[Examples, string]>([
    [{ ...good, columns: 9 }, 'The network has 10 inputs; the examples have 9.'],
    [{ ...good, rows: 0, inputs: new Float32Array(), labels: new Int32Array() }, 'There are no examples.'],
    [{ ...good, rows: 11 }, '11 rows of 10 have 110 values; got 120.'],
    [{ ...good, labels: good.labels.slice(1) }, '12 rows have 12 labels, or labelOffsets; got 11.'],
    [
      { rows: 12, columns: 10, inputs: good.inputs, targets: new Float32Array(60) },
      'The network has a softmax output, trained by cross-entropy: its examples have `labels`, not targets.',
    ],
    [withInput(73, NaN), 'The value of row 7, column 3 is NaN; values are finite numbers.'],
    [withInput(119, -Infinity), 'The value of row 11, column 9 is -Infinity; values are finite numbers.'],
    [withLabel(8, 5), 'The label of row 8 is 5; classes are 0 to 4.'],
    [withLabel(0, -1), 'The label of row 0 is -1; classes are 0 to 4.'],
    [
      bags({ rows: 12, columns: 10, classes: 5 }),
      'The network was made for dense examples: give `nonZeros` to Network.create.',
    ],
  ])('%#: %s', async ([examples, message]) => {
    using net = await create(network(10, layers), good);
    await expect(fit(net, examples)).rejects.toThrow(message);
    expect(() => net.evaluate(examples)).toThrow(message);
  });
});

describe('sparse examples are refused', () => {
  const good = bags({ rows: 12, columns: 40, classes: 5, mostLabels: 3 });
  const { offsets, ids, values, labels, labelOffsets } = good;
  const inRow7 = offsets[7];

  test.for<[Examples, string]>([
    [{ ...good, columns: 41 }, 'The network has 40 inputs; the examples have 41.'],
    [{ ...good, rows: 11 }, '11 rows have 12 offsets; got 13.'],
    [{ ...good, labelOffsets: labelOffsets.slice(1) }, '12 rows have 13 label offsets; got 12.'],
    [
      { ...good, values: values.slice(1) },
      `There are as many ids as values; got ${ids.length} ids and ${ids.length - 1} values.`,
    ],
    [
      { ...good, offsets: offsets.with(4, offsets[3] - 1) },
      `offsets rise from 0 to ${ids.length}; got ${offsets[3] - 1} after ${offsets[3]} for row 3.`,
    ],
    [
      { ...good, offsets: offsets.with(12, ids.length + 1) },
      `offsets rise from 0 to ${ids.length}; got 0 to ${ids.length + 1}.`,
    ],
    [
      { ...good, labelOffsets: labelOffsets.with(0, 1) },
      `labelOffsets rise from 0 to ${labels.length}; got 1 to ${labels.length}.`,
    ],
    [{ ...good, ids: ids.with(inRow7, 40) }, 'Feature 40 of row 7 is not from 0 to 39.'],
    [
      { ...good, ids: ids.with(inRow7 + 1, ids[inRow7]) },
      `Features of a row ascend; in row 7, ${ids[inRow7]} comes after ${ids[inRow7]}.`,
    ],
    [
      { ...good, values: values.with(inRow7, NaN) },
      `The value of row 7, column ${ids[inRow7]} is NaN; values are finite numbers.`,
    ],
    [{ ...good, labels: labels.with(labelOffsets[9], 7) }, 'The label of row 9 is 7; classes are 0 to 4.'],
    [
      blobs({ rows: 12, columns: 40, classes: 5 }),
      'The network was made for sparse examples (`nonZeros` was given to Network.create).',
    ],
  ])('%#: %s', async ([examples, message]) => {
    using net = await create(network(40, layers), good);
    await expect(fit(net, examples)).rejects.toThrow(message);
    expect(() => net.evaluate(examples)).toThrow(message);
  });

  test('where a batch may have more non-zeros than there is room for', async () => {
    const most = nonZerosOf([good], 4);
    using net = await Network.create(network(40, layers), { nonZeros: most - 1, batchSize: 4 });
    await expect(fit(net, good)).rejects.toThrow(
      `A batch may have ${most} non-zeros; the network was made for ${most - 1}.`,
    );
    using enough = await Network.create(network(40, layers), { nonZeros: most, batchSize: 4 });
    await expect(fit(enough, good)).resolves.toHaveLength(1);
  });

  test('for training, where a row has more labels than there may be active units', async () => {
    const spec = network(40, [hidden(8), softmax(5, lsh({ count: 2, family }))]);
    using net = await create(spec, good);
    const row = labelOffsets.findIndex((offset, r) => labelOffsets[r + 1] - offset > 2);
    await expect(fit(net, good)).rejects.toThrow(
      `Row ${row} has 3 labels, which are always active; the last layer's selector has at most 2 units active.`,
    );
    expect(net.evaluate(good, { pass: 'sparse' }).rows).toBe(12);
  });
});

describe('targets are refused', () => {
  const { rows, columns, inputs, labels } = blobs({ rows: 12, columns: 10, classes: 5 });
  const good = { rows, columns, inputs, targets: new Float32Array(24) };
  test.for<[Examples, string]>([
    [
      { rows, columns, inputs, labels },
      'The network has a linear output, trained by the mean squared error: its examples have `targets`, not labels.',
    ],
    [{ ...good, targets: new Float32Array(23) }, '12 rows of 2 outputs have 24 targets; got 23.'],
    [
      { ...good, targets: good.targets.with(7, NaN) },
      'The target of row 3, output 1 is NaN; targets are finite numbers.',
    ],
  ])('%#: %s', async ([examples, message]) => {
    using net = await create(network(10, [linearOutput(2)]), good);
    await expect(fit(net, examples)).rejects.toThrow(message);
    expect(() => net.evaluate(examples)).toThrow(message);
  });

  test('as are labels that a sigmoid output has twice', async () => {
    const twice = { rows: 2, columns: 1, inputs: Float32Array.of(1, 2) };
    const sets = { labelOffsets: Int32Array.of(0, 1, 4), labels: Int32Array.of(3, 1, 0, 1) };
    using net = await create(network(1, [sigmoidOutput(4)]), { ...twice, ...sets });
    await expect(fit(net, { ...twice, ...sets })).rejects.toThrow(
      'Row 1 has label 1 more than once, which a sigmoid output has no use for.',
    );
  });
});
