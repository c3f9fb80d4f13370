import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adam,
  hidden,
  inBatch,
  linearOutput,
  lsh,
  Network,
  network,
  nonZerosOf,
  sigmoidOutput,
  softmax,
  topK,
  type EvaluateOptions,
  type Examples,
  type ExampleStream,
  type NetworkSpec,
} from '../../src/index.ts';
import { bags, blobs, withTargets } from '../data.ts';
import { cut, cutLater, part } from '../pieces.ts';
import { bits, create, fit } from '../training.ts';

const dense = blobs({ rows: 47, columns: 12, classes: 4 });
const sets = bags({ rows: 47, columns: 60, classes: 20, mostLabels: 3 });
const sampleWeights = Float32Array.from({ length: 47 }, (_, row) => row % 3);
const yesOrNo = { ...dense, labels: dense.labels.map((label) => label % 2) };
const tables = lsh({ count: 8, family: simHash({ bits: 3, tables: 6 }) });

describe('an evaluation of a stream', () => {
  test.for<[string, Examples, NetworkSpec, EvaluateOptions]>([
    ['dense rows', dense, network(12, [hidden(30), softmax(4)]), {}],
    ['a sparse pass', dense, network(12, [hidden(30, topK({ count: 10 })), softmax(4)]), { pass: 'sparse' }],
    ['hashed outputs', sets, network(60, [hidden(30), softmax(20, tables)]), { pass: 'sparse', at: [1, 2] }],
    [
      'outputs that are chosen by the batch',
      dense,
      network(12, [hidden(30), softmax(4, inBatch({ count: 3 }))]),
      { pass: 'sparse' },
    ],
    ['rows that weigh differently', { ...dense, sampleWeights }, network(12, [softmax(4)]), {}],
    ['sigmoid outputs', { ...sets, sampleWeights }, network(60, [sigmoidOutput(20)]), { threshold: 0.3 }],
    ['one output', { ...yesOrNo, sampleWeights }, network(12, [sigmoidOutput(1)]), { threshold: 0.4 }],
    ['targets', { ...withTargets(dense, 3), sampleWeights }, network(12, [linearOutput(3)]), {}],
    [
      'targets in 64 bits',
      {
        ...withTargets(dense, 1),
        targets: Float64Array.from({ length: 47 }, (_, i) => Math.sin(i)) as never,
      },
      network(12, [linearOutput(1)]),
      {},
    ],
  ])('is that of its rows in one array, to the bit: %s', async ([, examples, spec, options]) => {
    using net = await create(spec, examples, { batchSize: 10 });
    await fit(net, examples, 2);
    const expected = net.evaluate(examples, options);
    const before = bits(net);
    const streams: ExampleStream[] = [
      () => cutLater(examples),
      () => cut(examples),
      [...cut(examples)],
      [examples],
    ];
    for (const stream of streams) expect(await net.evaluateAsync(stream, options)).toEqual(expected);
    expect(await net.evaluateAsync(cutLater(examples), options)).toEqual(expected);
    expect(bits(net)).toBe(before);
  });

  test('passes pieces without rows over, and takes pieces that weigh nothing', async () => {
    using net = await create(network(12, [softmax(4)]), dense, { batchSize: 10 });
    const none = { ...part(dense, 0, 5), sampleWeights: new Float32Array(5) };
    const made = await net.evaluateAsync([none, part(dense, 0, 0), dense, none]);
    expect(made).toMatchObject({ accuracy: net.evaluate(dense).accuracy, rows: 57 });
    await expect(net.evaluateAsync([none, none])).rejects.toThrow(
      new RangeError('All 10 sampleWeights of the stream are 0: no row counts.'),
    );
  });

  test('ends when the network is closed meanwhile', async () => {
    const net = await create(network(12, [softmax(4)]), dense, { batchSize: 10 });
    const evaluating = net.evaluateAsync(() => cutLater(dense));
    setImmediate(() => net.close());
    await expect(evaluating).rejects.toThrow('This network is closed.');
  });

  const [first, rest] = [part(dense, 0, 12), part(dense, 12, 47)] as [typeof dense, typeof dense];
  test.for<[ExampleStream, EvaluateOptions, string]>([
    [() => [], {}, 'There are no examples in the stream.'],
    [
      [first, { ...rest, labels: rest.labels.with(3, 4) }],
      {},
      'Piece 2 of the stream: The label of row 3 is 4; classes are 0 to 3.',
    ],
    [(() => dense) as never, {}, 'gives an iterable of pieces; got Object.'],
    [() => [null] as never, {}, 'Piece 1 of the stream: Examples are an object of typed arrays'],
    [[first], { threshold: 0.5 }, '`threshold` is for sigmoid outputs; this network has a softmax output.'],
    [
      [first],
      { passes: 1 } as never,
      "evaluate has no option 'passes'; its options are pass, at, propensities, threshold.",
    ],
  ])('refuses what does not fit: %#', async ([stream, options, message]) => {
    using net = await create(network(12, [softmax(4)]), dense, { batchSize: 10 });
    await expect(net.evaluateAsync(stream, options)).rejects.toThrow(message);
  });

  test('refuses a batch of more non-zeros than the network has room for', async () => {
    const pieces = [...cut(sets, [4])];
    using net = await Network.create(network(60, [softmax(20)]), {
      batchSize: 10,
      nonZeros: nonZerosOf(pieces, 10),
    });
    await expect(net.evaluateAsync(pieces)).rejects.toThrow(
      '`nonZeros` for a stream is the batch size times',
    );
  });

  test('is for `evaluateAsync` only', async () => {
    using net = await create(network(12, [softmax(4)]), dense);
    expect(() => net.evaluate([dense] as never)).toThrow(
      new TypeError('A stream of examples is for `evaluateAsync`, which waits for its pieces.'),
    );
  });
});

