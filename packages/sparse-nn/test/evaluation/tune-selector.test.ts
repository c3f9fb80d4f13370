import { crossPolytope, dwta, minHash, pStable, simHash, type FamilySpec } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  all,
  COST_WEIGHTS,
  hidden,
  lsh,
  network,
  random,
  registerSelector,
  signatures,
  softmax,
  topK,
  type Examples,
  type LayerSpec,
  type Network,
  type SelectorGoal,
} from '../../src/index.ts';
import { capabilitiesOf, selectorOf } from '../../src/selectors/selectors.ts';
import { bags, blobs } from '../data.ts';
import { forward, referenceOf } from '../reference.ts';
import { bits, create, fit } from '../training.ts';

const dense = blobs({ rows: 60, columns: 32, classes: 5 });
const sparse = bags({ rows: 60, columns: 45, classes: 5 });
const family = simHash({ bits: 4, tables: 10 });
const own = lsh({ count: 12, family });

test('measures what the layer’s own selector finds of the exact best units', async () => {
  using net = await create(network(32, [hidden(100, own), softmax(5)]), dense, { batchSize: 60 });
  const [tuned] = net.tuneSelector(0, dense, { recall: 0.1, candidates: [own] });
  net.predict(dense, { pass: 'sparse' });
  const { offsets, ids } = net.active(0)!;
  let [found, best] = [0, 0];
  const [layer] = referenceOf(net);
  for (let row = 0; row < 60; row++) {
    const activations = forward(layer!, dense.inputs.subarray(row * 32, row * 32 + 32), undefined);
    const top = [...activations.keys()].toSorted((a, b) => activations[b]! - activations[a]!).slice(0, 12);
    const chosen = ids.subarray(offsets[row], offsets[row + 1]);
    for (const unit of top.filter((u) => activations[u]! > 0)) {
      best++;
      if (chosen.includes(unit)) found++;
    }
  }
  const active = offsets[60]! / (60 * 100);
  expect(tuned).toMatchObject({ select: own, recall: found / best, active, reached: found / best >= 0.1 });
  // 40 projections of 33 coordinates, the bias being one, and what the buckets hold.
  expect(tuned!.choosing).toBeGreaterThan((40 * 33) / 3200);
  expect(tuned!.cost).toBeCloseTo(tuned!.choosing + active, 12);
  // The same for the weights of each of 100 units, whose entries in 10 tables are written in two passes.
  const entries = 100 * 10 * 2 * COST_WEIGHTS.entries;
  expect(tuned!.rehash).toBeCloseTo((100 * 40 * 33 + entries) / 3200, 9);
});

test.for<[string, Examples, readonly LayerSpec[], index: number, active: number]>([
  ['a dense layer', dense, [hidden(40), softmax(5)], 0, 1],
  ['a bag', sparse, [hidden(40), softmax(5)], 0, sparse.ids.length / (60 * 45)],
  [
    'a layer after one that selects',
    dense,
    [hidden(60, topK({ count: 5 })), hidden(40, own), softmax(5)],
    1,
    5 / 60,
  ],
  ['outputs', sparse, [hidden(9), softmax(40, own)], 1, 1],
])('the oracle finds all, and chance its share: %s', async ([, examples, layers, index, active]) => {
  const labelled = 'offsets' in examples ? bags({ rows: 60, columns: 45, classes: 5 }) : examples;
  using net = await create(network(examples.columns, layers), labelled, { batchSize: 25 });
  const candidates = [random({ count: 10 }), topK({ count: 10 })];
  const [oracle, chance] = net.tuneSelector(index, labelled, { recall: 0.9, candidates });
  expect(oracle).toMatchObject({ select: candidates[1], recall: 1, active: 0.25, reached: true });
  // All products with active inputs, and two passes over them for the best.
  const width = index === 0 ? labelled.columns : layers[index - 1]!.units;
  expect(oracle!.choosing).toBeCloseTo(active + (2 * COST_WEIGHTS.comparisons) / width, 6);
  expect(oracle!.cost).toBeGreaterThan(active);
  expect(chance).toMatchObject({ select: candidates[0], active: 0.25, reached: false });
  expect(Math.abs(chance!.recall - 0.25)).toBeLessThan(0.1);
});

