import { describe, expect, test } from 'vitest';
import {
  adam,
  all,
  hidden,
  linearOutput,
  lsh,
  network,
  random,
  sgd,
  sigmoidOutput,
  softmax,
  topK,
  type Examples,
  type LayerSpec,
  type LossKind,
  type SelectorSpec,
  type UpdateMode,
} from '../../src/index.ts';
import { simHash } from '@hashgrad/lsh';
import { bags, blobs, withLabelSets, withTargets } from '../data.ts';
import { distance, largest } from '../distance.ts';
import { step } from '../gradient-step.ts';
import { numericGradient } from '../reference.ts';
import { bits, create, fit } from '../training.ts';

const UNITS = 7;
const ROWS = 9;
const classWeights = [2, 0.5, 1, 0, 3, 0.25, 1.5];
const positiveWeights = [1, 4, 0.5, 2, 1, 3, 0.25];
const sampleWeights = Float32Array.of(1, 0.5, 2, 0, 1, 3, 0.25, 1, 2);

/** Last layers with everything that weighs. */
const weighted: Readonly<Record<LossKind, (select?: SelectorSpec) => LayerSpec>> = {
  softmax: (select) => softmax(UNITS, select, { classWeights, labelSmoothing: 0.1 }),
  sigmoid: (select) => sigmoidOutput(UNITS, select, { classWeights, positiveWeights, labelSmoothing: 0.1 }),
  linear: (select) => linearOutput(UNITS, select, { outputWeights: classWeights }),
};

/** Rows that count differently: dense, or sparse with several labels. */
function examplesFor(kind: LossKind, sparse: boolean): Examples {
  const rows = sparse
    ? bags({ rows: ROWS, columns: 45, classes: UNITS, mostLabels: 3 })
    : blobs({ rows: ROWS, columns: 11, classes: UNITS });
  if (kind === 'softmax') return { ...rows, sampleWeights };
  return {
    ...(kind === 'sigmoid' ? withLabelSets(rows, UNITS, 3) : withTargets(rows, UNITS)),
    sampleWeights,
  };
}

const hiddenLayers: Readonly<Record<string, LayerSpec>> = {
  all: hidden(13, all(), { activation: 'tanh' }),
  topK: hidden(30, topK({ count: 3 }), { activation: 'sigmoid' }),
};

const outputSelectors: Readonly<Record<string, SelectorSpec>> = {
  all: all(),
  topK: topK({ count: 5 }),
  'random, corrected': random({ count: 5, logQ: true }),
  lsh: lsh({ count: 5, family: simHash({ bits: 3, tables: 9 }), rehash: 1000 }),
};

const losses = Object.keys(weighted) as readonly LossKind[];

describe.each(losses)('the gradient of a weighted, smoothed loss of a %s output', (kind) => {
  const selectors = Object.keys(outputSelectors).filter(
    (select) => kind !== 'linear' || !select.endsWith('corrected'),
  );
  const cases = Object.keys(hiddenLayers).flatMap((layer) =>
    selectors.flatMap((select) =>
      (select === 'random, corrected' ? ['neuron'] : ['neuron', 'union']).flatMap((mode) =>
        [false, true].map((sparse) => ({ layer, select, mode: mode as UpdateMode, sparse })),
      ),
    ),
  );

  test.for(cases)('hidden $layer, outputs $select, $mode, sparse $sparse', async (given) => {
    const { layer, select, mode, sparse } = given;
    const layers = [hiddenLayers[layer], weighted[kind](outputSelectors[select])];
    const made = await step(examplesFor(kind, sparse), layers, 3, {}, mode);
    const { reference, gradients, loss, meanLoss } = made;
    for (const [l, own] of reference.entries()) {
      for (const part of ['weights', 'bias'] as const) {
        const expected = numericGradient(own[part], meanLoss);
        expect(largest(expected)).toBeGreaterThan(1e-4);
        expect(distance(gradients[l][part], expected)).toBeLessThan(5e-5);
      }
    }
    expect(Math.abs(loss - meanLoss())).toBeLessThan(5e-5 * Math.max(1, loss));
  });

  test('is that of batches of one, in the update mode sample', async () => {
    const examples = examplesFor(kind, false);
    const train = async (updateMode: UpdateMode, batchSize: number): Promise<number[]> => {
      const layers = [hiddenLayers['all'], weighted[kind](topK({ count: 5 }))];
      const spec = network(11, layers, sgd({ rate: 0.1 }), { updateMode });
      using net = await create(spec, examples, { batchSize });
      const reports = await fit(net, examples, 3);
      return [...reports.map(({ loss }) => loss), ...net.weights(0).values, ...net.weights(1).values];
    };
    // Outputs are chosen once a batch: of one batch a row.
    const [bySample, byOne] = [await train('sample', 1), await train('neuron', 1)];
    expect(distance(Float64Array.from(bySample), Float64Array.from(byOne))).toBeLessThan(1e-5);
  });
});

