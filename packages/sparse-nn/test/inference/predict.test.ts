import { propensities } from '@hashgrad/datasets';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adam,
  hidden,
  linearOutput,
  lsh,
  network,
  Network,
  random,
  rankingMetrics,
  sigmoidOutput,
  softmax,
  topK,
  type DenseExamples,
  type Examples,
  type Inputs,
  type NetworkSpec,
  type SparseExamples,
} from '../../src/index.ts';
import { bags, blobs, withTargets } from '../data.ts';
import { forward, referenceOf } from '../reference.ts';
import { Spy } from '../spy.ts';
import { create, fit } from '../training.ts';

const dense = blobs({ rows: 45, columns: 12, classes: 9 });
const sparse = bags({ rows: 45, columns: 80, classes: 50, mostLabels: 3 });
const tables = lsh({ count: 15, family: simHash({ bits: 3, tables: 8 }), rehash: 2 });

function denseRow(examples: Inputs, row: number): Float32Array {
  const { columns } = examples;
  if ('inputs' in examples) return examples.inputs.slice(row * columns, (row + 1) * columns);
  const made = new Float32Array(columns);
  for (let q = examples.offsets[row]; q < examples.offsets[row + 1]; q++) {
    made[examples.ids[q]] = examples.values[q];
  }
  return made;
}

const cases: readonly {
  readonly name: string;
  readonly examples: DenseExamples | SparseExamples;
  readonly spec: NetworkSpec;
}[] = [
  { name: 'dense rows', examples: dense, spec: network(12, [hidden(30), softmax(9, topK({ count: 4 }))]) },
  {
    name: 'sparse rows',
    examples: sparse,
    spec: network(80, [hidden(30), softmax(50, tables)], adam({ rate: 0.01 })),
  },
  {
    name: 'sparse rows, first layer selects',
    examples: sparse,
    spec: network(80, [hidden(30, topK({ count: 12 })), softmax(50, tables)]),
  },
  {
    name: 'an embedding bag in the middle',
    examples: dense,
    spec: network(12, [hidden(30, random({ count: 10 })), hidden(20), softmax(9)]),
  },
];

