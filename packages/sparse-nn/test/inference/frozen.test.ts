import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '@hashgrad/kernels';
import { dwta, simHash } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  all,
  FrozenNetwork,
  hidden,
  lsh,
  network,
  random,
  rankingMetrics,
  sigmoidOutput,
  softmax,
  topK,
  type DenseExamples,
  type LayerSpec,
  type Network,
  type NetworkSpec,
  type SparseExamples,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { create, fit } from '../training.ts';

const dense = blobs({ rows: 60, columns: 37, classes: 40 });
const sparse = bags({ rows: 300, columns: 400, classes: 120, mostLabels: 2 });
const tables = lsh({ count: 30, family: simHash({ bits: 4, tables: 20 }), rehash: 5 });

interface Case {
  readonly name: string;
  readonly examples: DenseExamples | SparseExamples;
  readonly spec: NetworkSpec;
}

const cases: readonly Case[] = [
  { name: 'dense rows', examples: dense, spec: network(37, [hidden(50), hidden(33), softmax(40, tables)]) },
  {
    name: 'hidden layers that select',
    examples: dense,
    spec: network(37, [
      hidden(61, topK({ count: 9 })),
      hidden(50),
      { ...hidden(40, random({ count: 20 })), activation: 'linear' },
      softmax(40, lsh({ count: 20, family: dwta({ hashes: 1, tables: 20 }), transform: identity() })),
    ]),
  },
  {
    name: 'other activations, sigmoid outputs',
    examples: dense,
    spec: network(37, [
      hidden(50, topK({ count: 20 }), { activation: 'tanh', dropout: 0.2 }),
      hidden(33, all(), { activation: 'sigmoid' }),
      sigmoidOutput(40, lsh({ ...tables, probes: 3 })),
    ]),
  },
  { name: 'sparse rows', examples: sparse, spec: network(400, [hidden(32), softmax(120, tables)]) },
  {
    name: 'sparse rows, first layer selects',
    examples: sparse,
    spec: network(400, [hidden(60, tables), softmax(120, tables)]),
  },
  { name: 'sparse rows, one layer', examples: sparse, spec: network(400, [softmax(120, tables)]) },
];

const sparseCase = cases.find(({ name }) => name === 'sparse rows') as Case;

function classesOf({ spec }: Case): number {
  return (spec.layers.at(-1) as LayerSpec).units;
}

async function trained({ spec, examples }: Case): Promise<Network> {
  const net = await create(spec, examples, { batchSize: 30 });
  await fit(net, examples, 3);
  return net;
}

/** Scores within so much of each other, and the same classes where the scores tell them apart. */
function expectAlike(
  a: ReturnType<Network['predict']>,
  b: ReturnType<Network['predict']>,
  within: number,
): void {
  for (let i = 0; i < a.ids.length; i++) {
    expect(Math.abs(a.scores[i] - b.scores[i])).toBeLessThanOrEqual(within);
    if (a.ids[i] === b.ids[i]) continue;
    // Another order of nearly equal scores.
    const row = b.ids.subarray(b.k * Math.floor(i / b.k), b.k * (Math.floor(i / b.k) + 1));
    const there = row.indexOf(a.ids[i]);
    const least = b.scores[b.k * Math.floor(i / b.k) + b.k - 1];
    const score = there < 0 ? least : b.scores[b.k * Math.floor(i / b.k) + there];
    expect(Math.abs(score - a.scores[i])).toBeLessThanOrEqual(2 * within);
  }
}

