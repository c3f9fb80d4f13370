import { simHash } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import {
  adam,
  fixed,
  hidden,
  lsh,
  network,
  random,
  sgd,
  softmax,
  topK,
  type DiagnosticsOptions,
  type Examples,
  type LayerDiagnostics,
  type LayerSpec,
  type NetworkOptions,
  type OptimizerSpec,
  type SelectorSpec,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { forward, referenceOf } from '../reference.ts';
import { Spy } from '../spy.ts';
import { create } from '../training.ts';

const examples = blobs({ rows: 120, columns: 20, classes: 5 });
const tables = { family: simHash({ bits: 4, tables: 10 }), transform: identity() };

/** The diagnostics of each epoch. */
async function diagnose(
  layers: readonly LayerSpec[],
  options: DiagnosticsOptions &
    NetworkOptions & { readonly optimizer?: OptimizerSpec; readonly epochs?: number } = {},
  rows: Examples = examples,
): Promise<(readonly LayerDiagnostics[])[]> {
  const { optimizer = adam(), epochs = 2, batchSize = 20, ...diagnostics } = options;
  using net = await create(network(rows.columns, layers, optimizer), rows, { batchSize });
  const made: (readonly LayerDiagnostics[])[] = [];
  for await (const report of net.fit(rows, { epochs, diagnostics })) {
    made.push(report.diagnostics as readonly LayerDiagnostics[]);
  }
  return made;
}

/** Those of a hidden layer of 100 units. */
async function ofHidden(
  select: SelectorSpec,
  options: Parameters<typeof diagnose>[1] = {},
): Promise<LayerDiagnostics[]> {
  return (await diagnose([hidden(100, select), softmax(5)], options)).map(([layer]) => layer);
}

describe('what is known beforehand', () => {
  test('the exact top k is the exact top k', async () => {
    for (const layer of await ofHidden(topK({ count: 15 }))) {
      expect(layer).toMatchObject({
        layer: 0,
        activeShare: 0.15,
        overlap: 1,
        activationMass: 1,
        paddedShare: 0,
      });
      expect(layer).not.toHaveProperty('codesChanged');
    }
  });

  test('a fixed subset ignores its input: similarity 1, all others dead', async () => {
    const [first, second] = await ofHidden(fixed({ count: 20 }));
    expect(first).toMatchObject({ jaccardAcrossInputs: 1, deadShare: 0.8, activeShare: 0.2 });
    expect(first.usageGini).toBeCloseTo(0.8, 12);
    expect(first).not.toHaveProperty('jaccardAcrossEpochs');
    expect(second.jaccardAcrossEpochs).toBe(1);
  });

  test('a random subset is like chance: s / (2 - s), an overlap of s', async () => {
    const s = 0.2;
    // One batch: an evaluation has the same draws for each.
    const [first] = await ofHidden(random({ fraction: s }), { batchSize: 120 });
    // 20 of 100 units, hypergeometric: a pair's intersection has mean 4 and deviation 1.8; 900 pairs that overlap in rows.
    expect(Math.abs(first.jaccardAcrossInputs - s / (2 - s))).toBeLessThan(0.02);
    expect(Math.abs(first.overlap - s)).toBeLessThan(0.05);
    expect(first.deadShare).toBe(0);
    expect(first.usageGini).toBeLessThan(0.2);
    expect(first.activeShare).toBeCloseTo(s, 12);
  });

  test('hashing: better than chance, and stale codes until a rehash', async () => {
    const never = { ...tables, rehash: 1000 };
    const layers = await ofHidden(lsh({ count: 20, ...never }), {
      optimizer: adam({ rate: 0.01 }),
      epochs: 3,
    });
    for (const layer of layers) {
      expect(layer.overlap).toBeGreaterThan(0.25);
      expect(layer.activationMass).toBeGreaterThan(layer.overlap);
      expect(layer.jaccardAcrossInputs).toBeLessThan(0.6);
    }
    // The longer ago they were hashed, the more have changed.
    const changed = layers.map(({ codesChanged }) => codesChanged as number);
    expect(changed[0]).toBeGreaterThan(0.02);
    expect(changed).toEqual(changed.toSorted((a, b) => a - b));
    // 6 steps an epoch: fresh at its end.
    const fresh = await ofHidden(lsh({ count: 20, ...tables, rehash: 3 }));
    expect(fresh.map(({ codesChanged }) => codesChanged)).toEqual([0, 0]);
    // What does not learn does not change.
    const still = await ofHidden(lsh({ count: 20, ...never }), { optimizer: sgd({ rate: 1e-30 }) });
    expect(still[1]).toMatchObject({ codesChanged: 0, jaccardAcrossEpochs: 1 });
  });

  test('padding is told of', async () => {
    const family = simHash({ bits: 8, tables: 4 });
    const [padded] = await ofHidden(lsh({ count: 40, family, pad: 'uniform' }));
    expect(padded.paddedShare).toBeGreaterThan(0.2);
    expect(padded.activeShare).toBeCloseTo(0.4, 12);
  });
});

test('overlap, mass and usage are those of plain passes, in a hidden layer and a softmax of sparse rows', async () => {
  const rows = bags({ rows: 40, columns: 60, classes: 30, mostLabels: 2 });
  const spies = [new Spy(), new Spy()];
  const often = { ...tables, rehash: 2 };
  const layers = [
    hidden(50, spies[0].on(lsh({ count: 40, ...often }))),
    softmax(30, spies[1].on(lsh({ count: 8, ...often }))),
  ];
  using net = await create(network(60, layers), rows, { batchSize: 40 });
  for await (const { diagnostics } of net.fit(rows, { epochs: 1, diagnostics: {} })) {
    const reference = referenceOf(net);
    for (const [l, spy] of spies.entries()) {
      const { active, inputs } = spy.last;
      // In the hidden layer more than are above 0.
      const k = [40, 8][l];
      const sums = { both: 0, best: 0, mass: 0, most: 0, active: 0 };
      const usage = new Int32Array(layers[l].units);
      const alive = new Set<number>();
      for (const [r, chosen] of active.entries()) {
        const values = forward(reference[l], inputs[r], undefined);
        const highest = Math.max(...values);
        const mass = (u: number): number => (l === 0 ? values[u] : Math.exp(values[u] - highest));
        const best = [...values.keys()]
          .toSorted((a, b) => values[b] - values[a])
          .slice(0, k)
          .filter((u) => l === 1 || values[u] > 0);
        sums.both += best.filter((u) => chosen.includes(u)).length;
        sums.best += best.length;
        sums.mass += chosen.reduce((sum, u) => sum + mass(u), 0);
        sums.most += best.reduce((sum, u) => sum + mass(u), 0);
        sums.active += chosen.length;
        for (const u of chosen) {
          usage[u]++;
          if (values[u] !== 0) alive.add(u);
        }
      }
      expect(sums.best < active.length * k).toBe(l === 0);
      const layer = diagnostics?.[l] as LayerDiagnostics;
      expect(layer.layer).toBe(l);
      expect(layer.overlap).toBeCloseTo(sums.both / sums.best, 6);
      expect(layer.activationMass).toBeCloseTo(sums.mass / sums.most, 4);
      expect(layer.activeShare).toBeCloseTo(sums.active / (40 * usage.length), 12);
      expect(layer.deadShare).toBeCloseTo(1 - alive.size / usage.length, 12);
      // Gini's mean difference.
      const differences = [...usage].flatMap((a) => [...usage].map((b) => Math.abs(a - b)));
      const meanDifference = differences.reduce((sum, d) => sum + d, 0) / differences.length;
      expect(layer.usageGini).toBeCloseTo(meanDifference / ((2 * sums.active) / usage.length), 9);
    }
  }
});

test('a probe of other rows, of some of them, in batches of any size', async () => {
  const probe = blobs({ rows: 33, columns: 20, classes: 5, seed: 3 });
  const select = topK({ count: 15 });
  const [whole] = await ofHidden(select, { probe, batchSize: 120, epochs: 1 });
  const [again] = await ofHidden(select, { probe: { ...probe }, rows: 1000, batchSize: 120, epochs: 1 });
  expect(again).toEqual(whole);
  const [fewer] = await ofHidden(select, { probe, rows: 5, batchSize: 120, epochs: 1 });
  expect(fewer).not.toEqual(whole);
  expect((await diagnose([hidden(30), softmax(5)], { epochs: 1 }))[0]).toEqual([]);
});

test('a network is looked at as it is, at any rows', async () => {
  const probe = blobs({ rows: 33, columns: 20, classes: 5, seed: 3 });
  const spec = network(20, [hidden(100, topK({ count: 15 })), softmax(5)]);
  using net = await create(spec, examples, { batchSize: 20 });
  const rows = probe.rows;
  for await (const { diagnostics } of net.fit(examples, { epochs: 1, diagnostics: { probe, rows } })) {
    expect(net.diagnose(probe)).toEqual(diagnostics);
  }
  expect(net.diagnose(probe)[0]).not.toEqual(net.diagnose(examples)[0]);
  expect(() => net.diagnose({ rows: 1, columns: 3, inputs: new Float32Array(3) })).toThrow(RangeError);
});

test('a unit that is always chosen, but gives nothing, is dead', async () => {
  using net = await create(network(20, [hidden(10, topK({ count: 10 })), softmax(5)]), examples);
  net.weights(0).bias[3] = -1000;
  const [layer] = referenceOf(net);
  const outputs = Array.from({ length: examples.rows }, (_, row) =>
    forward(layer, examples.inputs.subarray(row * 20, row * 20 + 20), undefined),
  );
  const dead = Array.from({ length: 10 }, (_, u) => outputs.every((y) => y[u] === 0)).filter(Boolean).length;
  expect(dead).toBeGreaterThan(0);
  expect(net.diagnose(examples)[0]).toMatchObject({ activeShare: 1, deadShare: dead / 10 });
});