describe('predictions', () => {
  test.for(cases)('are the ranking of a plain full pass: $name', async ({ spec, examples }) => {
    using net = await create(spec, examples, { batchSize: 8 });
    await fit(net, examples, 3);
    const { k, ids, scores } = net.predict(examples, { k: 5 });
    const layers = referenceOf(net);
    for (let r = 0; r < examples.rows; r++) {
      let x: ArrayLike<number> = denseRow(examples, r);
      for (const layer of layers) x = forward(layer, x, undefined);
      const probabilities = softmaxOf(Array.from(x));
      const sorted = probabilities.toSorted((a, b) => b - a);
      for (let i = 0; i < k; i++) {
        expect(scores[r * k + i]).toBeCloseTo(sorted[i], 4);
        expect(probabilities[ids[r * k + i]]).toBeCloseTo(sorted[i], 4);
      }
      expect(new Set(ids.subarray(r * k, r * k + k)).size).toBe(k);
    }
  });

  test('in a sparse pass rank what the selector chose, and end where that ends', async () => {
    const spy = new Spy();
    using net = await create(network(80, [hidden(30), softmax(50, spy.on(tables))]), sparse);
    await fit(net, sparse, 2);
    const { ids, scores } = net.predict(sparse, { k: 12, pass: 'sparse' });
    const all = net.predict(sparse, { k: 50 });
    const chosen = spy.choices.at(-1)?.active as readonly (readonly number[])[];
    for (let r = 0; r < sparse.rows; r++) {
      const order = [...all.ids.subarray(r * 50, r * 50 + 50)].filter((id) => chosen[r].includes(id));
      const padding = Array.from({ length: 12 }, () => -1);
      // Nearly equal scores may come in another order, of which there are none here.
      expect([...ids.subarray(r * 12, r * 12 + 12)]).toEqual([...order, ...padding].slice(0, 12));
      const mine = scores.subarray(r * 12, r * 12 + 12);
      const full = new Map(
        order.map((id) => [id, all.scores[r * 50 + all.ids.indexOf(id, r * 50) - r * 50]]),
      );
      const among = order.reduce((sum, id) => sum + (full.get(id) as number), 0);
      order.slice(0, 12).forEach((id, i) => expect(mine[i]).toBeCloseTo((full.get(id) as number) / among, 4));
      expect(mine.subarray(Math.min(12, order.length))).toEqual(
        new Float32Array(12 - Math.min(12, order.length)),
      );
    }
  });

  test.for(cases)('need no labels, and depend neither on batches nor on threads: $name', async (which) => {
    const { spec, examples } = which;
    const { rows, columns } = examples;
    const unlabelled =
      'inputs' in examples
        ? { rows, columns, inputs: examples.inputs }
        : { rows, columns, offsets: examples.offsets, ids: examples.ids, values: examples.values };
    using net = await create(spec, examples, { batchSize: 16 });
    await fit(net, examples);
    const expected = net.predict(examples, { k: 3 });
    for (const threads of [1, 3]) {
      using again = await Network.load(net.toBytes(), { threads });
      expect(again.predict(unlabelled, { k: 3 })).toEqual(expected);
      for (let r = 0; r < rows; r += 7) {
        const one =
          'inputs' in examples
            ? { rows: 1, columns, inputs: denseRow(examples, r) }
            : {
                rows: 1,
                columns,
                offsets: Int32Array.of(0, examples.offsets[r + 1] - examples.offsets[r]),
                ids: examples.ids.slice(examples.offsets[r], examples.offsets[r + 1]),
                values: examples.values.slice(examples.offsets[r], examples.offsets[r + 1]),
              };
        expect([...again.predict(one, { k: 3 }).ids]).toEqual([...expected.ids.subarray(3 * r, 3 * r + 3)]);
      }
    }
  });

  test('give what evaluate measures', async () => {
    using net = await create(cases[1].spec, sparse);
    await fit(net, sparse, 4);
    const weights = propensities({ ...sparse, classes: 50 });
    for (const pass of ['full', 'sparse'] as const) {
      const options = { at: [1, 2, 5], propensities: weights };
      const { rows, accuracy, loss, ...measures } = net.evaluate(sparse, { pass, ...options });
      expect(measures).toEqual(rankingMetrics(net.predict(sparse, { k: 5, pass }), sparse, options));
      expect(accuracy).toBe(measures.precision[1]);
      expect(Object.keys(measures).toSorted()).toEqual([
        'ndcg',
        'precision',
        'psNdcg',
        'psPrecision',
        'rowsWithoutLabels',
      ]);
      expect([rows, Number.isFinite(loss)]).toEqual([45, true]);
    }
    expect(net.evaluate(sparse, { at: [2] }).accuracy).toBe(net.evaluate(sparse).precision[1]);
  });

  test('leave training as it is', async () => {
    using a = await create(cases[3].spec, dense);
    using b = await create(cases[3].spec, dense);
    await fit(a, dense);
    b.predict(dense, { pass: 'sparse' });
    await fit(b, dense);
    expect(b.predict(dense, { k: 9 })).toEqual(a.predict(dense, { k: 9 }));
  });

  test('that cannot be are refused', async () => {
    using net = await create(cases[0].spec, dense);
    const refused: readonly [() => unknown, string][] = [
      [() => net.predict(dense, { k: 0 }), "k is an integer from 1 to the network's 9 classes; got 0."],
      [() => net.predict(dense, { k: 10 }), "k is an integer from 1 to the network's 9 classes; got 10."],
      [() => net.predict(dense, { pass: 'half' as 'full' }), "A pass is 'full' or 'sparse'; got 'half'."],
      [() => net.predict(sparse), 'The network has 12 inputs; the examples have 80.'],
      [
        () => net.predict({ rows: 1, columns: 12, inputs: new Float32Array(12).fill(NaN) }),
        'The value of row 0, column 0 is NaN; values are finite numbers.',
      ],
      [() => net.evaluate(dense, { at: [0] }), 'Cut-offs k are integers from 1 to 9; got 0.'],
      [
        () => net.evaluate(dense, { propensities: new Float64Array(3).fill(1) }),
        'There is a propensity for each of 9 classes; got 3.',
      ],
      [
        () => net.evaluate(dense, { propensities: new Float64Array(9) }),
        'Propensities are above 0 and at most 1; class 0 has 0.',
      ],
    ];
    for (const [call, message] of refused) expect(call).toThrow(message);
  });
});

