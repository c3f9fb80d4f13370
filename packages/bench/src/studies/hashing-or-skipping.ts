/** Is it the hashing that makes sparse training work, or that most of the network is skipped? */
import { lsh, rehashNever } from '@hashgrad/sparse-nn';
import { BALANCE_ARMS } from '../arms/balance.ts';
import { hiddenArms, hiddenLevel } from '../arms/hidden.ts';
import { tablesFor } from '../arms/sizes.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import type { Factor } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { images } from '../tasks/images.ts';
import { memorise } from '../tasks/memorise.ts';

/** Chosen by what the input has to do with the weights, or said to be. */
const CHOSEN = ['lshAsSignatures', 'lowRank', 'signatures', 'topK'];
const TABLES = {
  lsh: hiddenLevel((fraction, layer) => lsh({ fraction, family: tablesFor(layer) })),
  lshFrozen: hiddenLevel((fraction, layer) =>
    lsh({ fraction, family: tablesFor(layer), rehash: rehashNever() }),
  ),
  lshPermutedFrozen: hiddenLevel((fraction, layer) =>
    lsh({ fraction, family: tablesFor(layer), permuted: true, rehash: rehashNever() }),
  ),
};
/** Chosen without the weights. */
const BLIND = ['fixed', 'mostActive', 'random', 'persistent', 'persistent12', 'persistentSample'];
const ARMS = ['narrow', 'dense', ...BLIND, ...Object.keys(TABLES), ...CHOSEN, 'topK+bias', 'adaptiveDropout'];

/** The frontier that all arms are held against: dense networks of so much of the width. */
const WIDTHS = [0.025, 0.05, 0.1, 0.2, 0.5];
const WHOLE = 'all units';

const by = { metric: 'accuracy.sparse', margin: 0.005 };
const at = { cost: 'work', along: 'width' };

const digits = (name: string, train: number, test: number | null) => ({
  task: images(name, { train, test }),
  validation: 0.1,
  'network.inputs': 784,
  'network.hidden': [1000, 1000],
  'network.classes': 10,
  active: 0.05,
  epochs: 4,
});

const tasks: Factor = {
  fashion: digits('fashion-mnist', 20_000, 10_000),
  memorise: {},
  digits: digits('mnist-subset', 4000, 1000),
  shapes: {
    ...digits('rectangles', 300, 60),
    'network.hidden': [40, 24],
    'network.classes': 2,
    active: 0.25,
    epochs: 1,
  },
};

/** The study of hashing and skipping. */
export const hashingOrSkipping: Study = defineStudy({
  name: 'hashing-or-skipping',
  question: 'Is it the hashing that makes sparse training work, or the skipping?',
  measure: 'train',
  base: trainConfig({
    task: memorise(),
    network: { inputs: 64, hidden: [2048], classes: 256 },
    active: 51 / 2048,
    epochs: 12,
    evaluations: [0.5, 1],
    threads: 1,
  }),
  factors: {
    task: tasks,
    arm: {
      narrow: {},
      ...hiddenArms(['dense', ...BLIND, ...CHOSEN, 'adaptiveDropout']),
      ...TABLES,
      'topK+bias': BALANCE_ARMS['topK+bias']!,
    },
    width: Object.fromEntries([
      ...WIDTHS.map((share) => [`${100 * share} %`, { 'network.narrow': share }] as const),
      [WHOLE, {}] as const,
    ]),
  },
  combinations: ({ arm, width }) => (arm === 'narrow') === (width !== WHOLE),
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  tune: {
    search: 'grid',
    parameters: { 'optimizer.rate': [0.0003, 0.0008, 0.002, 0.005, 0.012, 0.03] },
    seed: 101,
    metric: 'accuracy.sparse',
  },
  metrics: ['accuracy.sparse', 'accuracy.full', 'activeShare', 'deadShare', 'work', 'secondsPerEpoch'],
  contrasts: [
    // Skipping: what chooses without the weights is as good as lsh, where it costs the same.
    {
      arms: [{ arm: 'lsh' }, { arm: 'narrow' }],
      ...by,
      at,
      claim: 'hashing beats a small network of equal work',
    },
    {
      arms: [{ arm: 'persistent' }, { arm: 'narrow' }],
      ...by,
      at,
      claim: 'a choice that persists beats a small network of equal work',
    },
    { arms: [{ arm: 'fixed' }, { arm: 'narrow' }], ...by, at },
    { arms: [{ arm: 'lsh' }, { arm: 'persistent' }], ...by },
    {
      arms: [{ arm: 'random' }, { arm: 'narrow' }],
      metric: 'accuracy.full',
      margin: 0.005,
      at,
      claim: 'a subset drawn anew each time beats a small network of equal work',
    },
    // Persistence: a choice that persists beats one that does not, and looking at the weights adds nothing.
    {
      arms: [{ arm: 'persistent' }, { arm: 'random' }],
      ...by,
      claim: 'persistence helps in the sparse pass',
    },
    { arms: [{ arm: 'lshFrozen' }, { arm: 'persistent' }], ...by },
    // Similarity: it matters which units lie in a bucket.
    { arms: [{ arm: 'lshFrozen' }, { arm: 'lshPermutedFrozen' }], ...by, claim: 'similarity helps' },
    { arms: [{ arm: 'lsh' }, { arm: 'lshFrozen' }], ...by, claim: 'hashing anew helps' },
    // Hashing: it finds the units better than another way of equal cost does.
    {
      arms: [{ arm: 'lsh' }, { arm: 'lowRank' }],
      ...by,
      claim: 'hashing finds units better than a low rank at the cost of its hashing',
    },
    { arms: [{ arm: 'topK' }, { arm: 'lsh' }], ...by, claim: 'finding all of the best units helps' },
    { arms: [{ arm: 'signatures' }, { arm: 'lshAsSignatures' }], ...by },
    ...['lshAsSignatures', 'signatures', 'topK', 'topK+bias'].map((arm) => ({
      arms: [{ arm }, { arm: 'narrow' }] as const,
      ...by,
      at,
    })),
  ],
  report: [
    ...['answer', 'table'].map((kind) => ({ kind })),
    { kind: 'pareto', x: 'work', y: 'accuracy.sparse' },
    ...['costs', 'tuning', 'repeat'].map((kind) => ({ kind })),
  ],
  sizes: {
    full: { levels: { task: ['fashion', 'memorise'], arm: ARMS } },
    quick: {
      seeds: [1, 2],
      levels: {
        task: ['digits', 'memorise'],
        arm: ['narrow', 'random', 'persistent', 'lsh', 'topK'],
        width: ['2.5 %', '10 %', WHOLE],
      },
      set: { 'task.rows': 1000 },
    },
    tiny: {
      seeds: [1],
      levels: { task: ['shapes'], arm: ['narrow', 'persistent', 'lsh'], width: ['10 %', WHOLE] },
    },
  },
});
