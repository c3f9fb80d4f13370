import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adaptiveDropout,
  clusters,
  all,
  blocks,
  frequency,
  inBatch,
  kernelSampling,
  logUniform,
  lowRank,
  mostActive,
  noisyTopK,
  persistent,
  productKeys,
  router,
  fixed,
  hidden,
  linearOutput,
  lsh,
  random,
  retrieve,
  sigmoidOutput,
  signatures,
  softmax,
  topK,
  type Examples,
  type HiddenActivation,
  type LayerSpec,
  type LossKind,
  type SelectorSpec,
} from '../../src/index.ts';
import { bags, blobs, withLabelSets, withTargets } from '../data.ts';
import { distance, largest } from '../distance.ts';
import { step } from '../gradient-step.ts';
import { numericGradient } from '../reference.ts';

const family = simHash({ bits: 3, tables: 9 });
const activations: readonly HiddenActivation[] = ['relu', 'linear', 'sigmoid', 'tanh'];
const UNITS = 7;

const outputs: Readonly<Record<LossKind, (select?: SelectorSpec) => LayerSpec>> = {
  softmax: (select) => softmax(UNITS, select),
  sigmoid: (select) => sigmoidOutput(UNITS, select),
  linear: (select) => linearOutput(UNITS, select),
};
const losses = Object.keys(outputs) as readonly LossKind[];

const coarse = simHash({ bits: 4, tables: 2 });
const often = [9, 2, 4, 1, 1, 5, 2];

const hiddenSelectors: readonly (readonly [string, SelectorSpec])[] = [
  ['all', all()],
  ['topK', topK({ count: 5 })],
  ['random', random({ count: 6 })],
  ['fixed', fixed({ count: 6 })],
  ['lsh', lsh({ count: 6, family, rehash: 1000 })],
  ['padded lsh', lsh({ count: 6, family: simHash({ bits: 6, tables: 2 }), pad: 'uniform' })],
  ['centred lsh with probes', lsh({ count: 6, family, centred: true, probes: 2, rehash: 1000 })],
  ['adaptive dropout', adaptiveDropout({ fraction: 0.5, alpha: 2 })],
  ['persistent', persistent({ count: 6 })],
  ['persistent by sample', persistent({ count: 6, by: 'sample' })],
  ['persistent by a router', persistent({ count: 6, by: router(), sets: 4 })],
  ['blocks', blocks({ count: 6, size: 3 })],
  ['blocks by a router', blocks({ count: 6, size: 3, by: router() })],
  ['blocks that choose samples', blocks({ count: 6, size: 3, by: router(), choice: 'expert' })],
  ['product keys', productKeys({ count: 6, queryDimensions: 4 })],
  ['random product keys', productKeys({ count: 6, queryDimensions: 4, freezeAfter: 0 })],
  ['signatures', signatures({ count: 6 })],
  ['low rank', lowRank({ count: 6, rank: 3 })],
  ['clusters', clusters({ count: 6, probes: 2 })],
  ['most active', mostActive({ count: 6 })],
  ['noisy top k', noisyTopK({ count: 6, overlap: 0.5, persistent: true })],
];

const outputSelectors: readonly (readonly [string, SelectorSpec])[] = [
  ['all', all()],
  ['topK', topK({ count: 4 })],
  ['random', random({ count: 4 })],
  ['corrected random', random({ count: 4, logQ: true })],
  ['fixed', fixed({ count: 6 })],
  ['lsh', lsh({ count: 4, family, rehash: 1000 })],
  ['padded lsh', lsh({ count: 5, family: simHash({ bits: 4, tables: 2 }), pad: 'uniform', logQ: true })],
  [
    'lsh padded by frequency',
    lsh({ count: 5, family: coarse, pad: 'frequency', frequencies: often, logQ: true }),
  ],
  ['adaptive dropout', adaptiveDropout({ count: 4 })],
  ['persistent', persistent({ count: 5 })],
  ['persistent by sample', persistent({ count: 5, by: 'sample' })],
  ['persistent by a random router', persistent({ count: 5, by: router({ freezeAfter: 0 }) })],
  ['blocks', blocks({ count: 4, size: 1 })],
  ['signatures', signatures({ count: 5 })],
  ['low rank', lowRank({ count: 5, rank: 3 })],
  ['clusters', clusters({ count: 5, probes: 2 })],
  ['retrieve', retrieve({ count: 5, hard: 2, by: topK({}) })],
  ['kernel sampling', kernelSampling({ count: 5, kernel: { kind: 'quadratic', alpha: 1 } })],
  ['log-uniform', logUniform({ count: 5 })],
  ['corrected log-uniform', logUniform({ count: 5, logQ: true })],
  ['corrected frequency', frequency({ count: 5, frequencies: often, logQ: true })],
];

