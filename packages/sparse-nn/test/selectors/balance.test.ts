import { randomStream } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  balanceByBias,
  balanceByBoosting,
  balanceByLoss,
  hidden,
  lsh,
  network,
  sgd,
  signatures,
  softmax,
  topK,
  type BalanceSpec,
  type DenseExamples,
  type LayerSpec,
  type SelectorSpec,
  type UpdateMode,
} from '../../src/index.ts';
import { blobs } from '../data.ts';
import { distance, largest as largestOf } from '../distance.ts';
import { step } from '../gradient-step.ts';
import { largest, sums } from '../hidden-choice.ts';
import { forward, numericGradient, referenceOf } from '../reference.ts';
import { Spy, type Choice } from '../spy.ts';
import { create, fit } from '../training.ts';

const [ROWS, UNITS, COUNT] = [200, 80, 8];
const family = simHash({ bits: 3, tables: 20 });

/** Rows that are much alike, so that the same few units have the highest products with all of them. */
const alike: DenseExamples = (() => {
  const random = randomStream(1, 'alike');
  const common = Array.from({ length: 12 }, () => random.normal());
  const inputs = Float32Array.from({ length: ROWS * 12 }, (_, i) => common[i % 12] + 0.3 * random.normal());
  return { rows: ROWS, columns: 12, inputs, labels: Int32Array.from({ length: ROWS }, (_, row) => row % 3) };
})();

/** How often each unit was chosen. */
function usage({ active }: Choice, units = UNITS): number[] {
  const times = Array.from({ length: units }, () => 0);
  for (const unit of active.flat()) times[unit]++;
  return times;
}

/** What a layer of 80 units chooses for all rows after training; weights stay as they are unless there is a rate. */
async function chosenAfter(select: SelectorSpec, epochs = 30, rate = 1e-30): Promise<Choice> {
  const spy = new Spy();
  const spec = network(12, [hidden(UNITS, spy.on(select)), softmax(3)], sgd({ rate }));
  using net = await create(spec, alike, { batchSize: 20 });
  await fit(net, alike, epochs);
  const choices = spy.choices.length;
  net.evaluate(alike, { pass: 'sparse' });
  return { ...spy.last, active: spy.choices.slice(choices).flatMap(({ active }) => active) };
}

/** The sum of squares: least where all units are chosen alike. */
const squares = (times: readonly number[]): number => times.reduce((sum, count) => sum + count ** 2, 0);
const dead = (times: readonly number[]): number => times.filter((count) => count === 0).length;

describe('balance is reached where inputs are alike', () => {
  const size = { count: COUNT };
  const selectors: readonly (readonly [string, (balance?: BalanceSpec) => SelectorSpec])[] = [
    ['topK', (balance) => topK({ ...size, ...(balance && { balance }) })],
    ['signatures', (balance) => signatures({ ...size, bits: 1024, ...(balance && { balance }) })],
    ['lsh', (balance) => lsh({ ...size, family, ...(balance && { balance }) })],
  ];

  test.for(selectors)('%s', async ([, select]) => {
    const without = usage(await chosenAfter(select(), 1));
    expect(dead(without)).toBeGreaterThan(0.4 * UNITS);
    const mean = (ROWS * COUNT) / UNITS;
    const biased = usage(await chosenAfter(select(balanceByBias({ rate: 0.01 })), 60));
    // A unit that collides with no row is not found by tables.
    expect(dead(biased)).toBeLessThanOrEqual(2);
    expect(Math.max(...biased)).toBeLessThan(4 * mean);
    // A boost cannot help units whose products are negative: half of them, for rows that are alike.
    const boosting = balanceByBoosting({ strength: 20, period: 200 });
    const boosted = usage(await chosenAfter(select(boosting), 60));
    expect(dead(boosted)).toBeLessThan(0.75 * dead(without));
    expect(Math.max(...boosted)).toBeLessThan(0.75 * ROWS);
  });

  test('by the loss, as the weights learn', async () => {
    const [without, balanced] = [
      usage(await chosenAfter(topK(size), 40, 0.05)),
      usage(await chosenAfter(topK({ ...size, balance: balanceByLoss({ weight: 1 }) }), 40, 0.05)),
    ];
    // The loss itself: it is least where all units are chosen alike.
    expect(squares(balanced)).toBeLessThan(0.7 * squares(without));
    expect(dead(balanced)).toBeLessThan(dead(without));
  });
});

