/** What selectors train by gates, and what flows back through these, against finite differences with the choice kept. */
import { randomStream } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  blocks,
  hidden,
  network,
  persistent,
  productKeys,
  router,
  sgd,
  softmax,
  topK,
  type LayerSpec,
  type SelectorSpec,
} from '../../src/index.ts';
import { keySets } from '../../src/selectors/routed/product-keys.ts';
import { blobs } from '../data.ts';
import { distance, largest } from '../distance.ts';
import { crossEntropy, forward, referenceOf } from '../reference.ts';
import { Spy } from '../spy.ts';
import { create } from '../training.ts';

const [UNITS, GROUPS, COUNT] = [24, 6, 8];
const examples = blobs({ rows: 9, columns: 11, classes: 7 });

/** A layer's gates for an input and its active units, and what they add to the loss of the batch. */
interface Gates {
  of(x: ArrayLike<number>, active: readonly number[]): number[];
  balance(inputs: readonly ArrayLike<number>[], active: readonly (readonly number[])[]): number;
}

type Parameters = Readonly<Record<string, Float64Array>>;

function dot(matrix: Float64Array, row: number, x: ArrayLike<number>): number {
  return Array.from(x).reduce((sum, value, k) => sum + value * matrix[row * x.length + k], 0);
}

/** `groupOf`: which group gives a unit its gate. */
function routed(
  weight: number,
  groups: number,
  groupOf: (unit: number, scores: readonly number[]) => number,
): (parameters: Parameters) => Gates {
  return ({ router: matrix }) => {
    const scoresOf = (x: ArrayLike<number>): number[] =>
      Array.from({ length: groups }, (_, g) => dot(matrix, g, x));
    return {
      of(x, active) {
        const scores = scoresOf(x);
        return active.map((u) => 2 / (1 + Math.exp(-scores[groupOf(u, scores)])));
      },
      balance(inputs, active) {
        const chosen = inputs.map((x, s) => new Set(active[s].map((u) => groupOf(u, scoresOf(x)))));
        const all = chosen.reduce((sum, { size }) => sum + size, 0);
        const probabilities = inputs.map((x) => {
          const powers = scoresOf(x).map(Math.exp);
          const total = powers.reduce((sum, power) => sum + power, 0);
          return powers.map((power) => power / total);
        });
        return Array.from({ length: groups }, (_, g) => {
          const share = chosen.filter((own) => own.has(g)).length / all;
          const mean = probabilities.reduce((sum, p) => sum + p[g], 0) / inputs.length;
          return weight * groups * share * mean;
        }).reduce((sum, term) => sum + term, 0);
      },
    };
  };
}

function keyed(dimensions: number): (parameters: Parameters) => Gates {
  const [, columns] = keySets(UNITS);
  return ({ firstQuery, firstKeys, secondQuery, secondKeys }) => ({
    of(x, active) {
      const query = (matrix: Float64Array): number[] =>
        Array.from({ length: dimensions / 2 }, (_, d) => dot(matrix, d, x));
      const [first, second] = [query(firstQuery), query(secondQuery)];
      const powers = active.map((u) =>
        Math.exp(dot(firstKeys, Math.floor(u / columns), first) + dot(secondKeys, u % columns, second)),
      );
      const total = powers.reduce((sum, power) => sum + power, 0);
      return powers.map((power) => (active.length * power) / total);
    },
    balance: () => 0,
  });
}

const byBlock = (unit: number): number => Math.floor(unit / (UNITS / GROUPS));
const bySet = (_: number, scores: readonly number[]): number => scores.indexOf(Math.max(...scores));
const size = { count: COUNT, size: UNITS / GROUPS };

const cases: readonly (readonly [string, SelectorSpec, (parameters: Parameters) => Gates])[] = [
  ['blocks by a router', blocks({ ...size, by: router() }), routed(0.01, GROUPS, byBlock)],
  ['a stronger balance', blocks({ ...size, by: router({ balance: 0.7 }) }), routed(0.7, GROUPS, byBlock)],
  ['no balance', blocks({ ...size, by: router({ balance: 0 }) }), routed(0, GROUPS, byBlock)],
  [
    'blocks that choose samples',
    blocks({ ...size, by: router(), choice: 'expert' }),
    routed(0, GROUPS, byBlock),
  ],
  [
    'sets by a router',
    persistent({ count: COUNT, by: router({ balance: 0.3 }), sets: 5 }),
    routed(0.3, 5, bySet),
  ],
  ['product keys', productKeys({ count: COUNT, queryDimensions: 6 }), keyed(6)],
];