/** The same for outputs that are no classes, which nothing corrects. */
const uncorrected = outputSelectors.map(
  ([name, select]) => [name, 'logQ' in select ? { ...select, logQ: false } : select] as const,
);

/** Those that must have labels. */
const labelSelectors: readonly (readonly [string, SelectorSpec])[] = [
  ['in-batch', inBatch({ count: 5 })],
  ['corrected in-batch', inBatch({ count: 5, logQ: true, frequencies: Array(UNITS).fill(3), rows: 15 })],
  ['lsh by label', lsh({ count: 4, family, query: 'label' })],
];

/** Nine rows, dense or sparse, with what the loss learns from: of a sigmoid output some have no label. */
function examplesFor(kind: LossKind, sparse: boolean): Examples {
  const rows = sparse
    ? bags({ rows: 9, columns: 45, classes: UNITS, mostLabels: 3 })
    : blobs({ rows: 9, columns: 11, classes: UNITS });
  if (kind === 'softmax') return rows;
  return kind === 'sigmoid' ? withLabelSets(rows, UNITS, 3) : withTargets(rows, UNITS);
}

/**
 * How far a step's loss, or a gradient by the weights or biases of a layer, is from what it should be, at most: a share of
 * its size. Infinity where a gradient is all but 0, which any other would be close to.
 */
async function worstError(examples: Examples, layers: readonly LayerSpec[]): Promise<number> {
  const { reference, gradients, loss, meanLoss } = await step(examples, layers);
  const errors = reference.flatMap((layer, l) =>
    (['weights', 'bias'] as const).map((part) => {
      const expected = numericGradient(layer[part], meanLoss);
      return largest(expected) > 1e-4 ? distance(gradients[l][part], expected) : Infinity;
    }),
  );
  return Math.max(...errors, Math.abs(loss - meanLoss()) / Math.max(1, loss));
}

describe.each(losses)('the gradient of the loss of a %s output', (kind) => {
  describe.each(hiddenSelectors)('with hidden units by %s', (_, select) => {
    test.for(activations.flatMap((activation) => [false, true].map((sparse) => ({ activation, sparse }))))(
      '$activation, sparse input: $sparse',
      async ({ activation, sparse }) => {
        const layer = hidden(15, select, { activation });
        expect(await worstError(examplesFor(kind, sparse), [layer, outputs[kind]()])).toBeLessThan(5e-5);
      },
    );
  });

  const selectors = kind === 'linear' ? uncorrected : [...outputSelectors, ...labelSelectors];

  test.for(selectors)('with outputs by %s', async ([, select]) => {
    const layer = hidden(13, all(), { activation: 'tanh' });
    expect(await worstError(examplesFor(kind, false), [layer, outputs[kind](select)])).toBeLessThan(5e-5);
  });

  test.for(selectors)('after a layer that selects, outputs by %s', async ([, select]) => {
    const layer = hidden(30, topK({ count: 3 }), { activation: 'sigmoid' });
    expect(await worstError(examplesFor(kind, true), [layer, outputs[kind](select)])).toBeLessThan(5e-5);
  });
});

describe('the gradient with dropout', () => {
  const whole = fixed({ fraction: 1 });
  test.for(
    (['linear', 'sigmoid', 'tanh'] as const).flatMap((activation) =>
      [all(), topK({ count: 9 }), random({ count: 9 })].map((select) => ({ activation, select })),
    ),
  )('$activation, $select.kind', async ({ activation, select }) => {
    // The first layer tells rows apart, the last what was dropped.
    const dropped = hidden(18, select, { activation, dropout: 0.4 });
    expect(
      await worstError(examplesFor('softmax', false), [hidden(13, whole), dropped, softmax(UNITS, whole)]),
    ).toBeLessThan(5e-5);
  });

  test('after a sparse input', async () => {
    const dropped = hidden(18, all(), { activation: 'tanh', dropout: 0.4 });
    const first = hidden(30, topK({ count: 9 }));
    expect(
      await worstError(examplesFor('softmax', false), [first, dropped, softmax(UNITS, whole)]),
    ).toBeLessThan(5e-5);
  });
});
