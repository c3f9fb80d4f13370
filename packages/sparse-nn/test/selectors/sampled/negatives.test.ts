import { simHash } from '@hashgrad/lsh';
import { identity, simpleLsh } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import {
  frequency,
  hidden,
  inBatch,
  logUniform,
  lsh,
  network,
  sgd,
  sigmoidOutput,
  softmax,
  type SelectorSpec,
} from '../../../src/index.ts';
import { bags, blobs, copies } from '../../data.ts';
import { estimate } from '../../moments.ts';
import { forward, referenceOf } from '../../reference.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const dense = blobs({ rows: 50, columns: 20, classes: 5 });
const classes = 60;
const frequencies = Array.from({ length: classes }, (_, c) => 1 + ((c * 37) % 61));

/** Estimates of the partition function for one input and label, one a draw; and what they should be in the mean. */
async function partitions(
  select: SelectorSpec,
  correct: boolean,
): Promise<{ readonly estimates: readonly number[]; readonly exact: number; readonly spy: Spy }> {
  const rows = copies(dense.inputs.slice(0, 20), 7, 4000);
  const spy = new Spy();
  const layers = [hidden(16), softmax(classes, spy.on(select))];
  using net = await create(network(20, layers, sgd({ rate: 1e-30 })), rows, { batchSize: rows.rows });
  await fit(net, rows);
  const { values, last } = spy;
  const estimates = values.map((logits, s) =>
    logits.reduce((sum, z, i) => sum + Math.exp(z + (correct ? (last.corrections?.[s][i] ?? NaN) : 0)), 0),
  );
  const [first, second] = referenceOf(net);
  const logits = forward(second, forward(first, rows.inputs.subarray(0, 20), undefined), undefined);
  return { estimates, exact: logits.reduce((sum, z) => sum + Math.exp(z), 0), spy };
}

const samplers: readonly [string, (count: number, logQ?: boolean) => SelectorSpec][] = [
  ['logUniform', (count, logQ = true) => logUniform({ count, logQ })],
  ['frequency', (count, logQ = true) => frequency({ count, frequencies, logQ })],
  ['frequency^1.2', (count, logQ = true) => frequency({ count, frequencies, power: 1.2, logQ })],
];

describe.each(samplers)('%s', (_, spec) => {
  test.for([4, 12, 45, 59, 60])(
    'with logQ makes the partition function right in the mean: %i',
    async (count) => {
      const { estimates, exact, spy } = await partitions(spec(count), true);
      const { mean, margin } = estimate(estimates);
      expect(Math.abs(mean - exact)).toBeLessThan(margin + 1e-5 * exact);
      // Tight enough to tell from the sum of what was drawn.
      expect(margin).toBeLessThan((count < 12 ? 0.5 : 0.1) * exact);
      for (const [s, ids] of spy.last.active.entries()) {
        expect(ids[0]).toBe(7);
        expect(spy.last.corrections?.[s][0]).toBe(0);
        expect(new Set(ids).size).toBe(count);
      }
    },
  );

  test('without logQ takes logits as they are', async () => {
    const { estimates, exact, spy } = await partitions(spec(12, false), false);
    expect(spy.last.corrections).toBeUndefined();
    expect(Math.max(...estimates)).toBeLessThan(exact);
  });

  test('draws nothing twice, for evaluations ids ascending, always the same', async () => {
    const spy = new Spy();
    using net = await create(network(20, [hidden(8), softmax(classes, spy.on(spec(20)))]), dense);
    net.evaluate(dense, { pass: 'sparse' });
    await fit(net, dense, 2);
    net.evaluate(dense, { pass: 'sparse' });
    const [before, first, second, after] = spy.choices;
    expect(after.active).toEqual(before.active);
    expect(second.active).not.toEqual(first.active);
    expect(before.corrections).toBeUndefined();
    for (const ids of before.active) {
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
      expect(ids.length).toBe(20);
    }
  });
});

/** How often each class is the only negative of 4,000 samples, whose label is 7. */
async function drawnBy(select: SelectorSpec): Promise<Float64Array> {
  const { spy } = await partitions(select, false);
  const counts = new Float64Array(classes);
  for (const [, negative] of spy.last.active) counts[negative]++;
  return counts;
}

describe('the distribution', () => {
  test.for<[string, SelectorSpec, (c: number) => number]>([
    ['logUniform', logUniform({ count: 2 }), (c) => Math.log((c + 2) / (c + 1))],
    ['frequency^0.75', frequency({ count: 2, frequencies }), (c) => frequencies[c] ** 0.75],
    ['frequency^-1', frequency({ count: 2, frequencies, power: -1 }), (c) => 1 / frequencies[c]],
  ])('of %s is as documented, the label left out', async ([, select, weight]) => {
    const counts = await drawnBy(select);
    expect(counts[7]).toBe(0);
    const sum = Array.from(counts, (_, c) => (c === 7 ? 0 : weight(c))).reduce((a, b) => a + b, 0);
    const square = Array.from(counts, (count, c) => {
      const expected = (4000 * weight(c)) / sum;
      return c === 7 ? 0 : (count - expected) ** 2 / expected;
    }).reduce((a, b) => a + b, 0);
    // Chi squared with 58 degrees of freedom.
    expect(Math.abs(square - 58)).toBeLessThan(4 * Math.sqrt(2 * 58));
  });
});