/** What comes before the layer with gates: a dense input, a dense layer, or a sparse one. */
const befores: readonly (readonly [string, readonly LayerSpec[]])[] = [
  ['the input', []],
  ['a dense layer', [hidden(10, undefined, { activation: 'tanh' })]],
  ['a sparse layer', [hidden(30, topK({ count: 9 }), { activation: 'tanh' })]],
  ['a layer that is walked sparse', [hidden(50, topK({ count: 5 }), { activation: 'tanh' })]],
];

describe.each(cases)('%s', (_, select, gatesOf) => {
  test.for(befores)('after %s', async ([, before]) => {
    const spies = [...before.map(() => new Spy()), new Spy()];
    const gated = hidden(UNITS, select, { activation: 'tanh' });
    const layers = [...before, gated].map((layer, l) =>
      layer.select.kind === 'all' ? layer : { ...layer, select: spies[l].on(layer.select) },
    );
    const spec = network(11, [...layers, softmax(7)], sgd({ rate: 1 }));
    using net = await create(spec, examples, { batchSize: 9 });
    const spy = spies.at(-1)!;
    const trained = Object.entries(spy.selector!.parameters!);
    // Scores as large as those of a trained network, so that gates differ.
    for (const [, { values }] of trained) for (let i = 0; i < values.length; i++) values[i] *= 2;
    const read = (): Record<string, Float64Array> =>
      Object.fromEntries(
        trained.map(([name, { values, rows, width, stride }]) => [
          name,
          Float64Array.from(
            { length: rows * width },
            (__, i) => values[Math.floor(i / width) * stride + (i % width)],
          ),
        ]),
      );
    const reference = referenceOf(net);
    const parameters = read();
    const { loss } = net.step(examples);
    const after = referenceOf(net);
    const afterwards = read();
    const gates = gatesOf(parameters);
    const active = spies.map(({ choices }) => choices.at(-1)?.active);
    const at = before.length;
    const meanLoss = (withBalance = true): number => {
      const inputs: ArrayLike<number>[] = [];
      let total = 0;
      for (let s = 0; s < 9; s++) {
        let x: ArrayLike<number> = examples.inputs.subarray(s * 11, (s + 1) * 11);
        for (let l = 0; l < at; l++) x = forward(reference[l], x, active[l]?.[s]);
        inputs.push(x);
        const own = active[at]![s];
        const hiddenOutputs = forward(reference[at], x, own, gates.of(x, own));
        const outputs = forward(reference[at + 1], hiddenOutputs, undefined);
        total += crossEntropy(outputs, [examples.labels[s]]);
      }
      return total / 9 + (withBalance ? gates.balance(inputs, active[at]!) : 0);
    };
    expect(Math.abs(loss - meanLoss(false))).toBeLessThan(1e-5 * loss);
    const before64 = [...Object.values(parameters), ...reference.map(({ weights }) => weights)];
    const after64 = [...Object.values(afterwards), ...after.map(({ weights }) => weights)];
    for (const [i, values] of before64.entries()) {
      const gradient = values.map((value, place) => value - after64[i][place]);
      const places = placesOf(gradient);
      const expected = places.map((where) => slope(values, where, meanLoss));
      expect(largest(expected)).toBeGreaterThan(1e-4);
      // The balance flows back to the layers below, too.
      expect([
        i,
        distance(
          places.map((where) => gradient[where]),
          expected,
        ),
      ]).toEqual([i, expect.closeTo(0, 4)]);
    }
  });
});

/** The derivative of `f` by one element, by central differences. */
function slope(values: Float64Array, place: number, f: () => number): number {
  const step = 2 ** -17;
  const value = values[place];
  values[place] = value + step;
  const above = f();
  values[place] = value - step;
  const below = f();
  values[place] = value;
  return (above - below) / (2 * step);
}

/** Where a gradient is looked at: its three largest elements, and nine at random. */
function placesOf(gradient: Float64Array): number[] {
  const order = [...gradient.keys()].toSorted((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a]));
  const random = randomStream(1, 'places');
  return [...order.slice(0, 3), ...Array.from({ length: 9 }, () => random.integer(gradient.length))];
}