describe('what is proposed', () => {
  const goal: SelectorGoal = { recall: 0.35 };

  async function proposals(
    layer: LayerSpec,
    wanted: SelectorGoal = goal,
  ): Promise<ReturnType<Network['tuneSelector']>> {
    using net = await create(network(32, [layer, softmax(5)]), dense);
    return net.tuneSelector(0, dense, wanted);
  }

  test('of lsh are other bits and tables: those that reach the recall first, the cheapest first', async () => {
    const tuned = await proposals(hidden(100, lsh({ count: 12, family, pad: false })));
    expect(tuned).toHaveLength(30);
    const reached = tuned.filter((each) => each.reached);
    expect(reached.length).toBeGreaterThan(0);
    expect(reached.length).toBeLessThan(30);
    expect(tuned.slice(0, reached.length)).toEqual(reached);
    expect(reached).toEqual(reached.toSorted((a, b) => a.cost - b.cost));
    for (const each of reached) expect(each.recall).toBeGreaterThanOrEqual(0.35);
    const others = tuned.slice(reached.length);
    expect(others).toEqual(others.toSorted((a, b) => b.recall - a.recall));
    expect(new Set(tuned.map(({ select }) => JSON.stringify(select))).size).toBe(30);
  });

  test('of signatures are other numbers of bits, the more the better', async () => {
    const tuned = await proposals(hidden(100, signatures({ count: 12 })), { recall: 1 });
    const byBits = tuned.toSorted((a, b) => a.choosing - b.choosing);
    expect(byBits.map(({ select }) => (select as unknown as { bits: number }).bits)).toEqual([
      64, 128, 256, 512, 1024, 2048,
    ]);
    expect(byBits.at(-1)!.recall).toBeGreaterThan(byBits[0]!.recall + 0.1);
  });

  test.for<[string, FamilySpec]>([
    ['simHash', family],
    ['crossPolytope', crossPolytope({ bits: 5, tables: 6, size: 8 })],
    ['dwta', dwta({ hashes: 2, tables: 6 })],
    ['pStable', pStable({ hashes: 3, tables: 6, width: 4 })],
    ['minHash', minHash({ hashes: 2, tables: 6 })],
  ])('of lsh by %s can all be built', ([, each]) => {
    const { variants = [] } = capabilitiesOf(lsh({ count: 5, family: each }), 100);
    expect(variants.length).toBeGreaterThanOrEqual(5);
    for (const variant of variants) expect(() => selectorOf(variant, 100)).not.toThrow();
  });

  test('can be another’s own', async () => {
    registerSelector({
      kind: 'first units',
      check: () => {},
      capabilities: (spec) => ({ variants: [spec, { ...spec, second: true } as typeof spec] }),
      bind: () => ({
        maxActive: 3,
        keepProbability: 1,
        select({ batch }, { ids, offsets }) {
          for (let s = 0; s < batch; s++) {
            ids.set([0, 1, 2], 3 * s);
            offsets[s + 1] = 3 * s + 3;
          }
        },
        updated: () => {},
        [Symbol.dispose]: () => {},
      }),
    });
    const tuned = await proposals(hidden(30, { kind: 'first units' }));
    expect(tuned.map(({ active }) => active)).toEqual([0.1, 0.1]);
  });
});

/** The weights after training, and what tuning in the middle of it has left in memory. */
const train = async (tuned: boolean): Promise<[string, number]> => {
  const layers = [hidden(60, random({ count: 9 })), hidden(40, own), softmax(5)];
  using net = await create(network(32, layers), dense, { batchSize: 20 });
  await fit(net, dense, 2);
  const before = net.memoryUsage();
  if (tuned) net.tuneSelector(1, dense, { recall: 0.5, rows: 10 });
  const more = net.memoryUsage() - before;
  await fit(net, dense, 2);
  return [bits(net), more];
};

test('nothing of the network changes', async () => {
  const [[plain], [end, more]] = [await train(false), await train(true)];
  expect(end).toBe(plain);
  // But for the room of a full pass, which the first one makes.
  expect(more).toBeLessThan(4 * 20 * (64 + 48 + 2 * 16) * 2);
});

describe('what makes no sense is refused', () => {
  test.for<[string, number, SelectorGoal, string]>([
    ['a recall above 1', 0, { recall: 1.1 }, 'recall is above 0 and at most 1; got 1.1.'],
    ['no rows', 0, { recall: 0.5, rows: 0 }, 'rows is an integer of 1 or more; got 0.'],
    [
      'a layer without variants',
      1,
      { recall: 0.5 },
      "Layer 2 has the selector 'all', which has no variants: give `candidates` to try.",
    ],
    ['no layer', 2, { recall: 0.5 }, 'The network has layers 0 to 1; got 2.'],
    ['all units', 0, { recall: 0.5, candidates: [all()] }, "Candidate 0 is 'all', which chooses nothing."],
    [
      'a candidate that does not fit',
      0,
      { recall: 0.5, candidates: [topK({ count: 200 })] },
      "topK: count is an integer from 1 to the layer's 100 units; got 200.",
    ],
  ])('%s', async ([, index, goal, message]) => {
    using net = await create(network(32, [hidden(100, own), softmax(5)]), dense);
    expect(() => net.tuneSelector(index, dense, goal)).toThrow(new RangeError(message));
  });

  test('rows of another network', async () => {
    using net = await create(network(32, [hidden(100, own), softmax(5)]), dense);
    const other = blobs({ rows: 4, columns: 3, classes: 2 });
    expect(() => net.tuneSelector(0, other, { recall: 0.5 })).toThrow(
      'The network has 32 inputs; the examples have 3.',
    );
  });
});