/** Every way to train: by batches, by samples, with all of the units shared. */
const modes: readonly UpdateMode[] = ['neuron', 'sample', 'union'];

describe.each(losses)('weights of 1 give the bits of none: a %s output', (kind) => {
  test.for(modes.flatMap((mode) => [all(), topK({ count: 5 })].map((select) => ({ mode, select }))))(
    '$mode, $select.kind',
    async ({ mode, select }) => {
      const ones = Array<number>(UNITS).fill(1);
      const { sampleWeights: _, ...plain } = examplesFor(kind, true);
      const weighing = { ...plain, sampleWeights: new Float32Array(ROWS).fill(1) };
      const outputs: Readonly<Record<LossKind, readonly [LayerSpec, LayerSpec]>> = {
        softmax: [softmax(UNITS, select), softmax(UNITS, select, { classWeights: ones, labelSmoothing: 0 })],
        sigmoid: [
          sigmoidOutput(UNITS, select),
          sigmoidOutput(UNITS, select, { classWeights: ones, positiveWeights: ones }),
        ],
        linear: [linearOutput(UNITS, select), linearOutput(UNITS, select, { outputWeights: ones })],
      };
      const train = async (examples: Examples, last: LayerSpec): Promise<unknown[]> => {
        const spec = network(45, [hidden(13), last], adam(), { updateMode: mode });
        using net = await create(spec, examples, { batchSize: 4 });
        const reports = await fit(net, examples, 3);
        return [bits(net), ...reports.map(({ loss }) => loss), net.evaluate(examples)];
      };
      expect(await train(weighing, outputs[kind][1])).toEqual(await train(plain, outputs[kind][0]));
    },
  );
});

test('a row of weight 2 is the row twice, in training and in measures', async () => {
  const twice = blobs({ rows: 6, columns: 11, classes: UNITS });
  twice.inputs.copyWithin(0, 11, 22);
  twice.labels[0] = twice.labels[1];
  const once = {
    rows: 6,
    columns: 11,
    inputs: twice.inputs.slice(),
    labels: twice.labels.slice(),
    sampleWeights: Float32Array.of(0, 2, 1, 1, 1, 1),
  };
  const results = await Promise.all(
    [once, twice].map(async (examples) => {
      using net = await create(network(11, [softmax(UNITS)], sgd({ rate: 0.1 })), examples);
      const [{ loss }] = await fit(net, examples);
      const { accuracy, loss: after, precision } = net.evaluate(examples);
      return Float64Array.of(loss, after, accuracy, precision[3], ...net.weights(0).values);
    }),
  );
  expect(distance(results[0], results[1])).toBeLessThan(1e-6);
});

