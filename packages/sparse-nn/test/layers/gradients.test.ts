import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  all,
  balanceByBias,
  fixed,
  hidden,
  lsh,
  random,
  softmax,
  topK,
  type Examples,
  type LayerSpec,
  type SelectorSpec,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { distance, largest } from '../distance.ts';
import { step } from '../gradient-step.ts';
import { numericGradient } from '../reference.ts';

/** Nine samples: the kernels' fours, twice, and one more. Widths are no multiples of four either. */
const dense = blobs({ rows: 9, columns: 11, classes: 7 });
const sparse = bags({ rows: 9, columns: 45, classes: 7 });
const manyLabels = bags({ rows: 9, columns: 45, classes: 7, mostLabels: 3 });

const table = { family: simHash({ bits: 3, tables: 9 }), rehash: 1000 };

interface Case {
  readonly name: string;
  readonly examples: Examples;
  readonly layers: readonly LayerSpec[];
}

const linear = (units: number, select: SelectorSpec = all()): LayerSpec => ({
  units,
  activation: 'linear',
  select,
});

const cases: readonly Case[] = [
  { name: 'softmax alone', examples: dense, layers: [softmax(7)] },
  { name: 'dense, dense', examples: dense, layers: [hidden(13), hidden(10), softmax(7)] },
  { name: 'linear', examples: dense, layers: [linear(13), linear(9, topK({ count: 4 })), softmax(7)] },
  { name: 'fixed', examples: dense, layers: [hidden(13), hidden(18, fixed({ count: 7 })), softmax(7)] },
  { name: 'topK', examples: dense, layers: [hidden(13), hidden(18, topK({ count: 5 })), softmax(7)] },
  {
    name: 'topK, balanced',
    examples: dense,
    layers: [hidden(13), hidden(18, topK({ count: 5, balance: balanceByBias({ rate: 1 }) })), softmax(7)],
  },
  { name: 'random', examples: dense, layers: [hidden(18, random({ count: 7 })), hidden(9), softmax(7)] },
  { name: 'lsh', examples: dense, layers: [hidden(13), hidden(18, lsh({ count: 6, ...table })), softmax(7)] },
  {
    name: 'lsh, padded',
    examples: dense,
    layers: [
      hidden(25, lsh({ count: 12, family: simHash({ bits: 6, tables: 2 }), pad: 'uniform' })),
      softmax(7),
    ],
  },
  {
    name: 'selected after selected, walked sparse',
    examples: dense,
    layers: [hidden(57, topK({ count: 6 })), hidden(18, topK({ count: 7 })), softmax(7, fixed({ count: 7 }))],
  },
  {
    name: 'random after random, walked sparse',
    examples: dense,
    layers: [hidden(57, random({ count: 6 })), hidden(18, random({ count: 7 })), softmax(7)],
  },
  {
    name: 'selected after selected, made dense',
    examples: dense,
    layers: [
      hidden(25, topK({ count: 9 })),
      hidden(18, random({ count: 7 })),
      softmax(7, fixed({ count: 7 })),
    ],
  },
  {
    name: 'selected softmax with its labels forced',
    examples: dense,
    layers: [hidden(13), softmax(7, random({ count: 3 }))],
  },
  {
    name: 'sampled softmax with corrected logits',
    examples: manyLabels,
    layers: [hidden(13), softmax(7, random({ count: 5, logQ: true }))],
  },
  {
    name: 'padded lsh softmax with corrected logits',
    examples: dense,
    layers: [
      hidden(13),
      softmax(7, lsh({ count: 5, family: simHash({ bits: 4, tables: 2 }), pad: 'uniform', logQ: true })),
    ],
  },
  {
    name: 'softmax of centred lsh, padded by frequency, with corrected logits',
    examples: dense,
    layers: [
      hidden(13),
      softmax(
        7,
        lsh({
          count: 5,
          family: simHash({ bits: 4, tables: 2 }),
          centred: true,
          pad: 'frequency',
          frequencies: [9, 2, 4, 1, 1, 5, 2],
          logQ: true,
        }),
      ),
    ],
  },
  // Long rows of many active inputs are summed by parts.
  {
    name: 'dense after many chosen units',
    examples: dense,
    layers: [hidden(40, topK({ count: 34 })), hidden(66), softmax(7)],
  },
  {
    name: 'linear after many chosen units',
    examples: dense,
    layers: [hidden(37, random({ count: 33 })), linear(65), softmax(7)],
  },
  // Layers of 32 units and more for each sample of a batch gather what flows back in another way.
  {
    name: 'wide after dense',
    examples: dense,
    layers: [hidden(6), hidden(300, topK({ count: 20 })), softmax(7)],
  },
  {
    name: 'wide softmax after dense',
    examples: sparse,
    layers: [hidden(6), softmax(300, lsh({ count: 25, ...table }))],
  },
  {
    name: 'wide after selected, made dense',
    examples: dense,
    layers: [hidden(9, topK({ count: 5 })), hidden(300, random({ count: 20 })), softmax(7)],
  },
  { name: 'sparse input to a softmax', examples: sparse, layers: [softmax(7)] },
  { name: 'sparse input, dense hidden', examples: sparse, layers: [hidden(11), softmax(7)] },
  {
    name: 'sparse input, dense hidden, lsh softmax',
    examples: sparse,
    layers: [hidden(11), softmax(7, lsh({ count: 4, ...table }))],
  },
  {
    name: 'sparse input, selected hidden',
    examples: { ...sparse, columns: 90 },
    layers: [hidden(18, lsh({ count: 6, ...table })), softmax(7)],
  },
  {
    name: 'sparse input that is made dense, selected hidden',
    examples: bags({ rows: 9, columns: 15, classes: 7 }),
    layers: [hidden(18, topK({ count: 6 })), softmax(7)],
  },
  { name: 'many labels', examples: manyLabels, layers: [hidden(11), softmax(7)] },
  {
    name: 'many labels, lsh softmax',
    examples: manyLabels,
    layers: [hidden(11), softmax(7, lsh({ count: 4, ...table }))],
  },
];

describe('a step of SGD with rate 1 goes by minus the gradient of the mean loss', () => {
  test.for(cases)('$name', async ({ examples, layers }) => {
    const { reference, gradients, loss, meanLoss } = await step(examples, layers);
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
