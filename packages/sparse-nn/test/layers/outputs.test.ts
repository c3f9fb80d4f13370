import { describe, expect, test } from 'vitest';
import {
  adam,
  all,
  hidden,
  linearOutput,
  network,
  sigmoidOutput,
  softmax,
  topK,
  type Examples,
  type SelectorSpec,
} from '../../src/index.ts';
import { bags, blobs, withLabelSets, withTargets } from '../data.ts';
import { binaryCrossEntropy, forward, referenceOf, squaredError } from '../reference.ts';
import { bits, create, fit } from '../training.ts';

const inputs = blobs({ rows: 45, columns: 12, classes: 4 });

/** The last layer's outputs of a plain full pass. */
function outputsOf(net: Parameters<typeof referenceOf>[0]): Float64Array[] {
  return Array.from({ length: inputs.rows }, (_, r) => {
    let x: ArrayLike<number> = inputs.inputs.subarray(r * 12, r * 12 + 12);
    for (const layer of referenceOf(net)) x = forward(layer, x, undefined);
    return x as Float64Array;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('a sigmoid output', () => {
  const examples = withLabelSets(inputs, 6, 3);
  const labels = Array.from({ length: examples.rows }, (_, r) =>
    Array.from(examples.labels.subarray(examples.labelOffsets[r], examples.labelOffsets[r + 1])),
  );

  test('is evaluated by its own cross-entropy, and by whether its best output is a label', async () => {
    using net = await create(network(12, [hidden(20), sigmoidOutput(6)]), examples, { batchSize: 20 });
    await fit(net, examples, 3);
    const outputs = outputsOf(net);
    const { accuracy, loss } = net.evaluate(examples);
    expect(loss).toBeCloseTo(mean(outputs.map((logits, r) => binaryCrossEntropy(logits, labels[r]))), 5);
    const labelled = [...outputs.keys()].filter((r) => labels[r].length > 0);
    expect(labelled.length).toBeLessThan(45);
    const best = (r: number): number => outputs[r].indexOf(Math.max(...outputs[r]));
    expect(accuracy).toBe(mean(labelled.map((r) => Number(labels[r].includes(best(r))))));
    expect(net.evaluate(examples, { pass: 'sparse' })).toMatchObject({
      rows: 45,
      accuracy,
      loss: expect.closeTo(loss, 5),
    });
  });

  test('that is the only one is right if it is on the right side of 1/2', async () => {
    const yes = withLabelSets(inputs, 1, 1);
    using net = await create(network(12, [sigmoidOutput(1)], adam({ rate: 0.01 })), yes);
    await fit(net, yes, 5);
    const hits = outputsOf(net).map(([logit], r) =>
      Number(logit > 0 === yes.labelOffsets[r + 1] > yes.labelOffsets[r]),
    );
    expect(net.evaluate(yes).accuracy).toBe(mean(hits));
    expect(mean(hits)).not.toBe(0.5);
  });

  test('learns from rows without labels that none applies', async () => {
    const none = { ...inputs, labelOffsets: new Int32Array(46), labels: new Int32Array() };
    using net = await create(network(12, [sigmoidOutput(6)], adam({ rate: 0.1 })), none);
    const [first, ...rest] = await fit(net, none, 30);
    expect(rest.at(-1)?.loss).toBeLessThan(0.1 * first.loss);
  });

  test.for<[string, SelectorSpec]>([
    ['all', all()],
    ['topK', topK({ count: 30 })],
  ])('learns sets of labels, outputs by %s', async ([, select]) => {
    const rows = bags({ rows: 1500, columns: 400, classes: 120, mostLabels: 2 });
    using net = await create(
      network(400, [hidden(32), sigmoidOutput(120, select)], adam({ rate: 0.01 })),
      rows,
      {
        batchSize: 64,
      },
    );
    await fit(net, rows, 8);
    expect(net.evaluate(rows).accuracy).toBeGreaterThan(0.9);
  });
});

describe('a linear output', () => {
  test('is evaluated by its mean squared error, and by the share of the variance that it explains', async () => {
    const examples = withTargets(inputs, 3);
    using net = await create(network(12, [hidden(20), linearOutput(3)]), examples, { batchSize: 20 });
    await fit(net, examples, 3);
    const target = (r: number): Float32Array => examples.targets.subarray(3 * r, 3 * r + 3);
    const errors = outputsOf(net).map((outputs, r) => squaredError(outputs, target(r)));
    const { accuracy, loss, determination } = net.evaluate(examples);
    expect(loss).toBeCloseTo(mean(errors), 5);
    expect(accuracy).toBeNaN();
    const means = [0, 1, 2].map((u) => mean(errors.map((_, r) => target(r)[u])));
    const variance = mean(errors.map((_, r) => squaredError(Float64Array.from(means), target(r))));
    expect(determination).toBeCloseTo(1 - mean(errors) / variance, 5);
  });

  test('of targets that do not vary explains all if it meets them, and nothing if not, as in scikit-learn', async () => {
    // With such weights the mean of copies of 0.1 is rounded to another number. A row of weight 0 does not count.
    const sampleWeights = Float32Array.from({ length: inputs.rows }, (_, row) =>
      row === 0 ? 0 : 1 + Math.sin(row),
    );
    const targets = new Float32Array(2 * inputs.rows).fill(0.1).fill(9, 0, 1);
    const constant = { ...inputs, targets, sampleWeights };
    using net = await create(network(12, [linearOutput(2)]), constant);
    net.weights(0).values.fill(0);
    net.weights(0).bias.fill(0.1);
    expect(net.evaluate(constant).determination).toBe(1);
    net.weights(0).bias[0] = 0.2;
    expect(net.evaluate(constant).determination).toBe(0);
  });

  test.for<[string, SelectorSpec]>([
    ['all', all()],
    ['topK', topK({ fraction: 0.4 })],
  ])('learns a function, hidden layer with %s', async ([, select]) => {
    const { rows, columns, inputs: x } = blobs({ rows: 2000, columns: 4, classes: 2, apart: 0 });
    const targets = Float32Array.from({ length: 2 * rows }, (_, i) => {
      const [a, b, c, d] = x.subarray((i >> 1) * 4, (i >> 1) * 4 + 4);
      return i % 2 === 0 ? a * b : Math.sin(c) - d;
    });
    const examples: Examples = { rows, columns, inputs: x, targets };
    using net = await create(
      network(4, [hidden(100, select), linearOutput(2)], adam({ rate: 0.01 })),
      examples,
      {
        batchSize: 50,
      },
    );
    await fit(net, examples, 10);
    expect(net.evaluate(examples).determination).toBeGreaterThan(0.95);
  });
});

describe('dropout', () => {
  const examples = blobs({ rows: 45, columns: 12, classes: 4 });

  test('does nothing to an evaluation, and drops other units at each step', async () => {
    const layers = [hidden(30, all(), { dropout: 0.5 }), softmax(4)];
    const plain = [hidden(30), softmax(4)];
    // So small a rate that the weights stay where they are.
    const still = adam({ rate: 1e-30 });
    using a = await create(network(12, layers, still), examples);
    using b = await create(network(12, plain, still), examples);
    expect(bits(a)).toBe(bits(b));
    expect(a.evaluate(examples)).toEqual(b.evaluate(examples));
    const dropped = (await fit(a, examples, 3)).map(({ loss }) => loss);
    const [whole] = await fit(b, examples);
    expect(new Set([...dropped, whole.loss]).size).toBe(4);
    expect(a.evaluate(examples)).toEqual(b.evaluate(examples));
  });

  test('multiplies what it keeps, so that the mean stays', async () => {
    // Of a linear network the mean output is the output; the mean squared error then exceeds it by the variance.
    const targets = withTargets(examples, 1);
    const spec = network(
      12,
      [hidden(400, all(), { activation: 'linear', dropout: 0.25 }), linearOutput(1)],
      adam({ rate: 1e-30 }),
    );
    using net = await create(spec, targets);
    const { loss } = net.evaluate(targets);
    const reference = referenceOf(net);
    const variances = Array.from({ length: 45 }, (_, r) => {
      const y = forward(reference[0], examples.inputs.subarray(r * 12, r * 12 + 12), undefined);
      return y.reduce((sum, value, u) => sum + (0.25 / 0.75) * (value * reference[1].weights[u]) ** 2, 0);
    });
    const losses = (await fit(net, targets, 200)).map((report) => report.loss);
    const excess = mean(losses) - loss;
    // Four standard deviations of the mean of the losses.
    const deviation = Math.sqrt(mean(losses.map((x) => (x - mean(losses)) ** 2)) / losses.length);
    expect(Math.abs(excess - mean(variances))).toBeLessThan(4 * deviation);
    expect(mean(variances)).toBeGreaterThan(8 * deviation);
  });
});