describe('a frozen network', () => {
  test.for(cases)('predicts as the network that it was: $name', async (which) => {
    using net = await trained(which);
    using frozen = await net.freeze({ batchSize: 7 });
    const [mine, theirs] = [frozen.outputs(which.examples), net.outputs(which.examples)];
    expect(mine).toHaveLength(which.examples.rows * classesOf(which));
    mine.forEach((output, i) => expect(Math.abs(output - theirs[i])).toBeLessThan(1e-5));
    expect(frozen).toMatchObject({
      hasTables: true,
      format: 'float32',
      classes: classesOf(which),
    });
    expectAlike(frozen.predict(which.examples, { k: 5 }), net.predict(which.examples, { k: 5 }), 1e-5);
  });

  test.for(cases)('with 8 bits: nearly so, in much less memory: $name', async (which) => {
    using net = await trained(which);
    using frozen = await net.freeze({ weights: 'int8' });
    const exact = net.predict(which.examples, { k: 5 });
    const rounded = frozen.predict(which.examples, { k: 5 });
    expectAlike(rounded, exact, 0.05);
    const precision = (predictions: typeof exact): number =>
      rankingMetrics(predictions, which.examples).precision[1] as number;
    expect(Math.abs(precision(rounded) - precision(exact))).toBeLessThan(0.03);
    using whole = await net.freeze();
    expect(frozen.toBytes().length).toBeLessThan(0.6 * whole.toBytes().length);
  });

  test.for(cases)('the best through the tables are the best of what they find: $name', async (which) => {
    const { examples } = which;
    using net = await trained(which);
    const classes = classesOf(which);
    for (const weights of ['float32', 'int8'] as const) {
      using frozen = await net.freeze({ weights });
      const whole = frozen.predict(examples, { k: classes });
      const found = frozen.predict(examples, { k: 10, pass: 'sparse' });
      for (let r = 0; r < examples.rows; r++) {
        const full = new Map(
          Array.from(whole.ids.subarray(r * classes, (r + 1) * classes), (id, i) => [
            id,
            whole.scores[r * classes + i],
          ]),
        );
        const ids = [...found.ids.subarray(r * 10, r * 10 + 10)].filter((id) => id >= 0);
        expect(new Set(ids).size).toBe(ids.length);
        // Probabilities among fewer classes are the greater, in one proportion (1 for sigmoid outputs).
        const ratios = ids.map((id, i) => found.scores[r * 10 + i] / (full.get(id) as number));
        for (const ratio of ratios) {
          expect(ratio / (ratios[0] as number)).toBeCloseTo(1, 3);
          expect(ratio).toBeGreaterThan(0.999);
        }
      }
    }
  });

  test.for(cases)('through tables that find everything predicts as without: $name', async (which) => {
    const classes = classesOf(which);
    using net = await trained(which);
    // One bit in 30 tables: a unit that collides in none of them is one in a billion.
    const one = lsh({ count: classes, family: simHash({ bits: 1, tables: 30 }), transform: identity() });
    for (const weights of ['float32', 'int8'] as const) {
      using frozen = await net.freeze({ weights, tables: one });
      const [found, exact] = (['sparse', 'full'] as const).map((pass) =>
        frozen.predict(which.examples, { k: 5, pass }),
      );
      expect(found.ids).not.toContain(-1);
      expectAlike(found, exact, 1e-5);
    }
  });

  test('what all weights have in common does not hide their differences from the tables', async () => {
    const few = lsh({ count: 8, family: simHash({ bits: 6, tables: 60 }), transform: identity() });
    // Chance would be 8 of 40.
    using net = await create(network(37, [softmax(40)]), dense, { batchSize: 30 });
    await fit(net, dense, 20);
    const exact = net.predict(dense);
    const recall = (frozen: FrozenNetwork): number => {
      const { ids } = frozen.predict(dense, { pass: 'sparse' });
      return ids.filter((id, r) => id === exact.ids[r]).length / dense.rows;
    };
    using before = await net.freeze({ tables: few });
    const { values, stride, bias } = net.weights(0);
    for (let u = 0; u < 40; u++) {
      for (let k = 0; k < 37; k++) values[u * stride + k] += Math.sin(k);
      bias[u] -= 5;
    }
    using after = await net.freeze({ tables: few });
    // Every logit of a row changes by the same.
    expectAlike(after.predict(dense, { k: 5 }), before.predict(dense, { k: 5 }), 1e-4);
    expect(recall(before)).toBeGreaterThan(0.45);
    expect(Math.abs(recall(after) - recall(before))).toBeLessThan(0.05);
  });

  test('does not depend on batches or threads', async () => {
    for (const which of cases) {
      using net = await trained(which);
      const results = [];
      for (const options of [{ batchSize: 1 }, { batchSize: 64 }, { batchSize: 5, threads: 3 }]) {
        for (const weights of ['float32', 'int8'] as const) {
          using frozen = await net.freeze({ ...options, weights });
          const made = ['full', 'sparse'] as const;
          results.push([weights, ...made.map((pass) => frozen.predict(which.examples, { k: 3, pass }))]);
        }
      }
      for (const [i, result] of results.entries()) expect(result).toEqual(results[i % 2]);
    }
  });

  test('can leave its tables out, and has none where the last layer does not hash', async () => {
    using net = await trained(sparseCase);
    using without = await net.freeze({ tables: false });
    expect(without.hasTables).toBe(false);
    using other = await create(network(37, [hidden(20), softmax(40)]), dense);
    using frozen = await other.freeze();
    expect(frozen.hasTables).toBe(false);
    expect(() => frozen.predict(dense, { pass: 'sparse' })).toThrow(
      'This network has neither hash tables nor signatures: the selector of its last layer has none, or they were left out.',
    );
  });

  test.for(cases)(
    'is of the weights when it was asked for, whatever becomes of them: $name',
    async (which) => {
      const net = await trained(which);
      const { examples } = which;
      using now = await net.freeze();
      const later = net.freeze({ threads: 2 });
      for (let l = 0; l < which.spec.layers.length; l++) net.weights(l).values.fill(0);
      net.close();
      using frozen = await later;
      expect(frozen.outputs(examples)).toEqual(now.outputs(examples));
      expect(frozen.toBytes()).toEqual(now.toBytes());
    },
  );

  test('frees what it takes', async () => {
    using net = await trained(sparseCase);
    using frozen = await net.freeze();
    frozen.predict(sparse, { k: 3 });
    frozen.predict(sparse, { k: 3, pass: 'sparse' });
    const before = frozen.memoryUsage();
    for (let i = 0; i < 5; i++) frozen.predict(sparse, { k: 1 + i, pass: i % 2 ? 'sparse' : 'full' });
    expect(frozen.memoryUsage()).toBe(before);
    frozen[Symbol.dispose]();
    expect(() => frozen.predict(sparse)).toThrow('This network is closed.');
  });
});

