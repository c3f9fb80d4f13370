/** How lists that tables leave short are filled up, and how logits are corrected for it. */
import { randomStream } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  hidden,
  lsh,
  network,
  sgd,
  sigmoidOutput,
  softmax,
  type DenseExamples,
  type LshSpec,
} from '../../src/index.ts';
import { bags, blobs, copies } from '../data.ts';
import { estimate } from '../moments.ts';
import { forward, referenceOf } from '../reference.ts';
import { Spy } from '../spy.ts';
import { create, fit } from '../training.ts';

const CLASSES = 60;
const dense = blobs({ rows: 50, columns: 20, classes: 5 });
const input = dense.inputs.slice(0, 20);
const frequencies = Array.from({ length: CLASSES }, (_, c) => 1 + ((c * 37) % 61));
/** Some ten of sixty collide. */
const tables = { family: simHash({ bits: 4, tables: 3 }), rehash: 1000 };

/** What was chosen in training for an input whose labels are given, in batches of so many; and all its logits. */
async function choose(
  select: LshSpec,
  labels: Int32Array,
  batchSize: number,
): Promise<{ readonly spy: Spy; readonly logits: Float32Array | number[] }> {
  const rows: DenseExamples = { ...copies(input, 7, labels.length), labels };
  const spy = new Spy();
  const layers = [hidden(16), softmax(CLASSES, spy.on(select))];
  using net = await create(network(20, layers, sgd({ rate: 1e-30 })), rows, { batchSize });
  await fit(net, rows);
  const [first, second] = referenceOf(net);
  return { spy, logits: Array.from(forward(second, forward(first, input, undefined), undefined)) };
}

/** Estimates of the partition function, one a list: logits corrected or not. */
function partitions(
  logits: ArrayLike<number>,
  active: readonly (readonly number[])[],
  corrections: readonly (readonly number[])[] | undefined,
): number[] {
  return active.map((ids, s) =>
    ids.reduce((sum, id, i) => sum + Math.exp(logits[id] + (corrections?.[s][i] ?? 0)), 0),
  );
}

const drawn = [
  ['uniform', {}],
  ['frequency', { frequencies }],
  ['frequency', { frequencies, power: -0.5 }],
] as const;

describe.each(drawn)("pad: '%s' %j", (pad, more) => {
  test.for([25, 45, 60])('with logQ makes the partition function right in the mean: %i', async (count) => {
    const select = lsh({ count, ...tables, pad, logQ: true, ...more });
    const labels = new Int32Array(4000).fill(7);
    const { spy, logits } = await choose(select, labels, 4000);
    const { active, corrections } = spy.last;
    const exact = Array.from(logits).reduce((sum, z) => sum + Math.exp(z), 0);
    const { mean, margin } = estimate(partitions(logits, active, corrections));
    expect(Math.abs(mean - exact)).toBeLessThan(margin + 1e-5 * exact);
    expect(margin).toBeLessThan(0.1 * exact);
    // Tight enough to tell from the sum of what is active.
    const plain = estimate(partitions(logits, active, undefined));
    expect(plain.mean < exact * (1 - 1e-5) - 2 * margin).toBe(count < CLASSES);
    for (const [s, ids] of active.entries()) {
      expect(ids[0]).toBe(7);
      expect(new Set(ids).size).toBe(count);
      // The label and what was found come first, and count as they are.
      const found = corrections![s].filter((each) => each === 0).length;
      expect(found).toBeGreaterThan(3);
      expect(corrections![s].slice(0, found)).toEqual(Array(found).fill(0));
    }
  });

  test('other units each time in training, the same in each evaluation', async () => {
    const spy = new Spy();
    const select = lsh({ count: 40, ...tables, pad, ...more });
    using net = await create(
      network(20, [hidden(8), softmax(CLASSES, spy.on(select))], sgd({ rate: 1e-30 })),
      dense,
    );
    net.evaluate(dense, { pass: 'sparse' });
    await fit(net, dense, 2);
    net.evaluate(dense, { pass: 'sparse' });
    const [before, first, second, after] = spy.choices;
    expect(after.active).toEqual(before.active);
    expect(second.active).not.toEqual(first.active);
    for (const ids of before.active) {
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
      expect(ids).toHaveLength(40);
    }
  });
});

test("pad: 'frequency' fills up by frequency to the power of 0.75", async () => {
  const { spy } = await choose(lsh({ count: 25, ...tables, pad: 'uniform' }), new Int32Array(50).fill(7), 50);
  const found = new Set(spy.last.active.reduce((both, ids) => both.filter((id) => ids.includes(id))));
  // One unit more than is found: which one goes by frequency alone.
  const select = lsh({ count: found.size + 1, ...tables, pad: 'frequency', frequencies });
  const { spy: one } = await choose(select, new Int32Array(4000).fill(7), 4000);
  const counts = new Float64Array(CLASSES);
  for (const ids of one.last.active) counts[ids.at(-1) as number]++;
  const rest = [...counts.keys()].filter((c) => !found.has(c));
  const sum = rest.reduce((total, c) => total + frequencies[c] ** 0.75, 0);
  const square = rest.reduce((total, c) => {
    const expected = (4000 * frequencies[c] ** 0.75) / sum;
    return total + (counts[c] - expected) ** 2 / expected;
  }, 0);
  const freedom = rest.length - 1;
  expect(Math.abs(square - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom));
});