/** What one layer chose in each training step, and what the balance then was. */
async function watch(
  select: SelectorSpec,
  epochs = 3,
): Promise<{
  choices: readonly Choice[];
  state: ReturnType<NonNullable<Spy['selector']>['state'] & object>;
}> {
  const spy = new Spy();
  using net = await create(
    network(12, [hidden(UNITS, spy.on(select)), softmax(3)], sgd({ rate: 1e-30 })),
    alike,
    { batchSize: 50 },
  );
  await fit(net, alike, epochs);
  const state = structuredClone(spy.selector!.state!());
  net.evaluate(alike, { pass: 'sparse' });
  // An evaluation changes nothing.
  expect(spy.selector!.state!()).toEqual(state);
  return { choices: spy.choices, state };
}

describe('the rules', () => {
  test('biases move by the rate, against the deviation from the mean, and keep the mean 0', async () => {
    const rate = 2 ** -7;
    const { choices, state } = await watch(topK({ count: COUNT, balance: balanceByBias({ rate }) }));
    const biases = new Float64Array(UNITS);
    const training = choices.filter((choice) => choice.training);
    expect(training).toHaveLength(12);
    for (const choice of training) {
      const mean = (50 * COUNT) / UNITS;
      usage(choice).forEach((times, u) => (biases[u] += rate * Math.sign(mean - times)));
      const shift = biases.reduce((sum, bias) => sum + bias, 0) / UNITS;
      for (let u = 0; u < UNITS; u++) biases[u] -= shift;
    }
    const found = state.arrays!['balance'] as Float32Array;
    for (const [u, bias] of biases.entries()) expect(found[u]).toBeCloseTo(bias, 5);
  });

  test('duty cycles are a running mean, over what there was at the start', async () => {
    const balance = balanceByBoosting({ strength: 5, period: 120 });
    const { choices, state } = await watch(topK({ count: COUNT, balance }));
    const cycles = new Float64Array(UNITS);
    let seen = 0;
    for (const choice of choices.filter(({ training }) => training)) {
      seen += 50;
      const part = 50 / Math.min(120, seen);
      usage(choice).forEach((times, u) => (cycles[u] += part * (times / 50 - cycles[u])));
    }
    const found = state.arrays!['dutyCycles'] as Float64Array;
    for (const [u, cycle] of cycles.entries()) expect(found[u]).toBeCloseTo(cycle, 12);
    expect(state.values).toEqual({ seen: 600 });
  });

  test.for<
    [string, BalanceSpec, (state: Float32Array | Float64Array) => (score: number, u: number) => number]
  >([
    ['biases', balanceByBias({ rate: 0.02 }), (biases) => (score, u) => score + biases[u]],
    [
      'boosts',
      balanceByBoosting({ strength: 9 }),
      (cycles) => (score, u) => score * Math.exp(9 * (COUNT / UNITS - cycles[u])),
    ],
  ])(
    'topK chooses exactly the highest sums with their %s, in an evaluation too',
    async ([, balance, weighed]) => {
      const spy = new Spy();
      const spec = network(12, [hidden(UNITS, spy.on(topK({ count: COUNT, balance }))), softmax(3)]);
      using net = await create(spec, alike);
      await fit(net, alike, 20);
      net.evaluate(alike, { pass: 'sparse' });
      const [layer] = referenceOf(net);
      const state = spy.selector!.state!().arrays!;
      const score = weighed((state['balance'] ?? state['dutyCycles']) as Float32Array);
      let different = 0;
      for (const [s, input] of spy.last.inputs.entries()) {
        const plain = sums(layer, input);
        const expected = plain.map(score);
        const lowest = Math.min(...spy.last.active[s].map((u) => expected[u]));
        // Sums in 32-bit floats may order near equals differently.
        expect(expected.filter((sum, u) => sum > lowest + 1e-5 && !spy.last.active[s].includes(u))).toEqual(
          [],
        );
        different += Number(String(largest(plain, COUNT)) !== String(spy.last.active[s]));
      }
      expect(different).toBeGreaterThan(ROWS / 2);
    },
  );

  test.for<[string, (balance?: BalanceSpec) => SelectorSpec]>([
    ['signatures', (balance) => signatures({ count: COUNT, bits: 128, ...(balance && { balance }) })],
    ['lsh', (balance) => lsh({ count: COUNT, family, ...(balance && { balance }) })],
    [
      'lsh of two collisions, padded',
      (balance) => lsh({ count: 30, family, minCollisions: 2, pad: 'uniform', ...(balance && { balance }) }),
    ],
  ])('%s with a balance that weighs nothing choose as without', async ([, select]) => {
    const plain = await chosenAfter(select(), 2);
    for (const balance of [balanceByBias({ rate: 1e-30 }), balanceByBoosting({ strength: 1e-30 })]) {
      expect((await chosenAfter(select(balance), 2)).active).toEqual(plain.active);
    }
  });

  test('lsh ranks what it meets by the share of tables and the bias, and finds no more than that', async () => {
    const select = lsh({ count: COUNT, family, balance: balanceByBias({ rate: 1e-30 }) });
    const spy = new Spy();
    using net = await create(network(12, [hidden(UNITS, spy.on(select)), softmax(3)]), alike);
    net.evaluate(alike, { pass: 'sparse' });
    const before = spy.last.active;
    const state = spy.selector!.state!();
    // As good as five tables more.
    const balance = Float32Array.from({ length: UNITS }, (_, u) => (u === 7 ? 0.25 : 0));
    spy.selector!.restore!({ ...state, arrays: { ...state.arrays, balance } });
    net.evaluate(alike, { pass: 'sparse' });
    const after = spy.last.active;
    const [then, now] = [before, after].map((lists) => lists.filter((list) => list.includes(7)).length);
    expect(now).toBeGreaterThan(then);
    // All others keep their order: one of them makes room for it.
    for (const [s, list] of after.entries()) {
      const others = before[s].filter((u) => u !== 7 && !list.includes(u));
      expect(others.length).toBe(Number(list.includes(7) && !before[s].includes(7)));
    }
    spy.selector!.restore!({ ...state, arrays: { ...state.arrays, balance: balance.map((x) => 1000 * x) } });
    net.evaluate(alike, { pass: 'sparse' });
    const met = spy.last.active.filter((list) => list.includes(7)).length;
    expect(met).toBeGreaterThanOrEqual(now);
    expect(met).toBeLessThanOrEqual(ROWS);
  });
});

