import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  fixed,
  hidden,
  lsh,
  network,
  random,
  sgd,
  softmax,
  topK,
  type SelectorSpec,
} from '../../src/index.ts';
import { bags, blobs, copies } from '../data.ts';
import { forward, referenceOf } from '../reference.ts';
import { Spy } from '../spy.ts';
import { create, fit, snapshot } from '../training.ts';

const dense = blobs({ rows: 50, columns: 20, classes: 5 });

function ascending(list: readonly number[]): boolean {
  return list.every((id, i) => i === 0 || id > list[i - 1]);
}

describe('topK', () => {
  test.for([1, 2, 7, 39, 40])('chooses exactly the %i units with the highest activations', async (count) => {
    const spy = new Spy();
    using net = await create(network(20, [hidden(40, spy.on(topK({ count }))), softmax(5)]), dense);
    await fit(net, dense, 3);
    net.evaluate(dense, { pass: 'sparse' });
    const [layer] = referenceOf(net);
    const { inputs, active } = spy.last;
    for (const [s, x] of inputs.entries()) {
      const z = forward({ ...layer, activation: 'linear' }, x, undefined);
      const order = [...z.keys()].toSorted((a, b) => z[b] - z[a]);
      expect(active[s]).toEqual(order.slice(0, count).toSorted((a, b) => a - b));
    }
  });

  test('does so for sparse inputs and after a layer that selects', async () => {
    const examples = bags({ rows: 50, columns: 200, classes: 5 });
    const [first, second] = [new Spy(), new Spy()];
    const layers = [
      hidden(60, first.on(topK({ count: 5 }))),
      hidden(30, second.on(topK({ count: 4 }))),
      softmax(5),
    ];
    using net = await create(network(200, layers), examples);
    net.evaluate(examples, { pass: 'sparse' });
    const reference = referenceOf(net);
    for (const [l, spy] of [first, second].entries()) {
      for (const [s, x] of spy.last.inputs.entries()) {
        const z = forward({ ...reference[l], activation: 'linear' }, x, undefined);
        const chosen = spy.last.active[s];
        const lowest = Math.min(...chosen.map((u) => z[u]));
        // Sums in 32-bit floats may order near equals differently.
        expect([...z.keys()].filter((u) => z[u] > lowest + 1e-5 && !chosen.includes(u))).toEqual([]);
        expect(new Set(chosen).size).toBe(l === 0 ? 5 : 4);
      }
    }
  });
});

describe('random', () => {
  const units = 40;
  const count = 10;

  /** The active sets of 4,000 samples of training. */
  async function draw(seed: number): Promise<(readonly number[])[]> {
    const spy = new Spy();
    const spec = network(20, [hidden(units, spy.on(random({ count }))), softmax(5)]);
    using net = await create(spec, dense, { seed, batchSize: 30 });
    await fit(net, dense, 80);
    return spy.choices.flatMap(({ active }) => active);
  }

  test('is uniform over units, and new for each sample of each step', async () => {
    const sets = await draw(1);
    expect(sets.length).toBe(4000);
    const times = new Float64Array(units);
    for (const set of sets) {
      expect(ascending(set) && set.length === count).toBe(true);
      for (const id of set) times[id]++;
    }
    // Each count is binomial. The sum of their squared deviations, in variances, is about chi-square with 39 degrees of
    // freedom times 40 / 39: within 4 of its standard deviations.
    const p = count / units;
    const deviation = Math.sqrt(sets.length * p * (1 - p));
    const square = times.reduce((sum, c) => sum + ((c - sets.length * p) / deviation) ** 2, 0);
    expect(Math.abs(square - units)).toBeLessThan(4 * Math.sqrt(2 * units));
    // Of 8e8 sets, no two of 4,000 are the same; and what two samples share is what chance gives.
    expect(new Set(sets.map(String)).size).toBeGreaterThan(3990);
    const shared = sets.slice(1).map((set, s) => set.filter((id) => sets[s].includes(id)).length);
    const mean = shared.reduce((sum, c) => sum + c, 0) / shared.length;
    // Hypergeometric: mean 2.5, variance 10 (1/4) (3/4) (30/39) = 1.44.
    expect(Math.abs(mean - 2.5)).toBeLessThan(4 * Math.sqrt(1.44 / shared.length));
    expect(await draw(2)).not.toEqual(sets);
  });

  test.for([true, false])('keeps the expectation of activations (training: %o)', async (training) => {
    const spy = new Spy();
    // A rate so small that the step changes nothing.
    const layers = [hidden(units, spy.on(random({ count }))), softmax(5)];
    const rows = copies(dense.inputs.slice(0, 20), 1, 4000);
    using net = await create(network(20, layers, sgd({ rate: 1e-30 })), rows, { batchSize: 4000 });
    if (training) await fit(net, rows);
    else net.evaluate(rows, { pass: 'sparse' });
    const sums = new Float64Array(units);
    const { values } = spy;
    for (const [s, set] of spy.last.active.entries()) {
      for (const [i, id] of set.entries()) sums[id] += values[s][i];
    }
    const exact = forward(referenceOf(net)[0], dense.inputs.slice(0, 20), undefined);
    // A unit's activation is y / p with probability p, else 0: its standard deviation is y sqrt(1 / p - 1).
    const p = count / units;
    for (const [u, y] of exact.entries()) {
      const deviation = (y * Math.sqrt(1 / p - 1)) / Math.sqrt(rows.rows);
      expect(Math.abs(sums[u] / rows.rows - y)).toBeLessThanOrEqual(4 * deviation);
    }
  });
});