describe("pad: 'batch'", () => {
  test.for([60, 18])('with logQ makes the partition function right in the mean: %i', async (count) => {
    const [batch, steps] = [16, 1500];
    const random = randomStream(5, 'labels');
    const all = frequencies.flatMap((f, c) => Array<number>(f).fill(c));
    const labels = Int32Array.from({ length: batch * steps }, () => all[random.integer(all.length)]);
    const select = lsh({ count, ...tables, pad: 'batch', logQ: true, frequencies });
    const { spy, logits } = await choose(select, labels, batch);
    const exact = Array.from(logits).reduce((sum, z) => sum + Math.exp(z), 0);
    // One sample of each batch: others have the same companions.
    const active = spy.choices.map((choice) => choice.active[0]);
    const corrections = spy.choices.map((choice) => choice.corrections![0]);
    const { mean, margin } = estimate(partitions(logits, active, corrections));
    expect(Math.abs(mean - exact)).toBeLessThan(margin);
    expect(margin).toBeLessThan(0.2 * exact);
    for (const ids of active) {
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeLessThanOrEqual(count);
    }
  });

  test('adds the labels of the batch to what was found, and nothing in an evaluation', async () => {
    const rows = bags({ rows: 40, columns: 80, classes: 50, mostLabels: 3 });
    const spies = [new Spy(), new Spy()];
    for (const [i, pad] of ([false, 'batch'] as const).entries()) {
      const layers = [hidden(16), sigmoidOutput(50, spies[i].on(lsh({ count: 50, ...tables, pad })))];
      using net = await create(network(80, layers), rows);
      const [report] = await fit(net, rows);
      expect(report.paddedShare > 0.2).toBe(pad === 'batch');
      net.evaluate(rows, { pass: 'sparse' });
    }
    const [[plain], [padded, evaluated]] = spies.map(({ choices }) => choices);
    const union = [...new Set(rows.labels)];
    for (const [s, ids] of padded.active.entries()) {
      const found = plain.active[s];
      expect(ids.slice(0, found.length)).toEqual(found);
      expect(ids.toSorted((a, b) => a - b)).toEqual(
        [...new Set([...found, ...union])].toSorted((a, b) => a - b),
      );
    }
    expect(Math.min(...evaluated.active.map(({ length }) => length))).toBeLessThan(20);
  });

  test('is for outputs', () => {
    expect(() => network(20, [hidden(8, lsh({ count: 4, ...tables, pad: 'batch' })), softmax(5)])).toThrow(
      "Layer 1: lsh with pad 'batch' chooses by the labels of a batch; it is for a softmax or sigmoid output.",
    );
  });
});

test.for<[Partial<LshSpec>, string]>([
  [{ pad: true as never }, "pad is false, 'uniform', 'frequency' or 'batch'; got true."],
  [{ logQ: true }, "logQ corrects the logits of padding; it needs pad, such as 'uniform'."],
  [
    { pad: 'frequency' },
    "frequencies go with pad 'frequency', and with pad 'batch' and logQ, which need them.",
  ],
  [{ pad: 'uniform', frequencies }, "frequencies go with pad 'frequency', and with pad 'batch' and logQ"],
  [{ pad: 'batch', logQ: true }, "frequencies go with pad 'frequency', and with pad 'batch' and logQ"],
  [{ pad: 'frequency', frequencies: [1] }, "one for each of the layer's 60 units; got 1."],
  [
    { pad: 'frequency', frequencies: frequencies.with(4, 0) },
    'a frequency is above 0; that of class 4 is 0.',
  ],
  [
    { pad: 'frequency', frequencies, power: NaN },
    "power is a number that goes with pad 'frequency'; got NaN.",
  ],
  [{ pad: 'uniform', power: 1 }, "power is a number that goes with pad 'frequency'; got 1."],
  [{ pad: 'batch', rows: 100 }, "rows go with pad 'batch' and logQ."],
  [
    { pad: 'batch', logQ: true, frequencies, rows: 60 },
    'rows are at least the largest frequency, 61; got 60.',
  ],
  [{ pad: 'uniform', shared: 0 }, 'shared is a number of samples, from 1 to 2147483647; got 0.'],
])('refuses %o', ([options, message]) => {
  expect(() => network(20, [softmax(CLASSES, lsh({ count: 9, ...tables, ...options }))])).toThrow(message);
});
