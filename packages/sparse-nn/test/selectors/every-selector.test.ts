import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { itq, learned, simHash } from '@hashgrad/lsh';
import { identity, simpleLsh } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import {
  adaptiveDropout,
  balanceByBias,
  balanceByBoosting,
  balanceByLoss,
  blocks,
  clusters,
  frequency,
  hidden,
  inBatch,
  kernelSampling,
  logUniform,
  lowRank,
  lsh,
  mostActive,
  noisyTopK,
  Network,
  network,
  persistent,
  productKeys,
  rehashDecay,
  rehashNever,
  rehashOnChange,
  rehashSamples,
  router,
  retrieve,
  sgd,
  signatures,
  softmax,
  topK,
  type Examples,
  type NetworkSpec,
  type SelectorContext,
  type SelectorSpec,
} from '../../src/index.ts';
import { Counts } from '../../src/layers/counts.ts';
import { BoundOptimizer } from '../../src/optimizers/bound-optimizer.ts';
import { selectorOf } from '../../src/selectors/selectors.ts';
import { createWeights, initialize } from '../../src/layers/weights.ts';
import { atOnce } from '../../src/layers/piecewise.ts';
import { bags, blobs } from '../data.ts';
import { bits, create, fit } from '../training.ts';

const dense = blobs({ rows: 75, columns: 37, classes: 10 });
const sparse = bags({ rows: 75, columns: 120, classes: 90, mostLabels: 3 });
const frequencies = Array.from({ length: 90 }, (_, c) => 1 + (c % 7));
const family = simHash({ bits: 4, tables: 7 });

const taught = learned({ bits: 4, tables: 7, iterations: 5 });

const forHidden: readonly (readonly [string, SelectorSpec])[] = [
  ['adaptiveDropout, a share', adaptiveDropout({ count: 20, alpha: 2 })],
  ['adaptiveDropout, beta', adaptiveDropout({ beta: -1 })],
  ['persistent', persistent({ count: 15 })],
  ['persistent, several tables', persistent({ count: 15, family })],
  ['persistent, by sample', persistent({ count: 15, by: 'sample' })],
  ['persistent, by a router', persistent({ count: 15, by: router({ freezeAfter: 6 }), sets: 5 })],
  ['blocks', blocks({ count: 15, size: 3 })],
  ['blocks, by a router', blocks({ count: 15, size: 3, by: router({ freezeAfter: 6 }) })],
  ['blocks, that choose samples', blocks({ count: 15, size: 3, by: router(), choice: 'expert' })],
  ['productKeys', productKeys({ count: 15, freezeAfter: 6 })],
  ['productKeys, random', productKeys({ count: 15, freezeAfter: 0 })],
  ['lowRank, svd', lowRank({ count: 15, rank: 5, refreshEvery: 3 })],
  ['lowRank, projection', lowRank({ count: 15, rank: 5, sketch: 'projection', refreshEvery: 3 })],
  ['mostActive', mostActive({ count: 15, observe: 5 })],
  ['noisyTopK', noisyTopK({ count: 15, overlap: 0.6 })],
  ['noisyTopK, persistent', noisyTopK({ count: 15, overlap: 0.6, persistent: true })],
  ['signatures', signatures({ count: 15, bits: 64, rehash: 2, redraw: 2 })],
  ['clusters', clusters({ count: 15, probes: 3, refreshEvery: 2 })],
  ['lsh, decay', lsh({ count: 15, family, rehash: rehashDecay({ first: 2, rate: 0.2 }) })],
  ['lsh, on change', lsh({ count: 15, family, rehash: rehashOnChange({ threshold: 0.01, every: 2 }) })],
  ['lsh, never', lsh({ count: 15, family, rehash: rehashNever() })],
  ['lsh, redrawn', lsh({ count: 15, family, rehash: 2, redraw: 2 })],
  ['lsh, centred', lsh({ count: 15, family, rehash: rehashSamples(50), centred: true })],
  ['lsh, centred directions', lsh({ count: 15, family, transform: identity(), rehash: 2, centred: true })],
  ['signatures, centred', signatures({ count: 15, bits: 64, rehash: 2, centred: true })],
  [
    'signatures, transformed',
    signatures({ count: 15, bits: 64, transform: simpleLsh(), centred: true, rehash: rehashSamples(30) }),
  ],
  ['lsh, probes', lsh({ count: 15, family, probes: 3, rehash: 2 })],
  [
    'lsh, learned',
    lsh({ count: 15, family: taught, centred: true, rehash: 2, lessons: { every: 2, queries: 9 } }),
  ],
  [
    'lsh, itq',
    lsh({ count: 15, family: itq({ bits: 4, tables: 7 }), transform: identity(), centred: true, rehash: 3 }),
  ],
  ['topK, balanced by bias', topK({ count: 15, balance: balanceByBias({ rate: 0.01 }) })],
  ['topK, boosted', topK({ count: 15, balance: balanceByBoosting({ strength: 5, period: 30 }) })],
  ['topK, balanced by loss', topK({ count: 15, balance: balanceByLoss({ weight: 0.5 }) })],
  ['signatures, balanced by bias', signatures({ count: 15, balance: balanceByBias({ rate: 0.01 }) })],
  ['signatures, boosted', signatures({ count: 15, balance: balanceByBoosting({ strength: 5 }) })],
  ['lsh, balanced by bias', lsh({ count: 15, family, balance: balanceByBias({ rate: 0.05 }) })],
  ['lsh, boosted', lsh({ count: 15, family, pad: 'uniform', balance: balanceByBoosting({ strength: 5 }) })],
  ['lsh, permuted', lsh({ count: 15, family, rehash: 2, permuted: true })],
];

