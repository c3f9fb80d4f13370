import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adam,
  fixed,
  hidden,
  lsh,
  momentum,
  Network,
  network,
  nonZerosOf,
  random,
  sgd,
  softmax,
  topK,
  type Examples,
  type LshSpec,
  type NetworkOptions,
  type NetworkSpec,
} from '../src/index.ts';
import { bags, blobs } from './data.ts';
import { create, fit } from './training.ts';

const family = simHash({ bits: 4, tables: 5 });
const layers = [hidden(8), softmax(5)];

describe('a network is refused', () => {
  test.for<[() => unknown, string]>([
    [() => network(0, layers), 'A network has 1 or more inputs; got 0.'],
    [() => network(10, []), 'A network has at least one layer; got none.'],
    [() => network(10, [hidden(8), hidden(2.5), softmax(5)]), 'Layer 2 has 1 or more units; got 2.5.'],
    [() => network(10, [hidden(8)]), 'The last layer is a softmax (it is trained by cross-entropy).'],
    [() => network(10, [softmax(8), softmax(5)]), 'Layer 1 is not the last: no softmax.'],
    [
      () => network(10, [{ ...hidden(8), activation: 'tanh' as 'relu' }, softmax(5)]),
      "Layer 1: activations are relu, linear and softmax; got 'tanh'.",
    ],
    [
      () => network(10, [hidden(8, { kind: 'magic' }), softmax(5)]),
      "Layer 1: There is no selector 'magic'; known are all, random, fixed, topK, lsh.",
    ],
    [
      () => network(10, [hidden(8, topK({ count: 9 })), softmax(5)]),
      "Layer 1: topK: count is an integer from 1 to the layer's 8 units; got 9.",
    ],
    [
      () => network(10, [hidden(8), softmax(5, random({ fraction: 0 }))]),
      'Layer 2: random: fraction is above 0 and at most 1; got 0.',
    ],
    [
      () => network(10, [hidden(8, fixed({})), softmax(5)]),
      'Layer 1: fixed: give either a fraction or a count of active units.',
    ],
    [
      () => network(10, [hidden(8, lsh({ count: 2, family, rehashEvery: 0 })), softmax(5)]),
      'Layer 1: lsh: rehashEvery is a number of steps, 1 or more; got 0.',
    ],
    [
      () => network(10, [hidden(8, lsh({ count: 2, family, rank: 'best' as LshSpec['rank'] })), softmax(5)]),
      "Layer 1: lsh: rank is 'count' or 'union'; got 'best'.",
    ],
    [
      () => network(10, [hidden(8, lsh({ count: 2, family: { ...family, bits: 99 } })), softmax(5)]),
      'simHash: bits is an integer from 1 to 24; got 99.',
    ],
    [
      () => network(10, [hidden(8, lsh({ count: 2, family, transform: { kind: 'twist' } })), softmax(5)]),
      "Layer 1: There is no transform 'twist'; known are identity, simpleLsh.",
    ],
    [() => network(10, layers, sgd({ rate: 0 })), 'sgd: rate is a positive number; got 0.'],
    [() => network(10, layers, adam({ rate: NaN })), 'adam: rate is a positive number; got NaN.'],
    [
      () => network(10, layers, momentum({ rate: 0.1, decay: 1 })),
      'momentum: decay is from 0 to below 1; got 1.',
    ],
    [
      () => network(10, layers, adam({ firstMoment: 'row' as 'bfloat16' })),
      "adam: firstMoment is float32 or bfloat16; got 'row'.",
    ],
    [
      () => network(10, layers, adam({ secondMoment: 'float16' as 'row' })),
      "adam: secondMoment is float32 or bfloat16 or row; got 'float16'.",
    ],
    [() => network(10, layers, adam({ beta2: -1 })), 'adam: beta2 is from 0 to below 1; got -1.'],
  ])('%#: %s', ([make, message]) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  test.for<[NetworkOptions, string]>([
    [{ batchSize: 0 }, 'A batch has 1 or more samples; got 0.'],
    [{ batchSize: 1.5 }, 'A batch has 1 or more samples; got 1.5.'],
    [{ nonZeros: -1 }, 'A batch has 0 or more non-zeros; got -1.'],
    [{ threads: 0 }, 'A team has from 1 to 64 threads; got 0.'],
    [{ seed: 0.5 }, 'A seed is an integer; got 0.5.'],
  ])('with options %o', async ([options, message]) => {
    await expect(Network.create(network(10, layers), options)).rejects.toThrow(message);
  });

  test('that comes as JSON, where it is made', async () => {
    const spec = JSON.parse(JSON.stringify(network(10, layers))) as NetworkSpec;
    using net = await Network.create(spec);
    expect(net.spec).toEqual(spec);
    await expect(Network.create({ ...spec, layers: [hidden(8)] })).rejects.toThrow(
      'The last layer is a softmax',
    );
  });

  test('that does not fit into memory', async () => {
    await expect(Network.create(network(100_000, [hidden(20_000), softmax(5)]))).rejects.toThrow(
      /No room for an array of 8000000000 bytes: .* at most \d+ more fit in one piece \(32-bit WebAssembly addresses 4 GiB\)/,
    );
  });
});

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
    [{ ...good, labels: good.labels.slice(1) }, '12 rows have 12 labels; got 11.'],
    [withInput(73, NaN), 'The value of row 7, column 3 is NaN; values are finite numbers.'],
    [withInput(119, -Infinity), 'The value of row 11, column 9 is -Infinity; values are finite numbers.'],
    [withLabel(8, 5), 'The label of row 8 is 5; the network has classes 0 to 4.'],
    [withLabel(0, -1), 'The label of row 0 is -1; the network has classes 0 to 4.'],
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
    [{ ...good, labelOffsets: labelOffsets.slice(1) }, '12 rows have 13 labelOffsets; got 12.'],
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
    [
      { ...good, labels: labels.with(labelOffsets[9], 7) },
      'The label of row 9 is 7; the network has classes 0 to 4.',
    ],
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

describe('a run is refused', () => {
  const good = blobs({ rows: 12, columns: 10, classes: 5 });

  test.for([0, -1, 1.5, NaN])('with %d epochs', async (epochs) => {
    using net = await create(network(10, layers), good);
    await expect(fit(net, good, epochs)).rejects.toThrow(`Epochs are 1 or more; got ${epochs}.`);
  });

  test('as an evaluation by an unknown pass', async () => {
    using net = await create(network(10, layers), good);
    expect(() => net.evaluate(good, { pass: 'half' as 'full' })).toThrow(
      "A pass is 'full' or 'sparse'; got 'half'.",
    );
  });

  test.for([-1, 2, 0.5])('when it looks at the weights of layer %d of two', async (layer) => {
    using net = await create(network(10, layers), good);
    expect(() => net.weights(layer)).toThrow(`The network has layers 0 to 1; got ${layer}.`);
  });

  test('once its loss is no number, naming the step, the layer and what to try', async () => {
    using net = await create(network(10, [hidden(8), hidden(8), softmax(5)], sgd({ rate: 1e25 })), good, {
      batchSize: 4,
    });
    await expect(fit(net, good, 9)).rejects.toThrow(
      /^The loss became NaN at step [2-9], in the softmax of layer 3: try a smaller rate than 1e\+25, or inputs of a smaller scale\.$/,
    );
  });

  test('on a network that was disposed', async () => {
    const net = await create(network(10, layers), good);
    net[Symbol.dispose]();
    await expect(fit(net, good)).rejects.toThrow('This network was disposed.');
    expect(() => net.evaluate(good)).toThrow('This network was disposed.');
  });
});
