import { describe, expect, test } from 'vitest';
import {
  adam,
  hidden,
  linearOutput,
  Network,
  network,
  sigmoidOutput,
  random,
  softmax,
  type DenseExamples,
  type Examples,
  type Inputs,
  type NetworkSpec,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { bits, create } from '../training.ts';

const rows = 4;
const columns = 2;
const inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1);
const labels = Int32Array.of(0, 1, 1, 0);
const good: DenseExamples = { rows, columns, inputs, labels };
const two = network(2, [hidden(8), softmax(2)]);
const one = network(2, [hidden(8), sigmoidOutput(1)], adam({ rate: 0.03 }));
const numbers = network(2, [hidden(8), linearOutput(1)]);

/** What is said of examples, by each way to give them; the weights stay. */
async function refusals(spec: NetworkSpec, examples: unknown): Promise<string[]> {
  using net = await create(spec, good);
  const before = bits(net);
  const given = examples as Examples;
  const ways = [
    async () => net.fit(given, { epochs: 1 }).next(),
    async () => net.step(given),
    async () => net.evaluate(given),
    () => net.evaluateAsync(given),
  ];
  const said = await Promise.all(
    ways.map((way) =>
      way().then(
        () => 'nothing',
        (error: Error) => error.message,
      ),
    ),
  );
  return [...said, ...(bits(net) === before ? [] : ['weights were changed'])];
}

/** What networks are that were trained on each of several examples, and how good. */
async function trainedOn(spec: NetworkSpec, ...all: readonly unknown[]): Promise<string[]> {
  return Promise.all(
    (all as Examples[]).map(async (examples) => {
      using net = await create(spec, good);
      await net.train(examples, { epochs: 2 });
      return `${bits(net)} ${JSON.stringify(net.evaluate(examples))}`;
    }),
  );
}

/** Trains, and does `work` after each step. */
async function trainAnd(examples: Examples, spec: NetworkSpec, work: () => void): Promise<void> {
  using net = await create(spec, examples, { batchSize: 10 });
  await net.train(examples, { epochs: 2, onStep: work });
}

describe('labels are refused', () => {
  test.for<[string, NetworkSpec, object, string]>([
    [
      'probabilities',
      two,
      { ...good, labels: Float32Array.of(0.1, 0.9, 0.8, 0.2) },
      'The label of row 0 is 0.10000000149011612; labels are whole numbers.',
    ],
    [
      'names',
      two,
      { ...good, labels: ['no', 'yes', 'yes', 'no'] },
      "The label of row 0 is 'no'; labels are whole numbers: `toExamples` makes examples of it.",
    ],
    [
      'nothing',
      two,
      { ...good, labels: [0, undefined, 1, 0] },
      'The label of row 1 is undefined; labels are',
    ],
    ['NaN', two, { ...good, labels: [0, 1, NaN, 0] }, 'The label of row 2 is NaN; labels are whole numbers.'],
    [
      'one-hot',
      two,
      { ...good, labels: Int32Array.of(1, 0, 0, 1, 0, 1, 1, 0) },
      '4 rows have 4 labels, or labelOffsets; got 8: one class a row; `toExamples` takes them one-hot.',
    ],
    [
      'lists',
      two,
      { ...good, labels: [[0], [1], [1], [0]] },
      'The label of row 0 is an array of 1; labels are',
    ],
    [
      'none',
      two,
      { rows, columns, inputs },
      'The examples have nothing to learn: give `labels`, one a row; or `labelOffsets` and `labels`, any number a row; or, for a ' +
        'linear output, `targets`.',
    ],
    [
      'one of 2 for one output',
      one,
      { ...good, labels: Int32Array.of(0, 1, 2, 0) },
      'The label of row 2 is 2; a single sigmoid output has the labels 0 for no and 1 for yes.',
    ],
    [
      'in sets, by the row',
      two,
      { ...good, labelOffsets: Int32Array.of(0, 2, 2, 3, 3), labels: [0, 1, 0.5] },
      'The label of row 2 is 0.5; labels are whole numbers.',
    ],
    [
      'offsets that are none',
      two,
      { ...good, labelOffsets: [0, 0.5, 1, 1, 1] },
      'labelOffsets[1] is 0.5; labelOffsets are whole numbers.',
    ],
  ])('%s', async ([, spec, examples, message]) => {
    const said = await refusals(spec, examples);
    expect(said).toEqual(Array(4).fill(expect.stringContaining(message)));
  });
});