/** The active set of `layer`, which must be the only one. */
async function subset(seed: number, layer: number): Promise<readonly number[]> {
  const spies = [new Spy(), new Spy()];
  const layers = spies.map((spy) => hidden(40, spy.on(fixed({ fraction: 0.25 }))));
  using net = await create(network(20, [...layers, softmax(5)]), dense, { seed, batchSize: 20 });
  await fit(net, dense, 2);
  net.evaluate(dense, { pass: 'sparse' });
  const sets = spies[layer].choices.flatMap(({ active }) => active);
  expect(new Set(sets.map(String)).size).toBe(1);
  return sets[0];
}

describe('fixed', () => {
  test('is the same for all samples, in training and in evaluation', async () => {
    const once = await subset(1, 0);
    expect(once.length).toBe(10);
    expect(ascending(once)).toBe(true);
    expect(await subset(1, 0)).toEqual(once);
    expect(await subset(1, 1)).not.toEqual(once);
    expect(await subset(2, 0)).not.toEqual(once);
  });
});

describe('a training softmax', () => {
  const manyLabels = bags({ rows: 60, columns: 80, classes: 50, mostLabels: 4 });

  test.for<SelectorSpec>([random({ count: 6 }), fixed({ count: 6 }), topK({ count: 6 })])(
    'has its labels active first, whatever $kind chooses',
    async (select) => {
      const spy = new Spy();
      const spec = network(80, [hidden(16), softmax(50, spy.on(select))]);
      using net = await create(spec, manyLabels, { batchSize: 60 });
      await fit(net, manyLabels);
      net.evaluate(manyLabels, { pass: 'sparse' });
      const [training, evaluation] = spy.choices;
      const labelLists = Array.from(manyLabels.labelOffsets.subarray(0, -1), (offset, row) =>
        manyLabels.labels.subarray(offset, manyLabels.labelOffsets[row + 1]),
      );
      // The rows come in another order in training.
      const heads = labelLists.map(
        (labels) => training.active.filter((ids) => labels.every((id, i) => ids[i] === id)).length,
      );
      expect(Math.min(...heads)).toBeGreaterThan(0);
      for (const ids of training.active) expect(new Set(ids).size).toBe(6);
      // In an evaluation nobody knows the labels.
      const found = labelLists.filter((labels, row) =>
        labels.every((id) => evaluation.active[row].includes(id)),
      );
      expect(found.length).toBeLessThan(labelLists.length);
      for (const ids of evaluation.active) expect(ascending(ids)).toBe(true);
    },
  );

  test.for<SelectorSpec>([
    random({ count: 6 }),
    fixed({ count: 6 }),
    lsh({ count: 6, family: simHash({ bits: 2, tables: 9 }) }),
  ])('has a label that a row has twice active once ($kind)', async (select) => {
    const spy = new Spy();
    const row = {
      rows: 1,
      columns: 80,
      offsets: Int32Array.of(0, 3),
      ids: Int32Array.of(4, 9, 70),
      values: Float32Array.of(1, 2, 1),
      labelOffsets: Int32Array.of(0, 3),
      labels: Int32Array.of(7, 7, 3),
    };
    using net = await create(network(80, [hidden(16), softmax(50, spy.on(select))]), row);
    await fit(net, row);
    expect(spy.last.active[0].slice(0, 2)).toEqual([7, 3]);
    expect(new Set(spy.last.active[0]).size).toBe(spy.last.active[0].length);
  });
});

describe('logQ', () => {
  // One sample, many times over: what differs is the draw.
  const rows = copies(dense.inputs.slice(0, 20), 7, 3000);

  test('makes a sampled partition function right in the mean', async () => {
    const spy = new Spy();
    const layers = [hidden(16), softmax(60, spy.on(random({ count: 12, logQ: true })))];
    using net = await create(network(20, layers, sgd({ rate: 1e-30 })), rows, { batchSize: 3000 });
    await fit(net, rows);
    const { values, last } = spy;
    const estimates = values.map((logits, s) =>
      logits.reduce((sum, z, i) => sum + Math.exp(z + (last.corrections?.[s][i] ?? NaN)), 0),
    );
    const mean = estimates.reduce((sum, z) => sum + z, 0) / estimates.length;
    const variance = estimates.reduce((sum, z) => sum + (z - mean) ** 2, 0) / estimates.length;
    const [first, second] = referenceOf(net);
    const logits = forward(second, forward(first, rows.inputs.subarray(0, 20), undefined), undefined);
    const exact = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    expect(Math.abs(mean - exact)).toBeLessThan(4 * Math.sqrt(variance / estimates.length));
    // Of 59 classes that are no label 11 are drawn; the label stands for itself.
    expect(last.corrections?.[0][0]).toBe(0);
    for (const correction of last.corrections?.[0].slice(1) ?? []) {
      expect(correction).toBeCloseTo(Math.log(59 / 11), 6);
    }
  });

  test('is for training: it changes no evaluations', async () => {
    const last = new Spy();
    const select = random({ count: 12, logQ: true });
    using net = await create(network(20, [hidden(60), softmax(60, last.on(select))]), rows);
    await fit(net, rows);
    net.evaluate(rows, { pass: 'sparse' });
    const corrected = last.choices.filter(({ corrections }) => corrections);
    expect(corrected).toEqual(last.choices.filter(({ training }) => training));
  });
});

test('networks start from the same weights whatever selects, so that arms of a study start alike', async () => {
  using a = await create(network(20, [hidden(40), hidden(30), softmax(5, fixed({ count: 5 }))]), dense);
  using b = await create(
    network(20, [
      hidden(40, random({ count: 10 })),
      hidden(30, topK({ count: 5 })),
      softmax(5, fixed({ count: 5 })),
    ]),
    dense,
  );
  expect(snapshot(b)).toEqual(snapshot(a));
});