const forOutputs: readonly (readonly [string, SelectorSpec])[] = [
  ['logUniform', logUniform({ count: 20, logQ: true, shared: 4 })],
  ['frequency', frequency({ count: 20, frequencies, logQ: true })],
  ['inBatch', inBatch({ count: 20, logQ: true, frequencies })],
  ['lsh by label', lsh({ count: 20, family, query: 'label', pad: 'uniform', logQ: true, rehash: 3 })],
  [
    'lsh, learned by label',
    lsh({
      count: 20,
      family: taught,
      transform: identity(),
      rehash: rehashOnChange({ threshold: 0.01, every: 2 }),
      lessons: { target: 'labels', every: 1, rows: 50 },
    }),
  ],
  ['lsh, by frequency', lsh({ count: 20, family, pad: 'frequency', frequencies, logQ: true, shared: 2 })],
  ['lsh, by batch', lsh({ count: 20, family, pad: 'batch', frequencies, logQ: true, rehash: 3 })],
  ['persistent', persistent({ count: 20 })],
  ['persistent, by sample', persistent({ count: 20, by: 'sample' })],
  ['blocks', blocks({ count: 20, size: 5 })],
  ['productKeys, random', productKeys({ count: 20, freezeAfter: 0 })],
  ['signatures', signatures({ count: 20, rehash: rehashOnChange({ threshold: 0.01, every: 2 }) })],
  ['adaptiveDropout', adaptiveDropout({ count: 20 })],
  ['lowRank', lowRank({ count: 20, rank: 5, refreshEvery: 3 })],
  [
    'kernelSampling, quadratic',
    kernelSampling({ count: 20, leaf: 7, kernel: { kind: 'quadratic', alpha: 1 } }),
  ],
  [
    'kernelSampling, fourier',
    kernelSampling({ count: 20, kernel: { kind: 'fourier', nu: 1, features: 16 }, leaf: 7 }),
  ],
  ['retrieve by topK', retrieve({ count: 20, hard: 6, by: topK({}), shared: 3 })],
  [
    'retrieve by lsh',
    retrieve({ count: 20, hard: 6, by: lsh({ family, rehash: 3 }), pad: 'frequency', frequencies }),
  ],
  ['retrieve by clusters', retrieve({ count: 20, hard: 6, by: clusters({ refreshEvery: 2 }), logQ: false })],
];