describe('outputs', () => {
  test('of a softmax and of sigmoids are probabilities, of a linear output its numbers', async () => {
    const numbers = withTargets(dense, 4);
    const networks: readonly [Examples, NetworkSpec, (outputs: number[]) => number[]][] = [
      [dense, network(12, [hidden(30), softmax(9)]), softmaxOf],
      [
        sparse,
        network(80, [hidden(30), sigmoidOutput(50, tables)]),
        (z) => z.map((x) => 1 / (1 + Math.exp(-x))),
      ],
      [numbers, network(12, [hidden(30), linearOutput(4)]), (z) => z],
    ];
    for (const [examples, spec, of] of networks) {
      using net = await create(spec, examples, { batchSize: 20 });
      await fit(net, examples, 2);
      const outputs = net.outputs(examples);
      const layers = referenceOf(net);
      const { units } = spec.layers[1];
      expect(outputs).toHaveLength(examples.rows * units);
      const { ids, scores } = net.predict(examples, { k: 2 });
      for (let r = 0; r < examples.rows; r++) {
        let x: ArrayLike<number> = denseRow(examples, r);
        for (const layer of layers) x = forward(layer, x, undefined);
        const row = outputs.subarray(r * units, (r + 1) * units);
        of(Array.from(x)).forEach((expected, u) => expect(row[u]).toBeCloseTo(expected, 5));
        expect([row[ids[2 * r]], row[ids[2 * r + 1]]]).toEqual([scores[2 * r], scores[2 * r + 1]]);
        expect(scores[2 * r]).toBe(Math.max(...row));
      }
    }
  });

  test('of a linear output are not ranked', async () => {
    const numbers = withTargets(dense, 4);
    using net = await create(network(12, [linearOutput(4)]), numbers);
    expect(net.evaluate(numbers)).toMatchObject({ precision: {}, ndcg: {}, accuracy: NaN });
    const message = 'A linear output has no labels to rank: `at` and `propensities` are for classes.';
    expect(() => net.evaluate(numbers, { at: [1] })).toThrow(message);
  });
});

/** Probabilities of logits. */
function softmaxOf(logits: number[]): number[] {
  const highest = Math.max(...logits);
  const total = logits.reduce((sum, z) => sum + Math.exp(z - highest), 0);
  return logits.map((z) => Math.exp(z - highest) / total);
}

describe('Network.fromSpec', () => {
  test('builds from JSON, as text or parsed', async () => {
    const { spec } = cases[0];
    using a = await Network.create(spec);
    using b = await Network.fromSpec(JSON.stringify(spec));
    using c = await Network.fromSpec(JSON.parse(JSON.stringify(spec)));
    expect(b.predict(dense)).toEqual(a.predict(dense));
    expect(c.spec).toEqual(spec);
  });

  test.for<[unknown, string]>([
    ['{', 'JSON'],
    [7, 'A network spec is an object; got 7.'],
    [[], 'A network spec is an object; got [].'],
    [{ inputs: '12' }, 'spec.inputs is a number; got "12".'],
    [{ inputs: 12, layers: {} }, 'spec.layers is a list; got {}.'],
    [{ inputs: 12, layers: [3] }, 'spec.layers[0] is an object; got 3.'],
    [{ inputs: 12, layers: [{}] }, 'spec.layers[0].units is a number; got undefined.'],
    [{ inputs: 12, layers: [{ units: 3 }] }, 'spec.layers[0].activation is a string; got undefined.'],
    [
      { inputs: 12, layers: [{ units: 3, activation: 'relu' }] },
      'spec.layers[0].select is an object; got undefined.',
    ],
    [{ inputs: 12, layers: [], optimizer: {} }, 'spec.optimizer.kind is a string; got undefined.'],
    [{ inputs: 12, layers: [], optimizer: { kind: 'adam' } }, 'A network has at least one layer; got none.'],
  ])('refuses %o', async ([json, message]) => {
    await expect(Network.fromSpec(json)).rejects.toThrow(message);
  });
});
