import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  all,
  clusters,
  hidden,
  inBatch,
  lowRank,
  lsh,
  network,
  random,
  retrieve,
  sgd,
  signatures,
  softmax,
  topK,
  type RetrieveSpec,
  type SelectorSpec,
} from '../../../src/index.ts';
import { bags, blobs, copies } from '../../data.ts';
import { estimate } from '../../moments.ts';
import { forward, referenceOf } from '../../reference.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const classes = 60;
const frequencies = Array.from({ length: classes }, (_, c) => 1 + ((c * 37) % 61));
const dense = blobs({ rows: 50, columns: 20, classes: 5 });
const one = dense.inputs.slice(0, 20);

const finders: readonly (readonly [string, SelectorSpec])[] = [
  ['topK', topK({})],
  ['signatures', signatures({ bits: 64 })],
  ['lowRank', lowRank({ rank: 4 })],
  ['lsh', lsh({ family: simHash({ bits: 3, tables: 8 }) })],
  ['clusters', clusters({ probes: 2 })],
];

/** The draws of `rows` samples of one input with the label 7, and the logits of all classes. */
async function draws(
  select: SelectorSpec,
  rows: number,
): Promise<{ readonly spy: Spy; readonly logits: Float64Array }> {
  const examples = copies(one, 7, rows);
  const spy = new Spy();
  const layers = [hidden(16), softmax(classes, spy.on(select))];
  using net = await create(network(20, layers, sgd({ rate: 1e-30 })), examples, { batchSize: rows });
  await fit(net, examples);
  const [first, second] = referenceOf(net);
  return { spy, logits: forward(second, forward(first, one, undefined), undefined) };
}

function descending(logits: Float64Array): number[] {
  return [...logits.keys()].toSorted((a, b) => logits[b] - logits[a]);
}

describe.each(finders)('by %s', (_, by) => {
  test.for<[string, Partial<RetrieveSpec>]>([
    ['uniform', {}],
    ['by frequency', { pad: 'frequency', frequencies }],
  ])('the partition function is right in the mean, the rest %s', async ([, rest]) => {
    const { spy, logits } = await draws(retrieve({ count: 16, hard: 6, by, ...rest }), 4000);
    const exact = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    const estimates = spy.last.active.map((ids, s) =>
      ids.reduce((sum, id, i) => sum + Math.exp(logits[id] + (spy.last.corrections?.[s][i] ?? NaN)), 0),
    );
    const { mean, margin } = estimate(estimates);
    expect(Math.abs(mean - exact)).toBeLessThan(margin + 1e-5 * exact);
    expect(margin).toBeLessThan(0.05 * exact);
  });

  test('has the label and what was found, uncorrected, then others, each once', async () => {
    const { spy } = await draws(retrieve({ count: 16, hard: 6, by }), 400);
    const [first] = spy.last.active;
    const certain = spy.last.corrections?.[0].filter((correction) => correction === 0).length ?? 0;
    expect(certain).toBeGreaterThan(1);
    expect(certain).toBeLessThanOrEqual(7);
    for (const [s, ids] of spy.last.active.entries()) {
      expect(ids[0]).toBe(7);
      expect(ids.slice(0, certain)).toEqual(first.slice(0, certain));
      expect(new Set(ids).size).toBe(16);
      const drawn = spy.last.corrections?.[s].slice(certain);
      expect(drawn).toEqual(
        Array(16 - certain).fill(Math.fround(Math.log((classes - certain) / (16 - certain)))),
      );
    }
    expect(new Set(spy.last.active.map(String)).size).toBeGreaterThan(300);
  });
});

test('by topK it has the classes with the highest logits of all', async () => {
  const { spy, logits } = await draws(retrieve({ count: 16, hard: 6, by: topK({}) }), 50);
  const best = new Set([7, ...descending(logits).slice(0, 6)]);
  for (const ids of spy.last.active) expect(new Set(ids.slice(0, best.size))).toEqual(best);
  expect(best.size).toBeGreaterThanOrEqual(6);
});

test('labels take places of the rest, and of what is found only where there are no others', async () => {
  const rows = bags({ rows: 60, columns: 80, classes, mostLabels: 8 });
  const spy = new Spy();
  const select = retrieve({ count: 8, hard: 7, by: topK({}) });
  using net = await create(network(80, [hidden(16), softmax(classes, spy.on(select))]), rows);
  net.step(rows);
  for (const [s, ids] of spy.last.active.entries()) {
    const labels = [...rows.labels.subarray(rows.labelOffsets![s], rows.labelOffsets![s + 1])];
    expect(ids.slice(0, labels.length)).toEqual(labels);
    expect(new Set(ids).size).toBe(8);
  }
});

