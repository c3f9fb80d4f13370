import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  all,
  cosineDecay,
  fixed,
  hidden,
  linearOutput,
  lsh,
  momentum,
  network,
  random,
  sgd,
  sigmoidOutput,
  softmax,
  topK,
  warmUp,
  type Examples,
  type NetworkSpec,
} from '../../src/index.ts';
import { bags, blobs, withLabelSets, withTargets } from '../data.ts';
import { bits, create, fit } from '../training.ts';

const dense = blobs({ rows: 75, columns: 37, classes: 10 });
const sparse = bags({ rows: 75, columns: 120, classes: 90, mostLabels: 3 });
const tables = { family: simHash({ bits: 4, tables: 7 }), rehash: 2 };

const mixed = [
  hidden(61),
  hidden(70, topK({ count: 9 })),
  hidden(81, random({ count: 20 })),
  hidden(50, lsh({ count: 12, pad: 'uniform', ...tables })),
  softmax(10),
];
const wide = [hidden(33), softmax(90, lsh({ count: 15, ...tables }))];
/** Wide enough beside batches of 20 that it gathers what flows back in another way. */
const wider = [hidden(33), softmax(700, lsh({ count: 60, pad: 'uniform', logQ: true, ...tables }))];

interface Case {
  readonly name: string;
  readonly examples: Examples;
  readonly spec: NetworkSpec;
}

const cases: readonly Case[] = [
  { name: 'dense', examples: dense, spec: network(37, [hidden(61), hidden(50), softmax(10)]) },
  {
    name: 'topK',
    examples: dense,
    spec: network(37, [hidden(61, topK({ count: 7 })), hidden(50, topK({ count: 9 })), softmax(10)]),
  },
  {
    name: 'many chosen units before a dense layer',
    examples: dense,
    spec: network(37, [hidden(90, topK({ count: 40 })), hidden(70), softmax(10)]),
  },
  {
    name: 'random',
    examples: dense,
    spec: network(37, [hidden(61, random({ count: 7 })), hidden(50, random({ count: 9 })), softmax(10)]),
  },
  {
    name: 'fixed',
    examples: dense,
    spec: network(37, [hidden(61, fixed({ count: 7 })), hidden(50, fixed({ count: 9 })), softmax(10)]),
  },
  {
    name: 'lsh',
    examples: dense,
    spec: network(37, [
      hidden(61, lsh({ count: 7, ...tables })),
      hidden(50, lsh({ count: 9, ...tables })),
      softmax(10),
    ]),
  },
  { name: 'all selectors, sgd', examples: dense, spec: network(37, mixed, sgd({ rate: 0.1 })) },
  { name: 'all selectors, momentum', examples: dense, spec: network(37, mixed, momentum({ rate: 0.01 })) },
  { name: 'all selectors, adam', examples: dense, spec: network(37, mixed, adam()) },
  { name: 'sparse input, lsh softmax, sgd', examples: sparse, spec: network(120, wide, sgd({ rate: 0.1 })) },
  {
    name: 'sparse input, lsh softmax, momentum',
    examples: sparse,
    spec: network(120, wide, momentum({ rate: 0.01 })),
  },
  {
    name: 'all selectors, small moments',
    examples: dense,
    spec: network(37, mixed, adam({ firstMoment: 'bfloat16', secondMoment: 'bfloat16' })),
  },
  {
    name: 'sparse input, lsh softmax, a moment a row',
    examples: sparse,
    spec: network(120, wide, adam({ secondMoment: 'row' })),
  },
  { name: 'sparse input, wide lsh softmax', examples: sparse, spec: network(120, wider) },
  {
    name: 'activations and dropout, adagrad, clipped by norm',
    examples: withLabelSets(dense, 30, 3),
    spec: network(
      37,
      [
        hidden(61, all(), { activation: 'tanh', dropout: 0.3 }),
        hidden(70, topK({ count: 19 }), { activation: 'sigmoid', dropout: 0.2 }),
        hidden(40, all(), { dropout: 0.5 }),
        sigmoidOutput(30, random({ count: 11, logQ: true })),
      ],
      adagrad({ sums: 'bfloat16', clipNorm: 0.01 }),
    ),
  },
  {
    name: 'sparse input, linear output, catching up',
    examples: withTargets(sparse, 90),
    spec: network(
      120,
      [hidden(33, all(), { dropout: 0.2 }), linearOutput(90, lsh({ count: 15, ...tables }))],
      adam({
        skipped: 'catchUp',
        weightDecay: 0.1,
        clipValue: 0.01,
        firstMoment: 'bfloat16',
        secondMoment: 'bfloat16',
        schedule: warmUp({ steps: 3, next: cosineDecay({ steps: 10 }) }),
      }),
    ),
  },
  {
    name: 'sparse input, wide sigmoid output, momentum',
    examples: sparse,
    spec: network(
      120,
      [hidden(33, all(), { activation: 'sigmoid' }), sigmoidOutput(700, lsh({ count: 60, ...tables }))],
      momentum({ rate: 0.01, velocity: 'bfloat16', weightDecay: 0.1, clipNorm: 0.1 }),
    ),
  },
  {
    name: 'sparse input, lsh softmax, a sum a row',
    examples: sparse,
    spec: network(120, wide, adagrad({ sums: 'row' })),
  },
  { name: 'sparse input, lsh softmax, adam', examples: sparse, spec: network(120, wide, adam()) },
];

/** An epoch of four batches and the start of another; the last batch is short. */
async function train({ spec, examples }: Case, seed: number, threads: number): Promise<string> {
  using net = await create(spec, examples, { seed, threads, batchSize: 20 });
  expect(net.threads).toBe(threads);
  const [report] = await fit(net, examples);
  const { accuracy, loss } = net.evaluate(examples, { pass: 'sparse' });
  return [report.loss, accuracy, loss, net.evaluate(examples).loss, bits(net)].join(' ');
}

describe('same seed, same bits', () => {
  test.for(cases)('$name: twice, and on 1, 2, 3 and 4 threads', async (which) => {
    const once = await train(which, 1, 1);
    expect(await train(which, 1, 1)).toBe(once);
    for (const threads of [2, 3, 4]) expect(await train(which, 1, threads)).toBe(once);
    expect(await train(which, 2, 1)).not.toBe(once);
  });
});

describe('what training does next', () => {
  test.for(cases)('$name: does not depend on evaluations', async ({ spec, examples }) => {
    using a = await create(spec, examples, { batchSize: 20 });
    using b = await create(spec, examples, { batchSize: 20 });
    await fit(a, examples);
    await fit(b, examples);
    const full = a.evaluate(examples);
    const pass = a.evaluate(examples, { pass: 'sparse' });
    expect(a.evaluate(examples)).toEqual(full);
    expect(a.evaluate(examples, { pass: 'sparse' })).toEqual(pass);
    await fit(a, examples);
    await fit(b, examples);
    expect(bits(a)).toBe(bits(b));
  });

  test('two epochs are one and another one', async () => {
    const [{ spec, examples }] = cases;
    using a = await create(spec, examples, { batchSize: 20 });
    using b = await create(spec, examples, { batchSize: 20 });
    await fit(a, examples, 2);
    await fit(b, examples);
    await fit(b, examples);
    expect(bits(a)).toBe(bits(b));
  });
});