/** weight * units * sum of f p, the softmax over what each sample gives. */
function auxiliary(
  outputs: readonly Float64Array[],
  chosen: readonly (readonly number[])[],
  given: readonly (readonly number[])[],
  units: number,
): number {
  const times = usage({ active: chosen } as unknown as Choice, units);
  const total = times.reduce((sum, count) => sum + count, 0);
  const terms = outputs.map((y, s) => {
    const sum = given[s].reduce((all, u) => all + Math.exp(y[u]), 0);
    return given[s].reduce((all, u) => all + (times[u] / total) * (Math.exp(y[u]) / sum), 0);
  });
  return (0.7 * units * terms.reduce((sum, term) => sum + term, 0)) / outputs.length;
}

describe('the auxiliary loss', () => {
  const balance = balanceByLoss({ weight: 0.7 });

  test.for<[string, UpdateMode, LayerSpec[]]>([
    [
      'ReLU after tanh',
      'neuron',
      [hidden(9, undefined, { activation: 'tanh' }), hidden(18, topK({ count: 5, balance })), softmax(7)],
    ],
    [
      'sigmoid, by tables',
      'neuron',
      [
        hidden(18, lsh({ count: 6, family: simHash({ bits: 2, tables: 9 }), balance }), {
          activation: 'sigmoid',
        }),
        softmax(7),
      ],
    ],
    ['shared units', 'union', [hidden(30, signatures({ count: 4, bits: 64, balance })), softmax(7)]],
  ])('has the gradient of finite differences: %s', async ([, mode, layers]) => {
    const examples = blobs({ rows: 9, columns: 11, classes: 7 });
    const at = layers.length - 2;
    const { reference, gradients, meanLoss, spies } = await step(examples, layers, 3, {}, mode);
    const { inputs, active } = spies[at].last;
    const given = mode === 'union' ? active.map(() => [...new Set(active.flat())]) : active;
    const seen = spies[at].last.inputs.length;
    expect(seen).toBe(9);
    // Inputs of the layer as functions of the weights below it.
    const rows = inputs.map((x, s) => (at === 0 ? x : rowOf(examples, x, reference[0], s)));
    const whole = (): number => {
      const outputs = rows.map((row, s) => {
        let x: ArrayLike<number> = row;
        for (const layer of reference.slice(0, at)) x = forward(layer, x, undefined);
        return forward(reference[at], x, given[s]);
      });
      return meanLoss() + auxiliary(outputs, active, given, layers[at].units);
    };
    for (const [l, layer] of reference.entries()) {
      for (const part of ['weights', 'bias'] as const) {
        const expected = numericGradient(layer[part], whole);
        expect(distance(gradients[l][part], expected)).toBeLessThan(1e-5);
        expect(largestOf(expected)).toBeGreaterThan(1e-3);
      }
    }
    // It is not the loss that is trained by alone.
    const plain = numericGradient(reference[at].weights, meanLoss);
    expect(distance(gradients[at].weights, plain)).toBeGreaterThan(1e-3);
  });

  test('is not reported, and is 0 where all units fire alike', async () => {
    const examples = blobs({ rows: 9, columns: 11, classes: 7 });
    const [with_, without] = [
      await step(examples, hiddenBy(topK({ count: 5, balance }))),
      await step(examples, hiddenBy(topK({ count: 5 }))),
    ];
    expect(with_.loss).toBe(without.loss);
    const alone = [
      await step(examples, hiddenBy(topK({ count: 18, balance }))),
      await step(examples, hiddenBy(topK({ count: 18 }))),
    ];
    expect(distance(alone[0].gradients[0].weights, alone[1].gradients[0].weights)).toBeLessThan(1e-6);
  });
});