describe('inputs are refused', () => {
  test.for<[string, unknown, string]>([
    [
      'an array of rows',
      {
        ...good,
        inputs: [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ],
      },
      'inputs is a Float32Array, row after row; got an array of arrays: `toExamples` makes examples of it.',
    ],
    [
      'a flat array',
      { ...good, inputs: [0, 0, 0, 1, 1, 0, 1, 1] },
      'inputs is a Float32Array, row after row; got an array of 8',
    ],
    ['64-bit integers', { ...good, inputs: BigInt64Array.from([0n]) }, 'row after row; got BigInt64Array'],
    [
      'none',
      { rows, columns, labels },
      'Examples have `inputs`, or for sparse rows `offsets`, `ids` and `values`; got none.',
    ],
    [
      'rows alone',
      [[0, 0]],
      'Examples are an object of typed arrays, { rows, columns, inputs, ... }; got an array of arrays',
    ],
    [
      'nothing',
      undefined,
      'Examples are an object of typed arrays, { rows, columns, inputs, ... }; got undefined',
    ],
    [
      'no columns',
      { ...good, columns: undefined },
      'Examples have numbers of rows and columns; got 4 and undefined.',
    ],
    ['half a row', { ...good, rows: 1.5 }, 'Examples have whole rows; got 1.5.'],
    [
      'what is infinite in 32 bits',
      { ...good, inputs: Float64Array.of(0, 0, 0, 1e39, 1, 0, 1, 1) },
      'The value of row 1, column 1 is 1e+39, which is infinite in 32 bits; values are finite numbers.',
    ],
  ])('%s', async ([, examples, message]) => {
    const said = await refusals(two, examples);
    expect(said).toEqual(Array(4).fill(expect.stringContaining(message)));
  });

  test.for<[unknown, string]>([
    [{ 0: 1 }, 'sampleWeights is a Float32Array; got Object.'],
    [1, 'sampleWeights is a Float32Array; got 1.'],
    [null, 'sampleWeights is a Float32Array; got null.'],
    [[1, 'many', 1, 1], "The weight of row 1 is 'many'; sampleWeights are finite numbers of 0 or more."],
    [
      [1, 1, 1, undefined],
      'The weight of row 3 is undefined; sampleWeights are finite numbers of 0 or more.',
    ],
    [[1, 1, 1, 1e39], 'The weight of row 3 is Infinity; sampleWeights are finite numbers of 0 or more.'],
  ])('weights: %o', async ([sampleWeights, message]) => {
    const said = await refusals(two, { ...good, sampleWeights });
    expect(said).toEqual(Array(4).fill(expect.stringContaining(message)));
  });

  test('sparse ones in plain arrays', async () => {
    const sparse = bags({ rows: 12, columns: 40, classes: 5 });
    using net = await create(network(40, [softmax(5)]), sparse);
    const fit = (examples: object): unknown => net.fit(examples as Examples, { epochs: 1 });
    expect(() => fit({ ...sparse, values: [...sparse.values] })).toThrow(
      'values is a Float32Array, row after row; got',
    );
    expect(() => fit({ ...sparse, ids: undefined })).toThrow('ids is an Int32Array; got undefined');
    expect(() => fit({ ...sparse, offsets: [0, 0.5] })).toThrow(
      'offsets[1] is 0.5; offsets are whole numbers.',
    );
  });

  test.for<[ArrayLike<unknown>, string]>([
    [
      Float64Array.of(1, 2, -1e39, 4),
      'The target of row 2, output 0 is -1e+39, which is infinite in 32 bits; targets are finite numbers.',
    ],
    [[[1], [2], [3], [4]], 'targets is a Float32Array, row after row; got'],
  ])('targets: %o', async ([targets, message]) => {
    const said = await refusals(numbers, { rows, columns, inputs, targets });
    expect(said).toEqual(Array(4).fill(expect.stringContaining(message)));
  });
});