test('an evaluation has what is found and always the same others, ascending, and changes nothing', async () => {
  const spy = new Spy();
  const select = retrieve({ count: 20, hard: 5, by: topK({}) });
  using net = await create(network(20, [hidden(8), softmax(classes, spy.on(select))]), dense);
  net.evaluate(dense, { pass: 'sparse' });
  net.evaluate(dense, { pass: 'sparse' });
  const [before, after] = spy.choices;
  expect(after.active).toEqual(before.active);
  expect(before.corrections).toBeUndefined();
  const [first, second] = referenceOf(net);
  for (const [s, ids] of before.active.entries()) {
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    expect(ids).toHaveLength(20);
    const input = dense.inputs.subarray(20 * s, 20 * s + 20);
    const best = descending(forward(second, forward(first, input, undefined), undefined)).slice(0, 5);
    expect(ids).toEqual(expect.arrayContaining(best));
  }
});

test('shared samples have the same draws beside what is found for each', async () => {
  const spy = new Spy();
  const select = retrieve({ count: 20, hard: 2, by: topK({}), shared: 10 });
  using net = await create(network(20, [hidden(8), softmax(classes, spy.on(select))]), dense);
  await fit(net, dense);
  for (let s = 0; s < 50; s += 10) {
    // 17 to 18 draws, and one more for each that a sample has already.
    const drawn = spy.last.active.slice(s, s + 10).map((ids) => ids.slice(3));
    expect(new Set(drawn.flat()).size).toBeLessThan(24);
  }
});

test('the report says what share was drawn', async () => {
  const select = retrieve({ count: 10, hard: 4, by: topK({}) });
  const rows = { ...dense, labels: new Int32Array(50).fill(7) };
  using net = await create(network(20, [hidden(8), softmax(classes, select)], sgd({ rate: 1e-30 })), rows);
  const [{ paddedShare }] = await fit(net, rows);
  // A label is one more, or one of the four.
  expect(paddedShare).toBeGreaterThanOrEqual(0.5);
  expect(paddedShare).toBeLessThanOrEqual(0.6);
});

test.for<[SelectorSpec, string]>([
  [
    retrieve({ count: 6, hard: 6, by: topK({}) }),
    'retrieve: hard is an integer from 1 to below the 6 active units; got 6.',
  ],
  [
    retrieve({ count: 6, hard: 0, by: topK({}) }),
    'retrieve: hard is an integer from 1 to below the 6 active units; got 0.',
  ],
  [
    retrieve({ count: 6, hard: 2, by: topK({ count: 3 }) }),
    'retrieve: how many units topK finds is `hard`, 2; leave count and fraction out of `by`.',
  ],
  [
    retrieve({ count: 6, hard: 2, by: random({ logQ: true }) }),
    'retrieve: `by` is a selector that chooses by the weights; random corrects logits by logQ.',
  ],
  [
    retrieve({ count: 6, hard: 2, by: inBatch({}) }),
    'retrieve: `by` is a selector that chooses by the weights; inBatch chooses by labels.',
  ],
  [
    retrieve({ count: 6, hard: 2, by: all() }),
    'retrieve: `by` is a selector that chooses by the weights; all does not find single units.',
  ],
  [
    retrieve({ count: 6, hard: 2, by: retrieve({ hard: 1, by: topK({}) }) }),
    'retrieve: `by` is a selector that chooses by the weights; retrieve does not find single units.',
  ],
  [
    retrieve({ count: 6, hard: 2, by: topK({}), pad: false }),
    "retrieve: pad is 'uniform', 'frequency' or 'batch': found units alone are biased.",
  ],
  [
    retrieve({ count: 6, hard: 2, by: topK({}), pad: 'frequency', frequencies: [1] }),
    "retrieve: frequencies are numbers, one for each of the layer's 60 units; got 1.",
  ],
  [
    retrieve({ count: 6, hard: 2, by: topK({}), power: 1 }),
    "retrieve: power is a number that goes with pad 'frequency'; got 1.",
  ],
  [
    retrieve({ count: 6, hard: 2, by: topK({}), shared: 0 }),
    'retrieve: shared is a number of samples, from 1 to 2147483647; got 0.',
  ],
  [
    retrieve({ count: 6, hard: 2, by: signatures({ bits: 3 }) }),
    'signatures: bits is a multiple of 64, 64 to 8192; got 3.',
  ],
])('nonsense is refused: %#', ([select, message]) => {
  expect(() => network(20, [softmax(classes, select)])).toThrow(`Layer 1: ${message}`);
});
