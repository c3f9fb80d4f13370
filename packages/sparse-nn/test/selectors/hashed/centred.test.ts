/** Weights of which the mean is taken off before they are hashed. */
import { randomStream } from '@hashgrad/kernels';
import { simHash, type FamilySpec } from '@hashgrad/lsh';
import { identity, simpleLsh } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import {
  hidden,
  lsh,
  network,
  rehashNever,
  sgd,
  signatures,
  softmax,
  type Network,
  type SelectorSpec,
} from '../../../src/index.ts';
import { blobs } from '../../data.ts';
import { largest, sums } from '../../hidden-choice.ts';
import { referenceOf } from '../../reference.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const [UNITS, INPUTS, ROWS] = [1500, 24, 60];
const examples = blobs({ rows: ROWS, columns: INPUTS, classes: 5 });
const family: FamilySpec = simHash({ bits: 8, tables: 24, projection: 'hadamard' });

/** Gives the first layer weights that have much in common, and biases too. */
function write(net: Network, spy: Spy): void {
  const random = randomStream(3, 'weights');
  const { values, stride, bias } = net.weights(0);
  const common = Float32Array.from({ length: INPUTS }, () => 3 * random.normal());
  for (let u = 0; u < UNITS; u++) {
    for (let k = 0; k < INPUTS; k++) values[u * stride + k] = common[k] + random.normal();
    bias[u] = 2 + random.normal();
  }
  spy.selector?.rewritten?.();
}

/** What is chosen by weights that have much in common, and the share of the exact best 20 that is among it. */
async function choose(
  select: SelectorSpec,
): Promise<{ active: readonly (readonly number[])[]; recall: number }> {
  const spy = new Spy();
  using net = await create(network(INPUTS, [hidden(UNITS, spy.on(select)), softmax(5)]), examples);
  write(net, spy);
  net.evaluate(examples, { pass: 'sparse' });
  const { inputs, active } = spy.last;
  const [layer] = referenceOf(net);
  const found = inputs.map((x, s) => {
    const best = new Set(largest(sums(layer, x), 20));
    return active[s].filter((u) => best.has(u)).length / 20;
  });
  return { active, recall: found.reduce((sum, each) => sum + each, 0) / ROWS };
}

describe('rows that have much in common', () => {
  const kinds: readonly (readonly [string, (centred: boolean) => SelectorSpec])[] = [
    ['lsh', (centred) => lsh({ count: 100, family, centred })],
    ['lsh by direction', (centred) => lsh({ count: 100, family, centred, transform: identity() })],
    ['signatures', (centred) => signatures({ count: 100, bits: 192, centred })],
  ];
  test.for(kinds)('%s finds more of the best, centred', async ([, select]) => {
    const [plain, centred] = [await choose(select(false)), await choose(select(true))];
    expect(centred.recall).toBeGreaterThan(plain.recall + 0.1);
    // By chance it would be 100 of 1,500.
    expect(centred.recall).toBeGreaterThan(0.2);
  });

  test('lsh and signatures of the same bits choose alike: their look-up alone tells them apart', async () => {
    const options = { count: 100, centred: true, transform: simpleLsh() };
    const one = simHash({ bits: 1, tables: 1024, projection: 'hadamard' });
    const tables = await choose(lsh({ ...options, family: one }));
    const words = await choose(signatures({ ...options, bits: 1024 }));
    const shared = tables.active.map((ids, s) => ids.filter((id) => words.active[s].includes(id)).length);
    // Most collisions are fewest different bits; units that are equally near come in another order.
    expect(shared.reduce((sum, each) => sum + each, 0) / (100 * ROWS)).toBeGreaterThan(0.97);
  });
});

describe('the mean', () => {
  test('is held while it moves by less than a tenth of the distance of rows from it; then all are hashed anew', async () => {
    const spy = new Spy();
    const select = lsh({ count: 100, family, centred: true, rehash: 1 });
    const layers = [hidden(UNITS, spy.on(select)), softmax(5)];
    using net = await create(network(INPUTS, layers, sgd({ rate: 1e-30 })), examples);
    write(net, spy);
    const [before] = await fit(net, examples);
    const mean = (): Float32Array => spy.selector?.state?.().arrays?.['mean'] as Float32Array;
    const held = mean().slice();
    const { values, stride } = net.weights(0);
    const shift = (by: number): void => {
      for (let u = 0; u < UNITS; u++) for (let k = 0; k < INPUTS; k++) values[u * stride + k] += by;
    };
    // Rows are 5 from their mean (25 normals, the bias included): a shift of 0.05 in 24 coordinates moves it by 0.25.
    shift(0.05);
    const [little] = await fit(net, examples);
    expect(mean()).toEqual(held);
    shift(0.1);
    const [much] = await fit(net, examples);
    for (let k = 0; k < INPUTS; k++) expect(mean()[k]).toBeCloseTo(held[k] + 0.15, 4);
    expect(much.additions.rehash).toBeGreaterThan(before.additions.rehash);
    expect(little.additions.rehash).toBeLessThan(much.additions.rehash);
    // What all rows have gained is taken off: they have the codes that they had.
    expect(spy.selector?.codesChanged?.()).toBe(0);
  });

  test('stays as it was, never rehashed, and is saved', async () => {
    const spy = new Spy();
    const select = lsh({ count: 100, family, centred: true, rehash: rehashNever() });
    using net = await create(network(INPUTS, [hidden(UNITS, spy.on(select)), softmax(5)]), examples);
    write(net, spy);
    const mean = spy.selector?.state?.().arrays?.['mean'] as Float32Array;
    const held = mean.slice();
    await fit(net, examples, 2);
    expect(mean).toEqual(held);
    expect(Math.hypot(...held)).toBeGreaterThan(5);
  });
});