function hiddenBy(select: SelectorSpec): LayerSpec[] {
  return [hidden(18, select), softmax(7)];
}

/** The row whose output of the first layer is `x`. */
function rowOf(
  { inputs, columns, rows }: DenseExamples,
  x: Float32Array,
  layer: ReturnType<typeof referenceOf>[number],
  sample: number,
): Float32Array {
  const all = Array.from({ length: rows }, (_, row) => inputs.subarray(row * columns, (row + 1) * columns));
  const found = all.find((row) => forward(layer, row, undefined).every((y, u) => Math.abs(y - x[u]) < 1e-5));
  if (!found) throw new Error(`No row gives the input of sample ${sample}.`);
  return found;
}

function layersWith(balance: BalanceSpec): LayerSpec[] {
  return [hidden(20, topK({ count: 5, balance })), softmax(3)];
}

describe('refuses', () => {
  test.for<[BalanceSpec, string]>([
    [balanceByBias({ rate: 0 }), 'Layer 1: topK: rate of balance is above 0; got 0.'],
    [balanceByBias({ rate: NaN }), 'rate of balance is above 0; got NaN.'],
    [balanceByBoosting({ strength: -1 }), 'strength of balance is above 0; got -1.'],
    [
      balanceByBoosting({ strength: 1000 }),
      'strength of balance times the share of units that fire is at most 80; got 1000 times 0.25.',
    ],
    [balanceByBoosting({ period: 0.5 }), 'period of balance is a number of samples, 1 or more; got 0.5.'],
    [balanceByLoss({ weight: Infinity }), 'weight of balance is above 0; got Infinity.'],
    [
      { kind: 'luck' } as never,
      'topK: balance is balanceByBias(...), balanceByBoosting(...) or balanceByLoss(...); got {"kind":"luck"}.',
    ],
    [null as never, 'got null.'],
  ])('%o', ([balance, message]) => {
    expect(() => network(4, layersWith(balance))).toThrow(message);
  });

  test('outputs, ranks that there are not, and a loss where samples are trained one by one', () => {
    const balance = balanceByLoss();
    expect(() => network(4, [softmax(9, topK({ count: 5, balance }))])).toThrow(
      'Layer 1 is the last: topK with balance is for hidden layers; leave balance out.',
    );
    const union = lsh({ count: 5, family, rank: 'union', balance: balanceByBias() });
    expect(() => network(4, [hidden(20, union), softmax(3)])).toThrow(
      "Layer 1: lsh: balance by 'bias' changes how units rank, and rank 'union' ranks none: use 'count', or balanceByLoss().",
    );
    for (const updateMode of ['sample', 'hogwild'] as const) {
      expect(() => network(4, layersWith(balance), sgd({ rate: 1 }), { updateMode })).toThrow(
        `Layer 1: topK with balanceByLoss cannot be trained in the update mode '${updateMode}': its loss is of a batch, and ` +
          "samples are trained one by one. Use the update mode 'neuron' or 'union'.",
      );
      expect(() => network(4, layersWith(balanceByBias()), sgd({ rate: 1 }), { updateMode })).not.toThrow();
    }
  });
});
