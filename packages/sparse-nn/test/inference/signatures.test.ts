import { decodeSafetensors, encodeSafetensors, randomStream } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  all,
  type DenseExamples,
  FrozenNetwork,
  hidden,
  lsh,
  type Network,
  network,
  type NetworkSpec,
  sigmoidOutput,
  softmax,
  type SparseExamples,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { create, fit } from '../training.ts';

const dense = blobs({ rows: 90, columns: 37, classes: 400 });
const sparse = bags({ rows: 120, columns: 300, classes: 500, mostLabels: 2 });
/** Finds all. */
const THOROUGH = { slack: 50, reach: 50 };

interface Case {
  readonly name: string;
  readonly examples: DenseExamples | SparseExamples;
  readonly spec: NetworkSpec;
}

const cases: readonly Case[] = [
  { name: 'dense rows', examples: dense, spec: network(37, [hidden(50), hidden(33), softmax(400)]) },
  { name: 'sigmoid outputs', examples: dense, spec: network(37, [hidden(33, all()), sigmoidOutput(400)]) },
  { name: 'sparse rows', examples: sparse, spec: network(300, [hidden(32), softmax(500)]) },
  { name: 'sparse rows, one layer', examples: sparse, spec: network(300, [softmax(500)]) },
];

async function trained({ spec, examples }: Case): Promise<Network> {
  const net = await create(spec, examples, { batchSize: 30 });
  await fit(net, examples, 3);
  return net;
}

/** The share of the exact k best of all rows that a sparse pass has. */
function recallOf(frozen: FrozenNetwork, examples: Case['examples'], k: number): number {
  const exact = frozen.predict(examples, { k });
  const found = frozen.predict(examples, { k, pass: 'sparse' });
  let shared = 0;
  for (let r = 0; r < examples.rows; r++) {
    const best = new Set(exact.ids.subarray(r * k, (r + 1) * k));
    for (const id of found.ids.subarray(r * k, (r + 1) * k)) shared += Number(best.has(id));
  }
  return shared / (k * examples.rows);
}