describe('a validation of a stream', () => {
  const spec = network(12, [hidden(60), softmax(4)], adam({ rate: 0.03 }));
  const validation = blobs({ rows: 33, columns: 12, classes: 4, seed: 2 });

  test('is that of its rows in one array, with all that follows from it', async () => {
    const options = { epochs: 12, earlyStopping: { patience: 3, restoreBest: true } };
    using whole = await create(spec, dense, { batchSize: 10 });
    using net = await create(spec, dense, { batchSize: 10 });
    const expected = await whole.train(dense, { ...options, validation: { examples: validation } });
    const epochs: number[] = [];
    const stream = (epoch: number): ExampleStream & AsyncIterable<Examples> => (
      epochs.push(epoch),
      cutLater(validation)
    );
    const made = await net.train(dense, { ...options, validation: { examples: stream, at: [1, 3] } });
    expect(made.epochs.map((epoch) => epoch.validation)).toEqual(
      expected.epochs.map((epoch) => epoch.validation),
    );
    expect(epochs).toEqual(made.epochs.map(({ epoch }) => epoch));
    expect(made.stopped).toBe(expected.stopped);
    expect(bits(net)).toBe(bits(whole));
  });

  test('that can be read once is refused for more epochs, at once', async () => {
    using net = await create(spec, dense, { batchSize: 10 });
    expect(() => net.fit(dense, { epochs: 2, validation: { examples: cut(validation) } })).toThrow(
      'The stream of the validation can be read once, and 2 epochs are to be trained. Give a function that makes it anew',
    );
    const { epochs } = await net.train(dense, { epochs: 1, validation: { examples: cut(validation) } });
    expect(epochs[0]?.validation).toEqual(net.evaluate(validation));
  });

  test('whose piece does not fit is named', async () => {
    using net = await create(spec, dense, { batchSize: 10 });
    const wrong = { ...validation, columns: 11 };
    await expect(
      net.train(dense, { epochs: 1, validation: { examples: [validation, wrong] } }),
    ).rejects.toThrow(
      'Piece 2 of the validation of epoch 1: The network has 12 inputs; the examples have 11.',
    );
  });
});