test('the determination of weighted targets is 0 where each output is its weighted mean', async () => {
  const examples = { ...withTargets(blobs({ rows: ROWS, columns: 11, classes: 2 }), 3), sampleWeights };
  const outputWeights = [1, 0, 3];
  using net = await create(network(11, [linearOutput(3, all(), { outputWeights })]), examples);
  net.weights(0).values.fill(0);
  const total = sampleWeights.reduce((sum, weight) => sum + weight, 0);
  for (let u = 0; u < 3; u++) {
    const mean = examples.targets.reduce(
      (sum, target, i) => sum + (i % 3 === u ? (sampleWeights[Math.floor(i / 3)] * target) / total : 0),
      0,
    );
    net.weights(0).bias[u] = mean;
  }
  expect(net.evaluate(examples).determination).toBeCloseTo(0, 6);
});

describe('what weighs wrongly is refused', () => {
  test.for<[string, () => LayerSpec[], string]>([
    [
      'a negative weight',
      () => [softmax(3, all(), { classWeights: [1, -1, 1] })],
      'Layer 1: classWeights are finite numbers of 0 or more; unit 1 has -1.',
    ],
    [
      'a weight that is no number',
      () => [sigmoidOutput(3, all(), { positiveWeights: [1, 1, NaN] })],
      'Layer 1: positiveWeights are finite numbers of 0 or more; unit 2 has NaN.',
    ],
    [
      'a weight that is infinite in 32 bits',
      () => [linearOutput(2, all(), { outputWeights: [1e39, 1] })],
      'Layer 1: outputWeights are finite numbers of 0 or more; unit 0 has 1e+39.',
    ],
    [
      'too few weights',
      () => [hidden(4), softmax(3, all(), { classWeights: Float32Array.of(1, 1) })],
      'Layer 2: classWeights has a weight for each of 3 units; got 2.',
    ],
    [
      'weights that are all 0',
      () => [softmax(2, all(), { classWeights: [0, 0] })],
      'Layer 1: classWeights are 0 for all 2 units: there would be nothing to learn.',
    ],
    [
      'weights that are no list',
      () => [{ ...softmax(2), classWeights: { 0: 1 } as unknown as number[] }],
      'Layer 1: classWeights is a list of 2 weights; got {"0":1}.',
    ],
    [
      'smoothing of 1',
      () => [softmax(3, all(), { labelSmoothing: 1 })],
      'Layer 1: labelSmoothing is from 0 to below 1; got 1.',
    ],
    [
      'smoothing below 0',
      () => [softmax(3, all(), { labelSmoothing: -0.1 })],
      'Layer 1: labelSmoothing is from 0 to below 1; got -0.1.',
    ],
    [
      'smoothing of numbers',
      () => [{ ...linearOutput(3), labelSmoothing: 0.1 }],
      'Layer 1: labelSmoothing is for a last layer with a softmax or sigmoid output; this is a linear output.',
    ],
    [
      'class weights of a hidden layer',
      () => [{ ...hidden(3), classWeights: [1, 1, 1] }, softmax(2)],
      'Layer 1: classWeights is for a last layer with a softmax or sigmoid output; this is a hidden layer.',
    ],
  ])('%s', ([, layers, message]) => {
    expect(() => network(5, layers())).toThrow(new RangeError(message));
  });

  const rows = blobs({ rows: 3, columns: 5, classes: 2 });
  test.for<[string, readonly number[], string]>([
    [
      'a negative weight',
      [1, -2, 1],
      'The weight of row 1 is -2; sampleWeights are finite numbers of 0 or more.',
    ],
    ['no number', [1, 1, NaN], 'The weight of row 2 is NaN; sampleWeights are finite numbers of 0 or more.'],
    ['too many weights', [1, 1, 1, 1], '3 rows have 3 sampleWeights; got 4.'],
    ['weights of 0', [0, 0, 0], 'All 3 sampleWeights are 0: no row counts.'],
  ])('rows: %s', async ([, weights, message]) => {
    const examples = { ...rows, sampleWeights: Float32Array.from(weights) };
    using net = await create(network(5, [softmax(2)]), rows);
    await expect(fit(net, examples)).rejects.toThrow(new RangeError(message));
    expect(() => net.step(examples)).toThrow(message);
    expect(() => net.evaluate(examples)).toThrow(message);
  });
});