describe('signatures of a frozen network', () => {
  test.for(cases)('find the exact best where nothing is left out: $name', async (which) => {
    using net = await trained(which);
    using frozen = await net.freeze({ signatures: THOROUGH });
    expect(frozen).toMatchObject({ hasSignatures: true, hasTables: false });
    const exact = frozen.predict(which.examples, { k: 5 });
    const found = frozen.predict(which.examples, { k: 5, pass: 'sparse' });
    expect(found.ids).toEqual(exact.ids);
    for (let r = 0; r < which.examples.rows; r++) {
      // Probabilities among fewer classes are the greater, in one proportion: 1 for sigmoid outputs.
      const ratios = [0, 1, 2, 3, 4].map((i) => found.scores[5 * r + i]! / exact.scores[5 * r + i]!);
      for (const ratio of ratios) expect(ratio / ratios[0]!).toBeCloseTo(1, 3);
      const least = which.name === 'sigmoid outputs' ? Math.abs(ratios[0]! - 1) : 1 - ratios[0]!;
      expect(least).toBeLessThan(0.001);
    }
  });

  test.for(cases)('find nearly all in 8 bits: $name', async (which) => {
    using net = await trained(which);
    using frozen = await net.freeze({ weights: 'int8', signatures: THOROUGH });
    // Copies in 8 bits round once more.
    expect(recallOf(frozen, which.examples, 5)).toBeGreaterThan(0.97);
  });

  test('are tuned to a recall, which a file keeps', async () => {
    const which = cases[0]!;
    using net = await trained(which);
    using frozen = await net.freeze({ signatures: { slack: -2, reach: 2, share: 0.1 } });
    const before = recallOf(frozen, dense, 5);
    expect(before).toBeLessThan(0.9);
    const tuned = frozen.tune(dense, { recall: 0.97, k: 5, bits: [64, 192] });
    expect(tuned.reached).toBe(true);
    expect(tuned.recall).toBeGreaterThanOrEqual(0.97);
    // All rows are in the sample.
    expect(recallOf(frozen, dense, 5)).toBeCloseTo(tuned.recall, 6);
    const { bits } = frozen.model.signatures!;
    expect(tuned.hashing).toMatchObject({ method: 'signatures', bits });
    expect(frozen.model.signatures).toMatchObject({ ...tuned.options });
    using loaded = await FrozenNetwork.load(frozen.toBytes());
    expect(loaded.model.signatures).toEqual(frozen.model.signatures);
    const [mine, theirs] = [frozen, loaded].map((each) => each.predict(dense, { k: 5, pass: 'sparse' }));
    expect(theirs).toEqual(mine);
    expect(loaded.toBytes()).toEqual(frozen.toBytes());
  });

  test('do not depend on batches or threads', async () => {
    for (const which of cases) {
      using net = await trained(which);
      const results = [];
      for (const options of [{ batchSize: 1 }, { batchSize: 64 }, { batchSize: 5, threads: 3 }]) {
        using frozen = await net.freeze({ ...options, signatures: { slack: 0.5 } });
        results.push(frozen.predict(which.examples, { k: 3, pass: 'sparse' }));
      }
      for (const result of results) expect(result).toEqual(results[0]);
    }
  });

  test('see the same where all classes have something in common', async () => {
    const which = cases[2]!;
    using net = await trained(which);
    const effort = { slack: 0, reach: 4 };
    using before = await net.freeze({ signatures: effort });
    const { values, stride } = net.weights(1);
    const random = randomStream(1, 'common');
    const common = Array.from({ length: 32 }, () => 3 * random.uniform());
    for (let u = 0; u < 500; u++) for (let k = 0; k < 32; k++) values[u * stride + k]! += common[k]!;
    using after = await net.freeze({ signatures: effort });
    const recalls = [before, after].map((frozen) => recallOf(frozen, sparse, 5));
    expect(recalls[0]).toBeGreaterThan(0.5);
    expect(Math.abs(recalls[1]! - recalls[0]!)).toBeLessThan(0.05);
  });

  test('give back what they take', async () => {
    using net = await trained(cases[2]!);
    using frozen = await net.freeze({ signatures: true });
    const predict = (k: number): unknown => frozen.predict(sparse, { k, pass: 'sparse' });
    for (const k of [7, 2]) predict(k);
    const before = frozen.memoryUsage();
    for (const k of [7, 3, 2, 7, 2]) predict(k);
    expect(frozen.memoryUsage()).toBe(before);
  });

  test('that make no sense are refused', async () => {
    using net = await trained(cases[0]!);
    const refused = (options: object, message: string): Promise<void> =>
      expect(net.freeze(options)).rejects.toThrow(message);
    const tables = lsh({ count: 20, family: simHash({ bits: 4, tables: 20 }) });
    await refused({ signatures: true, tables }, 'A frozen network has tables or signatures, not both.');
    await refused({ signatures: { bits: 100 } }, 'bits is a multiple of 64 from 64 to 1024; got 100.');
    await refused({ signatures: { share: 0 } }, 'share is above 0 and at most 1; got 0.');
    await refused({ signatures: { words: 2 } }, 'words');
    await refused({ signatures: 128 }, '128');
    using plain = await net.freeze();
    expect(plain.hasSignatures).toBe(false);
    expect(() => plain.tune(dense, { recall: 0.9, k: 1 })).toThrow(
      'Only signatures are tuned, and this network has none.',
    );
    using frozen = await net.freeze({ signatures: true });
    expect(() => frozen.tune(dense, { recall: 2, k: 1 })).toThrow('recall is above 0 and at most 1; got 2.');
    const { tensors, metadata } = decodeSafetensors(frozen.toBytes());
    const model = JSON.parse(metadata['model']!) as { signatures: object };
    const wrong = { ...model, signatures: { ...model.signatures, bits: 65 } };
    const { checksum: _, ...rest } = metadata;
    const bytes = encodeSafetensors(tensors, { ...rest, model: JSON.stringify(wrong) });
    await expect(FrozenNetwork.load(bytes)).rejects.toThrow(
      "the metadata 'model.signatures': bits is a multiple of 64 from 64 to 1024; got 65.",
    );
  });
});