describe('the same is learned of', () => {
  test.for<[string, unknown]>([
    ['Uint8Array', Uint8Array.from(labels)],
    ['Float32Array', Float32Array.from(labels)],
    ['BigInt64Array', BigInt64Array.from(labels, BigInt)],
    ['number[]', [...labels]],
    ['boolean[]', [false, true, true, false]],
    ['numbers as text', ['0', '1', '1', '0']],
  ])('labels as %s', async ([, given]) => {
    const [a, b] = await trainedOn(two, good, { ...good, labels: given });
    expect(b).toBe(a);
  });

  test('label sets, whatever their arrays', async () => {
    const sets = {
      rows,
      columns,
      inputs,
      labelOffsets: Int32Array.of(0, 2, 2, 3, 3),
      labels: Int32Array.of(0, 1, 0),
    };
    const [a, b] = await trainedOn(two, sets, {
      ...sets,
      labelOffsets: [...sets.labelOffsets],
      labels: BigInt64Array.of(0n, 1n, 0n),
    });
    expect(b).toBe(a);
  });

  test.for<[string, ArrayLike<number>]>([
    ['Float64Array', Float64Array.from(inputs)],
    ['Uint8Array', Uint8Array.from(inputs)],
    ['Buffer', Buffer.from(inputs)],
  ])('inputs as %s', async ([, given]) => {
    const [a, b] = await trainedOn(two, good, { ...good, inputs: given });
    expect(b).toBe(a);
  });

  test.for<[string, unknown]>([
    ['Float64Array', Float64Array.of(1, 0, 2, 3)],
    ['Uint8Array', Uint8Array.of(1, 0, 2, 3)],
    ['BigInt64Array', BigInt64Array.of(1n, 0n, 2n, 3n)],
    ['number[]', [1, 0, 2, 3]],
    ['numbers as text', ['1', '0', '2', '3']],
  ])('weights as %s', async ([, given]) => {
    const weighed = { ...good, sampleWeights: Float32Array.of(1, 0, 2, 3) };
    const [a, b] = await trainedOn(two, weighed, { ...good, sampleWeights: given });
    expect(b).toBe(a);
  });

  test('targets as number[]; what is undefined is left out', async () => {
    const targets = Float32Array.of(1, 2, 3, 4);
    const given = { rows, columns, inputs, labels: undefined, targets: [...targets] };
    const [a, b] = await trainedOn(numbers, { rows, columns, inputs, targets }, given);
    expect(b).toBe(a);
  });

  test('0 and 1 of a single sigmoid output: no and yes', async () => {
    const sets = {
      rows,
      columns,
      inputs,
      labelOffsets: Int32Array.of(0, 0, 1, 2, 2),
      labels: new Int32Array(2),
    };
    const [a, b] = await trainedOn(one, sets, good);
    expect(b).toBe(a);
    using net = await create(one, good);
    await net.train(good, { epochs: 300 });
    expect(net.evaluate(good).accuracy).toBe(1);
    expect([...net.outputs(good)].map(Math.round)).toEqual([...labels]);
  });
});

test('inputs so large that outputs overflow are refused by their row', async () => {
  using net = await create(two, good);
  net.weights(0).values.fill(10);
  const large = { ...good, inputs: inputs.with(5, 3.4e38) };
  using frozen = await net.freeze();
  const message =
    "The network's outputs for row 2 are not finite: its inputs, or the network's weights, are too large for 32 bits.";
  for (const each of [net, frozen]) {
    expect(() => each.predict(large)).toThrow(message);
    expect(() => each.outputs(large)).toThrow(message);
    await expect(each.predictAsync(large)).rejects.toThrow(message);
  }
  expect(() => net.evaluate(large)).toThrow('The loss of row 2 is NaN');
});

