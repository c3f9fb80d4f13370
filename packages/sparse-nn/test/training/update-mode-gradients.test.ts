import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  fixed,
  hidden,
  linearOutput,
  lsh,
  random,
  sigmoidOutput,
  softmax,
  topK,
  type Examples,
  type LayerSpec,
  type UpdateMode,
} from '../../src/index.ts';
import { bags, blobs, withTargets } from '../data.ts';
import { distance, largest } from '../distance.ts';
import { step } from '../gradient-step.ts';
import { numericGradient } from '../reference.ts';

const tables = { family: simHash({ bits: 3, tables: 9 }), rehash: 1000 };
const dense = (rows: number): Examples => blobs({ rows, columns: 11, classes: 7 });
const sparse = (rows: number): Examples => bags({ rows, columns: 45, classes: 7, mostLabels: 2 });

interface Case {
  readonly name: string;
  readonly examples: (rows: number) => Examples;
  readonly layers: readonly LayerSpec[];
}

const cases: readonly Case[] = [
  { name: 'topK, made dense', examples: dense, layers: [hidden(18, topK({ count: 7 })), softmax(7)] },
  {
    name: 'topK after topK, walked sparse',
    examples: dense,
    layers: [
      hidden(57, topK({ count: 3 }), { activation: 'tanh' }),
      hidden(18, topK({ count: 7 }), { activation: 'sigmoid' }),
      softmax(7, fixed({ count: 7 })),
    ],
  },
  {
    name: 'sparse input, bag, lsh softmax',
    examples: sparse,
    layers: [hidden(11), softmax(7, lsh({ count: 5, ...tables }))],
  },
  {
    name: 'sparse input, lsh, sigmoid output',
    examples: sparse,
    layers: [hidden(18, lsh({ count: 6, ...tables })), sigmoidOutput(7, random({ count: 5 }))],
  },
  {
    name: 'linear output',
    examples: (rows) => withTargets(dense(rows), 9),
    layers: [hidden(13, topK({ count: 6 }), { activation: 'tanh' }), linearOutput(9, topK({ count: 4 }))],
  },
];

/** A sample's update is a step of its own: a batch of one shows its gradient. */
const orders: readonly { readonly order: UpdateMode; readonly rows: number }[] = [
  { order: 'sample', rows: 1 },
  { order: 'hogwild', rows: 1 },
  { order: 'union', rows: 9 },
];

describe.each(orders)('$order: a step of SGD with rate 1 goes by minus the gradient', ({ order, rows }) => {
  test.for(cases)('$name', async ({ examples, layers }) => {
    const { reference, gradients, loss, meanLoss } = await step(examples(rows), layers, 3, {}, order);
    expect(Math.abs(loss - meanLoss())).toBeLessThan(1e-5);
    for (const [l, layer] of reference.entries()) {
      for (const part of ['weights', 'bias'] as const) {
        const expected = numericGradient(layer[part], meanLoss);
        expect(distance(gradients[l][part], expected)).toBeLessThan(1e-5);
        expect(largest(expected)).toBeGreaterThan(1e-3);
      }
    }
  });
});