test('shared samples have the same draws, beside labels of their own', async () => {
  const spy = new Spy();
  const select = frequency({ count: 9, frequencies, shared: 5 });
  const rows = { ...copies(dense.inputs.slice(0, 20), 7, 50), labels: Int32Array.from(Array(50).keys()) };
  using net = await create(network(20, [hidden(8), softmax(classes, spy.on(select))]), rows);
  await fit(net, rows);
  for (let s = 0; s < 50; s += 5) {
    const sets = spy.last.active.slice(s, s + 5).map(([, ...negatives]) => negatives);
    // Nine draws at most and one more for each label that was among them.
    expect(new Set(sets.flat()).size).toBeLessThanOrEqual(9);
  }
  expect(new Set(spy.last.active.flat()).size).toBeGreaterThan(40);
});

describe('inBatch', () => {
  const share = frequencies.map((f) => f / frequencies.reduce((a, b) => a + b, 0));

  /** Rows of the same input whose labels are drawn by the frequencies; `first` is that of the first. */
  function drawn(rows: number, random: () => number): Int32Array {
    return Int32Array.from({ length: rows }, () => {
      let u = random();
      return Math.max(
        0,
        share.findIndex((p) => (u -= p) < 0),
      );
    });
  }

  test.for([60, 9])('with logQ makes the partition function right in the mean (count %i)', async (count) => {
    // A network's forward pass does not depend on the others of the batch: only the labels do.
    const batch = 16;
    const steps = 1500;
    let state = 12345;
    const uniform = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const rows = {
      ...copies(dense.inputs.slice(0, 20), 7, batch * steps),
      labels: drawn(batch * steps, uniform),
    };
    const spy = new Spy();
    const select = inBatch({ count, logQ: true, frequencies });
    const layers = [hidden(16), softmax(classes, spy.on(select))];
    using net = await create(network(20, layers, sgd({ rate: 1e-30 })), rows, { batchSize: batch });
    await fit(net, rows);
    const [one, two] = referenceOf(net);
    const logits = forward(two, forward(one, rows.inputs.subarray(0, 20), undefined), undefined);
    const exact = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    const estimates = spy.choices.map(({ active, corrections, values }) =>
      (values ?? [])[0].reduce((sum, z, i) => {
        expect(Math.abs(z - logits[active[0][i]])).toBeLessThan(1e-4);
        return sum + Math.exp(z + (corrections?.[0][i] ?? NaN));
      }, 0),
    );
    const { mean, margin } = estimate(estimates);
    expect(Math.abs(mean - exact)).toBeLessThan(margin);
    expect(margin).toBeLessThan(0.2 * exact);
    for (const { active } of spy.choices) {
      for (const ids of active) expect(new Set(ids).size).toBe(ids.length);
      expect(Math.max(...active.map((ids) => ids.length))).toBeLessThanOrEqual(count);
    }
  });

  test('has the labels of the batch active for every sample, its own first', async () => {
    const rows = bags({ rows: 40, columns: 80, classes: 50, mostLabels: 3 });
    const spy = new Spy();
    using net = await create(
      network(80, [hidden(16), sigmoidOutput(50, spy.on(inBatch({ count: 50 })))]),
      rows,
    );
    await fit(net, rows);
    const union = [...new Set(rows.labels)].toSorted((a, b) => a - b);
    for (const ids of spy.last.active) expect(ids.toSorted((a, b) => a - b)).toEqual(union);
    net.evaluate(rows, { pass: 'sparse' });
    expect(spy.last.active.flat()).toEqual([]);
  });

  test('is for outputs, and refuses labels that should not occur', async () => {
    expect(() => network(20, [hidden(8, inBatch({ count: 4 })), softmax(5)])).toThrow(
      'Layer 1: inBatch chooses by the labels of a batch; it is for a softmax or sigmoid output.',
    );
    const select = inBatch({ count: 4, logQ: true, frequencies: [1, 1, 1, 0, 1] });
    using other = await create(network(20, [hidden(8), softmax(5, select)]), dense);
    await expect(fit(other, dense)).rejects.toThrow(
      'inBatch: a row has label 3, of which the frequencies say that it does not occur.',
    );
  });
});