/** A copy whose memory can be made smaller. */
function resizable<T extends Float32Array | Int32Array>(array: T): T {
  const made = new ArrayBuffer(array.byteLength, { maxByteLength: 2 * array.byteLength });
  const view = new (array.constructor as new (buffer: ArrayBuffer) => T)(made);
  view.set(array);
  return view;
}

describe('what is changed while `fit` runs', () => {
  const dense = blobs({ rows: 30, columns: 12, classes: 4 });
  const sparse = bags({ rows: 30, columns: 40, classes: 5, mostLabels: 3 });

  test.for([200, 5000, -1])('is refused where labels become %d', async (label) => {
    const changed = { ...dense, labels: dense.labels.slice() };
    const change = (): void => void changed.labels.fill(label);
    const training = trainAnd(changed, network(12, [softmax(4)]), change);
    await expect(training).rejects.toThrow(
      new RegExp(`^The label of row \\d+ has become ${label}; classes are 0 to 3\\.$`),
    );
  });

  test.for<['labels' | 'ids' | 'offsets' | 'labelOffsets', number, RegExp]>([
    ['labels', 5, /^The label of row \d+ has become 5; classes are 0 to 4\.$/],
    ['labelOffsets', 2 ** 30, /^The offsets of row \d+ have become 1073741824 and 1073741824: /],
    ['ids', 1e9, /^A feature of row \d+ has become 1000000000; features are 0 to 39\.$/],
    ['offsets', -1, /^The offsets of row \d+ have become -1 and -1: /],
  ])('is refused where %s become %d', async ([name, value, message]) => {
    const changed = structuredClone(sparse);
    const spec = network(40, [hidden(8), softmax(5)]);
    await expect(trainAnd(changed, spec, () => void changed[name].fill(value))).rejects.toThrow(message);
  });

  test.for([-1, NaN, Infinity])('is refused where weights become %d', async (weight) => {
    const changed = { ...dense, sampleWeights: new Float32Array(30).fill(1) };
    const training = trainAnd(
      changed,
      network(12, [softmax(4)]),
      () => void changed.sampleWeights.fill(weight),
    );
    await expect(training).rejects.toThrow(new RegExp(`^The weight of row \\d+ has become ${weight}; `));
  });

  test.for<[string, (buffer: ArrayBuffer) => void]>([
    ['is made smaller', (buffer) => buffer.resize(64)],
    ['is given away', (buffer) => void structuredClone(buffer, { transfer: [buffer] })],
  ])('is refused where memory %s', async ([, shrink]) => {
    const own = resizable(dense.inputs);
    const shrunk = trainAnd({ ...dense, inputs: own }, network(12, [softmax(4)]), () =>
      shrink(own.buffer as ArrayBuffer),
    );
    await expect(shrunk).rejects.toThrow(
      /^The inputs of row \d+ are no longer there: (16|0) numbers are left\.$/,
    );
    const values = resizable(sparse.values);
    const spec = network(40, [softmax(5)]);
    await expect(
      trainAnd({ ...sparse, values }, spec, () => shrink(values.buffer as ArrayBuffer)),
    ).rejects.toThrow(/^The values of row \d+ are no longer there/);
    const { labels: _, ...rest } = dense;
    const targets = resizable(new Float32Array(30));
    const linear = network(12, [linearOutput(1)]);
    await expect(
      trainAnd({ ...rest, targets }, linear, () => shrink(targets.buffer as ArrayBuffer)),
    ).rejects.toThrow(/^The targets of row \d+ are no longer there/);
  });

  test('is refused where a row gets more labels than its selector has units', async () => {
    const changed = structuredClone(sparse);
    const spec = network(40, [softmax(5, random({ count: 3 }))]);
    const all = (): void => void changed.labelOffsets.fill(0).fill(changed.labels.length, 1);
    await expect(trainAnd(changed, spec, all)).rejects.toThrow(/ and room for 3 here\.$/);
  });
});

test('a network that is loaded takes them, too', async () => {
  using net = await create(two, good);
  using loaded = await Network.load(net.toBytes());
  expect(() => loaded.predict({ ...good, inputs: [[0, 0]] } as unknown as Inputs)).toThrow('`toExamples`');
});
