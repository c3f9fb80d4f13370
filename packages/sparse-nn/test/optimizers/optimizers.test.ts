import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  all,
  cosineDecay,
  exponentialDecay,
  fixed,
  hidden,
  linearOutput,
  momentum,
  network,
  sgd,
  sigmoidOutput,
  softmax,
  stepDecay,
  warmUp,
  type LayerSpec,
  type OptimizerSpec,
} from '../../src/index.ts';
import { bags, blobs, copies, withTargets } from '../data.ts';
import { distance } from '../distance.ts';
import { oneHot, PlainMlp } from '../plain-mlp.ts';
import { referenceOf } from '../reference.ts';
import { create, fit, snapshot } from '../training.ts';

const optimizers: readonly OptimizerSpec[] = [
  sgd({ rate: 0.2 }),
  momentum({ rate: 0.05 }),
  momentum({ rate: 0.05, decay: 0.5 }),
  momentum({ rate: 0.05, skipped: 'wait' }),
  adagrad({ rate: 0.05 }),
  adagrad({ rate: 0.05, epsilon: 0.01, initial: 0.1 }),
  adagrad({ rate: 0.05, sums: 'row' }),
  adam({ rate: 0.01 }),
  adam({ rate: 0.01, skipped: 'catchUp' }),
  // Where gradients are small beside epsilon its place in the formula shows.
  adam({ rate: 0.01, beta1: 0.8, beta2: 0.9, epsilon: 0.01 }),
  adam({ rate: 0.01, secondMoment: 'row' }),
];

const options: readonly OptimizerSpec[] = [
  sgd({ rate: 0.2, weightDecay: 0.1 }),
  adam({ rate: 0.01, weightDecay: 0.5 }),
  momentum({ rate: 0.05, clipNorm: 0.3 }),
  adam({ rate: 0.01, epsilon: 0.01, clipNorm: 0.1, weightDecay: 0.1 }),
  adagrad({ rate: 0.05, initial: 0.01, clipValue: 0.01 }),
  sgd({ rate: 0.2, schedule: stepDecay({ every: 5, factor: 0.5 }) }),
  momentum({ rate: 0.05, schedule: exponentialDecay({ every: 10 }), weightDecay: 0.2 }),
  adam({ rate: 0.01, schedule: warmUp({ steps: 4, next: cosineDecay({ steps: 12, end: 0.1 }) }) }),
];

const narrow: readonly OptimizerSpec[] = [
  momentum({ rate: 0.05, velocity: 'bfloat16' }),
  adagrad({ rate: 0.05, sums: 'bfloat16', initial: 0.01 }),
  adam({ rate: 0.01, firstMoment: 'bfloat16' }),
  adam({ rate: 0.01, secondMoment: 'bfloat16' }),
  adam({ rate: 0.01, firstMoment: 'bfloat16', secondMoment: 'bfloat16' }),
  adam({ rate: 0.01, firstMoment: 'bfloat16', secondMoment: 'row' }),
];

const examples = blobs({ rows: 22, columns: 13, classes: 5 });

