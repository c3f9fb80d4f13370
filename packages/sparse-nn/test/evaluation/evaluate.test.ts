import { rectangles } from '@hashgrad/datasets';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adam,
  all,
  hidden,
  lsh,
  network,
  random,
  sgd,
  softmax,
  topK,
  type SelectorSpec,
} from '../../src/index.ts';
import { bags, blobs, halves } from '../data.ts';
import { crossEntropy, forward, referenceOf } from '../reference.ts';
import { Spy } from '../spy.ts';
import { bits, create, fit } from '../training.ts';

const [train, held] = halves(blobs({ rows: 1500, columns: 32, classes: 10, apart: 0.9 }), 1200);

describe('what is learnable is learnt', () => {
  test.for<[string, SelectorSpec]>([
    ['all', all()],
    ['lsh', lsh({ fraction: 0.25, family: simHash({ bits: 4, tables: 10 }), rehash: 10 })],
    ['topK', topK({ fraction: 0.25 })],
    ['random', random({ fraction: 0.25 })],
  ])('ten clouds, hidden layer with %s', async ([, select]) => {
    using net = await create(network(32, [hidden(200, select), softmax(10)], adam({ rate: 3e-3 })), train, {
      batchSize: 64,
    });
    const reports = await fit(net, train, 6);
    expect(reports.at(-1)?.loss).toBeLessThan(0.5 * (reports[0]?.loss ?? 0));
    expect(net.evaluate(held).accuracy).toBeGreaterThan(0.9);
    expect(net.evaluate(held, { pass: 'sparse' }).accuracy).toBeGreaterThan(0.9);
    expect(net.evaluate(held).rows).toBe(300);
  });

  test('tall rectangles from wide ones', async () => {
    const { train: few, test: others } = rectangles({ train: 2000, test: 500, seed: 1 });
    const select = lsh({ fraction: 0.25, family: simHash({ bits: 5, tables: 10 }) });
    using net = await create(network(784, [hidden(200, select), softmax(2)], adam({ rate: 3e-3 })), few, {
      batchSize: 32,
    });
    await fit(net, few, 12);
    expect(net.evaluate(others, { pass: 'sparse' }).accuracy).toBeGreaterThan(0.85);
  });

  test('one of the labels of sparse rows, softmax with lsh', async () => {
    const rows = bags({ rows: 1500, columns: 400, classes: 120, mostLabels: 2 });
    const select = lsh({ count: 30, family: simHash({ bits: 4, tables: 60 }), rehash: 10 });
    using net = await create(network(400, [hidden(32), softmax(120, select)], adam({ rate: 0.01 })), rows, {
      batchSize: 64,
    });
    await fit(net, rows, 8);
    expect(net.evaluate(rows).accuracy).toBeGreaterThan(0.9);
    expect(net.evaluate(rows, { pass: 'sparse' }).accuracy).toBeGreaterThan(0.8);
  });
});

describe('accuracy and loss', () => {
  const examples = blobs({ rows: 45, columns: 12, classes: 4 });
  const row = (r: number): Float32Array => examples.inputs.subarray(r * 12, r * 12 + 12);

  test.for(['full', 'sparse'] as const)('are those of a plain %s pass', async (pass) => {
    const spies = [new Spy(), new Spy()];
    const layers = [
      hidden(30, spies[0].on(random({ count: 12 }))),
      hidden(20, spies[1].on(lsh({ count: 9, family: simHash({ bits: 3, tables: 6 }) }))),
      softmax(4),
    ];
    using net = await create(network(12, layers), examples, { batchSize: 45 });
    await fit(net, examples, 3);
    const { accuracy, loss, rows } = net.evaluate(examples, { pass });
    const reference = referenceOf(net, pass === 'sparse' ? [12 / 30] : []);
    let hits = 0;
    let total = 0;
    for (let r = 0; r < rows; r++) {
      let x: ArrayLike<number> = row(r);
      for (const [l, layer] of reference.entries()) {
        x = forward(layer, x, pass === 'sparse' ? spies[l]?.last.active[r] : undefined);
      }
      const logits = x as Float64Array;
      total += crossEntropy(logits, [examples.labels[r]], undefined);
      if (logits.indexOf(Math.max(...logits)) === examples.labels[r]) hits++;
    }
    expect(rows).toBe(45);
    expect(accuracy).toBe(hits / rows);
    expect(Math.abs(loss - total / rows)).toBeLessThan(1e-5);
  });

  test('do not depend on the batch size', async () => {
    const layers = [hidden(30, topK({ count: 10 })), softmax(4)];
    const results = await Promise.all(
      [1, 7, 45, 64].map(async (batchSize) => {
        using net = await create(network(12, layers), examples, { batchSize });
        return [net.evaluate(examples), net.evaluate(examples, { pass: 'sparse' })];
      }),
    );
    for (const result of results) {
      for (const [i, { accuracy, loss }] of result.entries()) {
        expect(accuracy).toBe(results[0][i].accuracy);
        expect(loss).toBeCloseTo(results[0][i].loss, 6);
      }
    }
  });

  test('count a row as a hit if its most probable class is one of its labels', async () => {
    // The network's only layer has no weights but a bias that prefers class 2.
    const rows = bags({ rows: 40, columns: 30, classes: 5, mostLabels: 3 });
    using net = await create(network(30, [softmax(5)], sgd({ rate: 1 })), rows);
    net.weights(0).values.fill(0);
    net.weights(0).bias[2] = 1;
    const having = Array.from({ length: rows.rows }, (_, r) => r).filter((r) =>
      rows.labels.subarray(rows.labelOffsets[r], rows.labelOffsets[r + 1]).includes(2),
    );
    expect(having.length).toBeGreaterThan(5);
    expect(net.evaluate(rows).accuracy).toBe(having.length / rows.rows);
    expect(net.evaluate(rows, { pass: 'sparse' }).accuracy).toBe(having.length / rows.rows);
  });

  test.for<SelectorSpec>([all(), topK({ count: 3 })])(
    'rows without labels teach nothing (softmax: $kind)',
    async (select) => {
      const rows = bags({ rows: 40, columns: 30, classes: 5 });
      const none = { ...rows, labelOffsets: new Int32Array(41), labels: new Int32Array() };
      using net = await create(network(30, [hidden(8), softmax(5, select)], sgd({ rate: 1 })), none);
      const start = bits(net);
      expect((await fit(net, none)).map(({ loss }) => loss)).toEqual([0]);
      expect(bits(net)).toBe(start);
      const none3 = { 1: NaN, 3: NaN, 5: NaN };
      const measures = { accuracy: NaN, loss: 0, precision: none3, ndcg: none3 };
      expect(net.evaluate(none)).toEqual({ rows: 40, rowsWithoutLabels: 40, ...measures });
    },
  );

  test('the share of rows whose label hashing finds shows in a sparse softmax', async () => {
    const spy = new Spy();
    const select = spy.on(lsh({ count: 8, family: simHash({ bits: 5, tables: 4 }) }));
    const rows = bags({ rows: 60, columns: 80, classes: 50 });
    using net = await create(network(80, [hidden(16), softmax(50, select)]), rows);
    const { accuracy } = net.evaluate(rows, { pass: 'sparse' });
    const found = spy.last.active.filter((ids, r) => ids.includes(rows.labels[r])).length;
    expect(found).toBeLessThan(30);
    expect(accuracy).toBeLessThanOrEqual(found / rows.rows);
  });
});