describe("lsh with query: 'label'", () => {
  const tables = { family: simHash({ bits: 6, tables: 6 }), rehash: 1000, transform: identity() };

  test('finds the classes whose weights collide with those of the label', async () => {
    const [byLabel, byInput] = [new Spy(), new Spy()];
    const rows = bags({ rows: 60, columns: 80, classes: 50, mostLabels: 1 });
    const sets: (readonly number[])[] = [];
    for (const [spy, query] of [
      [byLabel, 'label'],
      [byInput, 'input'],
    ] as const) {
      const select = lsh({ count: 50, ...tables, query });
      using net = await create(network(80, [hidden(16), softmax(50, spy.on(select))]), rows);
      await fit(net, rows);
      if (query === 'label') sets.push(...spy.last.active);
      net.evaluate(rows, { pass: 'sparse' });
    }
    // What is found depends on the label only, and is mutual: u is found with v's weights if v is with u's.
    const found = new Map<number, ReadonlySet<number>>();
    for (const [label, ...others] of sets) {
      const set = new Set(others);
      expect(found.get(label) ?? set).toEqual(set);
      found.set(label, set);
    }
    expect(found.size).toBeGreaterThan(10);
    const mutual = [...found].flatMap(([label, set]) =>
      [...set].filter((other) => found.has(other)).map((other) => found.get(other)?.has(label)),
    );
    expect(new Set(mutual)).toEqual(new Set([true]));
    expect(Math.max(...Array.from(found.values(), ({ size }) => size))).toBeLessThan(49);
    // In an evaluation the input asks, as it always does with the other.
    expect(byLabel.last.active.length).toBe(byInput.last.active.length);
    expect(byLabel.last.active.some((ids) => ids.length > 0)).toBe(true);
  });

  test.for([identity(), simpleLsh()])(
    'finds what an input of the same direction finds ($kind)',
    async (transform) => {
      const spy = new Spy();
      const select = lsh({ count: 50, family: simHash({ bits: 5, tables: 6 }), transform, query: 'label' });
      const rows = blobs({ rows: 50, columns: 20, classes: 50 });
      using net = await create(network(20, [softmax(50, spy.on(select))], sgd({ rate: 1e-30 })), rows);
      await fit(net, rows);
      const sets = new Map(
        spy.last.active.map(([label, ...others]) => [label, others.toSorted((a, b) => a - b)]),
      );
      // So large that the input's coordinate for the bias, 1, has no weight beside them.
      const { values, stride } = net.weights(0);
      const labels = [...sets.keys()];
      const inputs = labels.flatMap((label) =>
        Array.from(values.subarray(label * stride, label * stride + 20), (w) => 1e6 * w),
      );
      const asked = {
        ...rows,
        rows: labels.length,
        inputs: Float32Array.from(inputs),
        labels: Int32Array.from(labels),
      };
      net.evaluate(asked, { pass: 'sparse' });
      expect(labels.length).toBeGreaterThan(20);
      for (const [i, label] of labels.entries()) {
        expect(spy.last.active[i].filter((id) => id !== label)).toEqual(sets.get(label));
      }
      expect(new Set([...sets.values()].map(String)).size).toBeGreaterThan(20);
    },
  );

  test('hashes nothing in training, and is for outputs', async () => {
    const select = lsh({ count: 50, ...tables, query: 'label' });
    using net = await create(network(20, [hidden(8), softmax(5, lsh({ ...select, count: 3 }))]), dense);
    const [report] = await fit(net, dense);
    expect(report.multiplyAdds.hashing).toBe(0);
    expect(() => network(20, [hidden(60, select), softmax(5)])).toThrow(
      "Layer 1: lsh with query 'label' chooses by the labels of a batch; it is for a softmax or sigmoid output.",
    );
  });
});

test('weights too uneven to draw so many units by are refused', async () => {
  const select = frequency({ count: 55, frequencies, power: 6 });
  await expect(create(network(20, [softmax(classes, select)]), dense)).rejects.toThrow(
    'frequency: 55 different units of 60 are too many to draw by such uneven probabilities: 6000 draws are expected to give',
  );
});

test.for<[() => SelectorSpec, string]>([
  [() => logUniform({}), 'Layer 1: logUniform: give either a fraction or a count of active units.'],
  [
    () => logUniform({ count: 61 }),
    "logUniform: count is an integer from 1 to the layer's 60 units; got 61.",
  ],
  [
    () => logUniform({ count: 6, shared: 0 }),
    'logUniform: shared is a number of samples, from 1 to 2147483647; got 0.',
  ],
  [
    () => frequency({ count: 6, frequencies: [1, 2] }),
    "frequency: frequencies are numbers, one for each of the layer's 60 units; got 2.",
  ],
  [
    () => frequency({ count: 6, frequencies: frequencies.with(4, 0) }),
    'frequency: a frequency is above 0; that of class 4 is 0. Give classes that never occur a small one.',
  ],
  [() => frequency({ count: 6, frequencies, power: NaN }), 'frequency: power is a number; got NaN.'],
  [() => inBatch({ count: 6, logQ: true }), 'inBatch: logQ needs frequencies, and they are for logQ only.'],
  [() => inBatch({ count: 6, rows: 9 }), 'inBatch: rows go with frequencies.'],
  [
    () => inBatch({ count: 6, logQ: true, frequencies: frequencies.with(4, -1) }),
    'inBatch: a frequency is 0 or more; that of class 4 is -1.',
  ],
  [
    () => inBatch({ count: 6, logQ: true, frequencies, rows: 60 }),
    'inBatch: rows are at least the largest frequency, 61; got 60.',
  ],
])('%s is refused', ([make, message]) => {
  expect(() => network(20, [softmax(classes, make())])).toThrow(message);
});