describe('frozen files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hashgrad-frozen-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.for(cases)('give the same bits: $name', async (which) => {
    using net = await trained(which);
    for (const weights of ['float32', 'int8'] as const) {
      using frozen = await net.freeze({ weights });
      const path = join(folder, 'model.safetensors');
      await frozen.save(path);
      using loaded = await FrozenNetwork.load(path, { threads: 2 });
      expect(loaded.format).toBe(weights);
      for (const pass of ['full', 'sparse'] as const) {
        expect(loaded.predict(which.examples, { k: 4, pass })).toEqual(
          frozen.predict(which.examples, { k: 4, pass }),
        );
      }
      expect(loaded.toBytes()).toEqual(frozen.toBytes());
      expect(statSync(path).size).toBe(frozen.toBytes().length);
    }
  });

  test('have the weights without padding, by name', async () => {
    using net = await trained(sparseCase);
    using frozen = await net.freeze({ weights: 'int8' });
    const { tensors } = decodeSafetensors(frozen.toBytes());
    expect(Object.fromEntries(Object.entries(tensors).map(([key, { shape }]) => [key, shape]))).toEqual({
      'layer1.weights': [400, 32],
      'layer1.scales': [400],
      'layer1.bias': [32],
      'layer2.weights': [120, 32],
      'layer2.scales': [120],
      'layer2.bias': [120],
      'tables.codes': [20, 120],
    });
    const { values, stride } = net.weights(1);
    const [integers, scales] = [tensors['layer2.weights'].data, tensors['layer2.scales'].data] as [
      Int8Array,
      Float32Array,
    ];
    for (let u = 0; u < 120; u++) {
      for (let k = 0; k < 32; k++) {
        const error = Math.abs(integers[u * 32 + k] * scales[u] - values[u * stride + k]);
        expect(error).toBeLessThan(0.5001 * scales[u]);
      }
    }
  });

  test('that do not fit are refused', async () => {
    using net = await trained(sparseCase);
    using frozen = await net.freeze();
    const path = join(folder, 'wrong.safetensors');
    const { tensors, metadata } = decodeSafetensors(frozen.toBytes());
    const expectRefused = async (bytes: Uint8Array, message: string): Promise<void> => {
      writeFileSync(path, bytes);
      await expect(FrozenNetwork.load(path)).rejects.toThrow(message);
    };
    await expectRefused(
      net.toBytes(),
      `${path}: this is no frozen network: its format is 'hashgrad checkpoint'.`,
    );
    await expectRefused(frozen.toBytes().slice(0, 3000), `${path}: `);
    await expectRefused(
      encodeSafetensors(tensors, { ...metadata, version: '7' }),
      `${path}: frozen networks of version 1 are known; this one is of version 7.`,
    );
    const model = JSON.parse(metadata['model']) as Record<string, Record<string, unknown>>;
    const wrongModels: [unknown, string][] = [
      [null, `${path}: the metadata 'model' is to be an object; got null.`],
      [
        { ...model, layers: [] },
        `${path}: the metadata 'model.layers' is to be a list of 1 or more; got [].`,
      ],
      [{ ...model, layers: [null] }, `${path}: the metadata 'model.layers[0]' is to be an object; got null.`],
      [{ ...model, inputs: 0 }, `${path}: the metadata 'model.inputs' is to be 1 or more; got 0.`],
      [{ ...model, sparse: 1 }, `${path}: the metadata 'model.sparse' is to be true or false; got 1.`],
      [
        { ...model, format: 'int4' },
        `${path}: the metadata 'model.format' is to be 'float32' or 'int8'; got "int4".`,
      ],
      [{ ...model, tables: 3 }, `${path}: the metadata 'model.tables' is to be an object; got 3.`],
      [
        { ...model, tables: { ...model['tables'], family: { kind: 'magic' } } },
        `${path}: the metadata 'model.tables.family': There is no hash family 'magic'`,
      ],
      [
        { ...model, tables: { ...model['tables'], limit: 1000 } },
        `${path}: the metadata 'model.tables.limit' is to be from 1 to 120; got 1000.`,
      ],
    ];
    for (const [wrong, message] of wrongModels) {
      await expectRefused(encodeSafetensors(tensors, { ...metadata, model: JSON.stringify(wrong) }), message);
    }
    const unchecked = Buffer.from(frozen.toBytes());
    unchecked.write('crc-0', unchecked.indexOf('crc32'));
    await expectRefused(
      unchecked,
      `${path}: the file has no checksum (CRC-32), as all that were saved here have.`,
    );
    const nan = {
      ...tensors['layer2.bias'],
      data: (tensors['layer2.bias'].data as Float32Array).with(3, NaN),
    };
    await expectRefused(
      encodeSafetensors({ ...tensors, 'layer2.bias': nan }, metadata),
      `${path}: 'layer2' has weights that are not finite.`,
    );
    const bias = { dtype: 'F32', shape: [3], data: new Float32Array(3) } as const;
    await expectRefused(
      encodeSafetensors({ ...tensors, 'layer1.bias': bias }, metadata),
      `${path}: expected the tensor 'layer1.bias', F32 of shape [32]; it is F32 of shape [3].`,
    );
    await expect(net.freeze({ weights: 'int4' as 'int8' })).rejects.toThrow(
      "Frozen weights are 'float32' or 'int8'; got 'int4'.",
    );
    await expect(
      net.freeze({ tables: lsh({ count: 121, family: simHash({ bits: 4, tables: 3 }) }) }),
    ).rejects.toThrow("lsh: count is an integer from 1 to the layer's 120 units; got 121.");
    await expect(net.freeze({ tables: topK({ count: 3 }) })).rejects.toThrow(
      'Tables are true, false, or the spec of a selector that has tables, as lsh() gives; got {"kind":"topK","count":3}.',
    );
    await expect(net.freeze({ batchSize: 0 })).rejects.toThrow('A batch has 1 or more samples; got 0.');
    expect(() => frozen.predict(sparse, { k: 121 })).toThrow(
      "k is an integer from 1 to the network's 120 classes; got 121.",
    );
    expect(() => frozen.predict({ ...dense, columns: 400, rows: 1, inputs: new Float32Array(400) })).toThrow(
      'This network was trained on sparse rows; these are dense.',
    );
  });
});