const cases: readonly { name: string; spec: NetworkSpec; examples: Examples }[] = [
  ...forHidden.map(([name, select]) => ({
    name,
    spec: network(37, [hidden(81, select), hidden(63, select), softmax(10)], sgd({ rate: 0.1 })),
    examples: dense,
  })),
  ...forOutputs.map(([name, select]) => ({
    name: `${name}, outputs`,
    spec: network(120, [hidden(33), softmax(90, select)]),
    examples: sparse,
  })),
];

describe('the same bits', () => {
  test.for(cases)('$name: on 1, 2 and 4 threads, evaluated or not', async ({ spec, examples }) => {
    const results: string[] = [];
    for (const threads of [1, 2, 4]) {
      using net = await create(spec, examples, { batchSize: 20, threads });
      const start = bits(net);
      for (let epoch = 0; epoch < 3; epoch++) {
        await fit(net, examples);
        if (threads === 2) net.evaluate(examples, { pass: 'sparse' });
      }
      expect(bits(net)).not.toBe(start);
      results.push(bits(net));
    }
    expect(results[1]).toBe(results[0]);
    expect(results[2]).toBe(results[0]);
  });

  test.for(cases)('$name: saved after any step and gone on with', async ({ spec, examples }) => {
    using undisturbed = await create(spec, examples, { batchSize: 20 });
    await fit(undisturbed, examples, 3);
    for (const maxSteps of [1, 4, 7, 11]) {
      using first = await create(spec, examples, { batchSize: 20 });
      for await (const _ of first.fit(examples, { epochs: 3, maxSteps })) void _;
      using second = await Network.load(first.toBytes());
      for await (const _ of second.fit(examples, { epochs: 3, resume: true })) void _;
      expect(bits(second)).toBe(bits(undisturbed));
    }
  });

  test.for(cases)('$name: its spec is JSON', async ({ spec, examples }) => {
    const read = JSON.parse(JSON.stringify(spec)) as NetworkSpec;
    expect(read).toEqual(spec);
    using a = await create(spec, examples, { batchSize: 20 });
    using b = await create(read, examples, { batchSize: 20 });
    expect((await fit(b, examples))[0].loss).toBe((await fit(a, examples))[0].loss);
  });

  test.for(cases)('$name: another seed gives another choice', async ({ spec, examples }) => {
    using a = await create(spec, examples, { batchSize: 20, seed: 1 });
    using b = await create(spec, examples, { batchSize: 20, seed: 2 });
    await fit(a, examples);
    await fit(b, examples);
    expect(bits(b)).not.toBe(bits(a));
  });
});

test.for(cases)('$name: training takes no more memory as it goes on', async ({ spec, examples }) => {
  using net = await create(spec, examples, { batchSize: 20 });
  await fit(net, examples, 2);
  const before = net.memoryUsage();
  await fit(net, examples, 2);
  expect(net.memoryUsage()).toBe(before);
});

test.for([...forHidden, ...forOutputs])('%s gives its memory back', ([, select]) => {
  const arena = new Arena();
  const team = Team.single(arena);
  const units = 90;
  const inputs = 30;
  const weights = createWeights(arena, units, inputs, true, sgd({ rate: 0.1 }));
  atOnce(initialize(team, weights, inputs, 2, randomStream(1, 'weights')));
  const definition = selectorOf(select, units)!;
  const shape = { name: 'layer 1', units, inputs, batch: 8 };
  const optimizer = new BoundOptimizer(arena, sgd({ rate: 0.1 }), 0).forLayer({});
  const context: SelectorContext = { team, seed: 1, weights, counts: new Counts(), optimizer, ...shape };
  // The first makes the team's scratch memory, which stays.
  definition.bind(select, context)[Symbol.dispose]();
  const before = arena.usedBytes;
  const selector = definition.bind(select, context);
  expect(arena.usedBytes).toBeGreaterThanOrEqual(before);
  selector[Symbol.dispose]();
  expect(arena.usedBytes).toBe(before);
});