describe('an optimizer', () => {
  test('has the defaults of its paper', () => {
    expect(adam()).toEqual({
      kind: 'adam',
      rate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      firstMoment: 'float32',
      secondMoment: 'float32',
      skipped: 'wait',
    });
    expect(momentum({ rate: 0.1 })).toEqual({
      kind: 'momentum',
      rate: 0.1,
      decay: 0.9,
      velocity: 'float32',
      skipped: 'catchUp',
    });
    expect(adagrad()).toEqual({ kind: 'adagrad', rate: 0.01, epsilon: 1e-10, initial: 0, sums: 'float32' });
    expect(network(13, [softmax(5)]).optimizer).toEqual(adam());
  });

  test.for([...optimizers, ...options])(
    '%o takes a dense network along the path of a plain implementation',
    async (optimizer) => {
      using net = await create(network(13, [hidden(17), hidden(10), softmax(5)], optimizer), examples);
      const plain = new PlainMlp(net);
      const inputs = Matrix.from1DArray(examples.rows, examples.columns, [...examples.inputs]);
      for (let step = 1; step <= 20; step++) {
        const [report] = await fit(net, examples);
        const loss = plain.train(inputs, oneHot(examples.labels, 5));
        expect(Math.abs(report.loss - loss)).toBeLessThan(1e-5);
        // 32-bit floats against 64-bit ones: within 5e-5 of the largest weight, all along.
        for (const [l, { weights, bias }] of referenceOf(net).entries()) {
          expect(distance(weights, plain.layers[l].weights)).toBeLessThan(5e-5);
          expect(distance(bias, plain.layers[l].bias)).toBeLessThan(5e-4);
        }
      }
    },
  );

  test.for([...optimizers, ...options])(
    '%o takes a network of which every unit is selected along the same path',
    async (optimizer) => {
      const dense = network(13, [hidden(17), hidden(10), softmax(5)], optimizer);
      const one = fixed({ fraction: 1 });
      const selected = network(13, [hidden(17, one), hidden(10, one), softmax(5, one)], optimizer);
      using a = await create(dense, examples);
      using b = await create(selected, examples);
      const start = snapshot(a);
      expect(snapshot(b)).toEqual(start);
      await fit(a, examples, 20);
      await fit(b, examples, 20);
      for (const [i, weights] of snapshot(a).entries()) {
        expect(distance(snapshot(b)[i], weights)).toBeLessThan(5e-4);
        expect(weights).not.toEqual(start[i]);
      }
    },
  );

  test.for<[string, LayerSpec, Matrix]>([
    ['softmax', softmax(5), oneHot(examples.labels, 5)],
    ['sigmoid', sigmoidOutput(5), oneHot(examples.labels, 5)],
    ['linear', linearOutput(2), Matrix.from1DArray(examples.rows, 2, [...withTargets(examples, 2).targets])],
  ])(
    'takes a network with a %s output, and any activations, along that path too',
    async ([name, output, answers]) => {
      const given = name === 'linear' ? withTargets(examples, 2) : examples;
      const layers = (['tanh', 'sigmoid', 'linear', 'relu'] as const).map((activation) =>
        hidden(11, all(), { activation }),
      );
      using net = await create(network(13, [...layers, output], adam({ rate: 0.01 })), given);
      const plain = new PlainMlp(net);
      const inputs = Matrix.from1DArray(examples.rows, examples.columns, [...examples.inputs]);
      for (let step = 1; step <= 20; step++) {
        const [report] = await fit(net, given);
        expect(Math.abs(report.loss - plain.train(inputs, answers))).toBeLessThan(
          1e-5 * Math.max(1, report.loss),
        );
        for (const [l, { weights, bias }] of referenceOf(net).entries()) {
          expect(distance(weights, plain.layers[l].weights)).toBeLessThan(1e-4);
          expect(distance(bias, plain.layers[l].bias)).toBeLessThan(1e-3);
        }
      }
    },
  );

  test.for(narrow)('%o stays near that path', async (optimizer) => {
    using net = await create(network(13, [hidden(17), hidden(10), softmax(5)], optimizer), examples);
    const plain = new PlainMlp(net);
    const start = referenceOf(net);
    const inputs = Matrix.from1DArray(examples.rows, examples.columns, [...examples.inputs]);
    for (let step = 1; step <= 20; step++) {
      await fit(net, examples);
      plain.train(inputs, oneHot(examples.labels, 5));
    }
    for (const [l, { weights, bias }] of referenceOf(net).entries()) {
      const moved = weights.map((value, i) => value - start[l].weights[i]);
      const expected = plain.layers[l].weights.map((value, i) => value - start[l].weights[i]);
      // Moments of 8 bits of precision: to 3 % of the largest change, and not the same.
      expect(distance(moved, expected)).toBeLessThan(0.03);
      expect(distance(moved, expected)).toBeGreaterThan(1e-4);
      expect(distance(bias, plain.layers[l].bias)).toBeLessThan(0.03);
    }
  });

  test.for([...optimizers, ...narrow].filter(({ kind }) => kind === 'adam'))(
    "%o keeps each bias' moments by themselves",
    async (optimizer) => {
      // After Adam's first step each bias has moved by the rate, whatever the size of its gradient.
      const rows = bags({ rows: 20, columns: 30, classes: 5 });
      const selected = [hidden(40, fixed({ count: 7 })), softmax(5, fixed({ count: 5 }))];
      for (const layers of [[softmax(5)], [hidden(7), softmax(5)], selected]) {
        using net = await create(
          network(30, layers, { ...optimizer, epsilon: 1e-30 } as OptimizerSpec),
          rows,
        );
        await fit(net, rows);
        for (const l of layers.keys()) {
          const moved = net.weights(l).bias.filter((value) => value !== 0);
          expect(moved.length).toBeGreaterThan(3);
          expect(
            distance(
              moved.map(Math.abs),
              moved.map(() => 0.01),
            ),
          ).toBeLessThan(1e-4);
        }
      }
    },
  );

  test.for([
    adam(),
    momentum({ rate: 0.05, clipNorm: 0.3, weightDecay: 0.1 }),
    adagrad({ initial: 0.01, clipNorm: 0.1 }),
  ])(
    '%o takes a layer after a selected one, whose weights lie by input, along the same path too',
    async (optimizer) => {
      using a = await create(network(13, [hidden(17), softmax(5)], optimizer), examples);
      const selected = [hidden(17, fixed({ fraction: 1 })), softmax(5)];
      using b = await create(network(13, selected, optimizer), examples);
      const from = a.weights(1);
      const to = b.weights(1);
      expect([from.rowOf, to.rowOf]).toEqual(['unit', 'input']);
      for (let u = 0; u < from.rows; u++) {
        for (let k = 0; k < from.width; k++) to.values[k * to.stride + u] = from.values[u * from.stride + k];
      }
      await fit(a, examples, 20);
      await fit(b, examples, 20);
      const expected = referenceOf(a);
      for (const [l, { weights, bias }] of referenceOf(b).entries()) {
        expect(distance(weights, expected[l].weights)).toBeLessThan(5e-5);
        expect(distance(bias, expected[l].bias)).toBeLessThan(5e-4);
      }
    },
  );

  test('weighs a short last batch by its own samples', async () => {
    const row = copies(examples.inputs.slice(0, 13), examples.labels[0], 5);
    const spec = network(13, [hidden(8), softmax(5)], sgd({ rate: 0.1 }));
    // Batches of 4 and 1 of the same row are two steps by the same gradient's mean, as two whole batches are.
    using parts = await create(spec, row, { batchSize: 4 });
    using whole = await create(spec, row, { batchSize: 5 });
    const [report] = await fit(parts, row);
    expect(report).toMatchObject({ steps: 2, samples: 5 });
    await fit(whole, row, 2);
    for (const [i, weights] of snapshot(whole).entries()) {
      expect(distance(snapshot(parts)[i], weights)).toBeLessThan(1e-6);
    }
  });
});
