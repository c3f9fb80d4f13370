import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  all,
  fixed,
  hidden,
  lsh,
  network,
  random,
  sgd,
  softmax,
  topK,
  type Examples,
  type LayerSpec,
  type SelectorSpec,
} from '../src/index.ts';
import { isSparse } from '../src/data.ts';
import { bags, blobs } from './data.ts';
import { distance, largest } from './distance.ts';
import {
  forward,
  loss,
  numericGradient,
  referenceOf,
  type Active,
  type ReferenceLayer,
} from './reference.ts';
import { Spy } from './spy.ts';
import { create, fit } from './training.ts';

/** Nine samples: the kernels' fours, twice, and one more. Widths are no multiples of four either. */
const dense = blobs({ rows: 9, columns: 11, classes: 7 });
const sparse = bags({ rows: 9, columns: 45, classes: 7 });
const manyLabels = bags({ rows: 9, columns: 45, classes: 7, mostLabels: 3 });

const table = { family: simHash({ bits: 3, tables: 9 }), rehashEvery: 1000 };

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
  { name: 'random', examples: dense, layers: [hidden(18, random({ count: 7 })), hidden(9), softmax(7)] },
  { name: 'lsh', examples: dense, layers: [hidden(13), hidden(18, lsh({ count: 6, ...table })), softmax(7)] },
  {
    name: 'lsh, padded',
    examples: dense,
    layers: [hidden(25, lsh({ count: 12, family: simHash({ bits: 6, tables: 2 }), pad: true })), softmax(7)],
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
      softmax(7, lsh({ count: 5, family: simHash({ bits: 4, tables: 2 }), pad: true, logQ: true })),
    ],
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
    const spies = layers.map(() => new Spy());
    const watched = layers.map((layer, l) =>
      layer.select.kind === 'all' ? layer : { ...layer, select: spies[l].on(layer.select) },
    );
    const spec = network(examples.columns, watched, sgd({ rate: 1 }));
    using net = await create(spec, examples, { seed: 3, batchSize: examples.rows });
    // Biases of 0 put units whose inputs are all 0 on ReLU's kink.
    for (const l of layers.keys())
      net.weights(l).bias.forEach((_, u, bias) => (bias[u] = 0.01 * (1 + (u % 5))));
    const reference = referenceOf(
      net,
      spies.map((spy) => spy.selector?.keep ?? 1),
    );
    const [report] = await fit(net, examples);
    const after = referenceOf(net);

    const inputs = inputsOf(examples);
    const labels = labelsOf(examples);
    const choices = choicesByRow(spies, reference, inputs);
    const meanLoss = (): number => {
      const losses = choices.map(({ active, corrections }, row) =>
        loss(reference, inputs[row], labels[row], active, corrections),
      );
      return losses.reduce((total, value) => total + value, 0) / losses.length;
    };

    expect(Math.abs(report.loss - meanLoss())).toBeLessThan(1e-5);
    for (const [l, layer] of reference.entries()) {
      for (const part of ['weights', 'bias'] as const) {
        const expected = numericGradient(layer[part], meanLoss);
        const actual = layer[part].map((value, i) => value - after[l][part][i]);
        expect(distance(actual, expected)).toBeLessThan(1e-5);
        expect(largest(expected)).toBeGreaterThan(1e-3);
      }
    }
  });
});

function inputsOf(examples: Examples): Float32Array[] {
  const { rows, columns } = examples;
  return Array.from({ length: rows }, (_, row) => {
    if (!isSparse(examples)) return examples.inputs.slice(row * columns, (row + 1) * columns);
    const x = new Float32Array(columns);
    for (let k = examples.offsets[row]; k < examples.offsets[row + 1]; k++) {
      x[examples.ids[k]] = examples.values[k];
    }
    return x;
  });
}

function labelsOf(examples: Examples): number[][] {
  return Array.from({ length: examples.rows }, (_, row) =>
    isSparse(examples)
      ? Array.from(examples.labels.subarray(examples.labelOffsets[row], examples.labelOffsets[row + 1]))
      : [examples.labels[row]],
  );
}

/**
 * What each row had active, and how its logits were corrected. The batch was shuffled: which row a sample is shows in the input of the first layer that
 * selects, before which all units fire.
 */
function choicesByRow(
  spies: readonly Spy[],
  reference: readonly ReferenceLayer[],
  inputs: readonly Float32Array[],
): { readonly active: Active; readonly corrections?: readonly number[] | undefined }[] {
  const first = spies.findIndex((spy) => spy.choices.length > 0);
  if (first < 0) return inputs.map(() => ({ active: [] }));
  const seen = spies[first].last.inputs;
  return inputs.map((input) => {
    let x: ArrayLike<number> = input;
    for (const layer of reference.slice(0, first)) x = forward(layer, x, undefined);
    const distances = seen.map((sample) => sample.reduce((sum, value, k) => sum + (value - x[k]) ** 2, 0));
    const sample = distances.indexOf(Math.min(...distances));
    const active = spies.map(({ choices }) => choices.at(-1)?.active[sample]);
    return { active, corrections: spies.at(-1)?.choices.at(-1)?.corrections?.[sample] };
  });
}
