import { simHash } from '@hashgrad/lsh';
import { simpleLsh } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  fixed,
  hidden,
  lsh,
  momentum,
  network,
  PARTS,
  random,
  sgd,
  softmax,
  topK,
  type EpochReport,
  type Examples,
  type LayerSpec,
  type OptimizerSpec,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { Spy } from '../spy.ts';
import { create, fit } from '../training.ts';

const dense = blobs({ rows: 75, columns: 37, classes: 10 });
const sparse = bags({ rows: 75, columns: 120, classes: 90 });
const nonZeros = sparse.ids.length;

async function train(
  examples: Examples,
  layers: readonly LayerSpec[],
  optimizer: OptimizerSpec = adam(),
): Promise<EpochReport> {
  using net = await create(network(examples.columns, layers, optimizer), examples, { batchSize: 20 });
  const [report] = await fit(net, examples);
  return report;
}

/** The number of different units that each batch chose, summed. */
function rowsTouched(spy: Spy): number {
  return spy.choices.reduce((total, { active }) => total + new Set(active.flat()).size, 0);
}

function pairs(spy: Spy): number {
  return spy.choices.reduce((total, { active }) => total + active.flat().length, 0);
}

describe('multiply-adds', () => {
  test.for<[OptimizerSpec, number]>([
    [sgd({ rate: 0.1 }), 1],
    [momentum({ rate: 0.1 }), 2],
    [adagrad(), 4],
    [adam(), 8],
    // A dense layer keeps the gradient that it measured.
    [adam({ clipNorm: 0.1 }), 8],
  ])('of a dense network with %o', async ([optimizer, cost]) => {
    const report = await train(dense, [hidden(61), hidden(50), softmax(10)], optimizer);
    const products = 37 * 61 + 61 * 50 + 50 * 10;
    expect(report).toMatchObject({ steps: 4, samples: 75, activeShare: 1, paddedShare: 0 });
    expect(report.multiplyAdds).toEqual({
      hashing: 0,
      choose: 0,
      forward: 75 * products,
      // By the weights in all layers, by the inputs in all but the first.
      backward: 75 * (products + 61 * 50 + 50 * 10),
      optimizer: 4 * products * cost,
      rehash: 0,
    });
  });

  test('of selected layers: the pairs of active units and active inputs where those are few', async () => {
    const [first, second] = [new Spy(), new Spy()];
    const report = await train(dense, [
      hidden(61, first.on(topK({ count: 7 }))),
      hidden(50, second.on(topK({ count: 9 }))),
      softmax(10),
    ]);
    const products = [7 * 37, 9 * 7, 10 * 9];
    expect(report.activeShare).toBeCloseTo((7 + 9) / (61 + 50), 12);
    expect(report.multiplyAdds).toEqual({
      hashing: 0,
      // Of the second layer, whose input is sparse, only its active inputs are multiplied.
      choose: 75 * (61 * 37 + 50 * 7),
      forward: 75 * (products[0] + products[1] + products[2]),
      backward: 75 * (products[0] + 2 * products[1] + 2 * products[2]),
      // Whole rows of those that were touched: units of the first two, inputs of the last.
      optimizer: 8 * (rowsTouched(first) * 37 + rowsTouched(second) * 61 + rowsTouched(second) * 10),
      rehash: 0,
    });
  });

  test('of layers that gather their gradients twice, to clip by their norm', async () => {
    const spies = [new Spy(), new Spy()];
    const [once, twice] = await Promise.all(
      [adam(), adam({ clipNorm: 0.1 })].map((optimizer, i) =>
        train(dense, [hidden(61, spies[i].on(fixed({ count: 7 }))), softmax(10)], optimizer),
      ),
    );
    const { backward, ...others } = once.multiplyAdds;
    // By the weights of both layers again; the second is an embedding bag.
    expect(twice.multiplyAdds).toEqual({ ...others, backward: backward + 75 * (7 * 37 + 7 * 10) });
  });

  test('of selected layers: active units and all inputs from an eighth of those on', async () => {
    const report = await train(dense, [
      hidden(64, fixed({ count: 8 })),
      hidden(50, fixed({ count: 9 })),
      softmax(10),
    ]);
    expect(report.multiplyAdds).toMatchObject({
      hashing: 0,
      choose: 0,
      forward: 75 * (8 * 37 + 9 * 64 + 10 * 9),
      backward: 75 * (8 * 37 + 2 * 9 * 64 + 2 * 10 * 9),
      optimizer: 4 * 8 * (8 * 37 + 9 * 64 + 9 * 10),
    });
  });

  test('of hashing: projections of inputs, and of all weights at each rehash', async () => {
    const spy = new Spy();
    const family = simHash({ bits: 4, tables: 7 });
    const select = lsh({ count: 61, family, transform: simpleLsh(), rehash: 2 });
    const report = await train(dense, [hidden(61, spy.on(select)), softmax(10)]);
    // Two coordinates more than inputs: the bias, and the transform's.
    expect(report.multiplyAdds).toMatchObject({
      hashing: 75 * (37 + 2) * 4 * 7,
      choose: 0,
      forward: pairs(spy) * (37 + 10),
      // The transform needs the rows' lengths.
      rehash: 2 * 61 * ((37 + 2) * 4 * 7 + 37 + 1),
    });
    // All that were met were taken.
    expect(report.candidates).toMatchObject({ choose: pairs(spy), rehash: 0 });
    expect(report.entries.rehash).toBe(2 * 2 * 61 * 7);
    expect(pairs(spy)).toBeLessThan(75 * 61);
  });

  test('of sparse inputs: non-zeros only, in hashing too', async () => {
    const bag = await train(sparse, [hidden(33), softmax(90)]);
    expect(bag.multiplyAdds).toMatchObject({
      forward: nonZeros * 33 + 75 * 33 * 90,
      backward: nonZeros * 33 + 2 * 75 * 33 * 90,
    });
    const spy = new Spy();
    const select = lsh({ count: 12, family: simHash({ bits: 4, tables: 7 }), rehash: 100 });
    const hashed = await train(sparse, [hidden(33, spy.on(select)), softmax(90)]);
    expect(hashed.multiplyAdds).toMatchObject({ hashing: (nonZeros + 75) * 4 * 7, rehash: 0 });
  });

  test('are those of one epoch, without evaluations', async () => {
    const select = lsh({ count: 12, family: simHash({ bits: 4, tables: 7 }), rehash: 2 });
    const spec = network(37, [hidden(61, select), softmax(10)], sgd({ rate: 1e-30 }));
    using net = await create(spec, dense, { batchSize: 20 });
    const [first] = await fit(net, dense);
    net.evaluate(dense);
    net.evaluate(dense, { pass: 'sparse' });
    const [second] = await fit(net, dense);
    // The rows that a batch touches, and that are then hashed anew, depend on which samples it has; the rest does not.
    const { optimizer, rehash } = second.multiplyAdds;
    expect(second.multiplyAdds).toEqual({ ...first.multiplyAdds, optimizer, rehash });
  });
});

test('seconds of the parts add up to no more than those of the epoch', async () => {
  const select = lsh({ count: 12, family: simHash({ bits: 4, tables: 7 }), rehash: 2 });
  const { seconds, partSeconds } = await train(dense, [
    hidden(61, select),
    hidden(61, random({ count: 9 })),
    softmax(10),
  ]);
  expect(Object.keys(partSeconds)).toEqual([...PARTS]);
  const parts = PARTS.map((part) => partSeconds[part]);
  expect(Math.min(...parts.slice(0, 4))).toBeGreaterThan(0);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(seconds);
});
