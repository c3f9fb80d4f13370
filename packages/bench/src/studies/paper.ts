/** The experiments of Spring and Shrivastava (KDD 2017), by their design. */
import { simHash } from '@hashgrad/lsh';
import { lsh, rehashNever, type RehashSpec } from '@hashgrad/sparse-nn';
import { hiddenArms, hiddenLevel } from '../arms/hidden.ts';
import type { LayerShape } from '../arms/sizes.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { images } from '../tasks/images.ts';

/** K = 6, L = 5 and ten probes in each, as in section 6.1. */
const FAMILY = simHash({ bits: 6, tables: 5 });
const PROBES = 10;

const hashed = (fraction: number, rehash: RehashSpec) =>
  lsh({ fraction, family: FAMILY, probes: PROBES, rehash });

const SHARES = [5, 10, 25, 50, 90];
/** Of three layers: what more units take, two layers show. */
const SHARES_OF_THREE = ['5 %', '25 %'];
const ALL = 'all';
const by = { metric: 'accuracy.sparse', margin: 0.01 };

const { dense, random, adaptiveDropout, topK, narrow } = hiddenArms([
  'dense',
  'random',
  'adaptiveDropout',
  'topK',
  'narrow',
]);

/** The study of the paper of 2017. */
export const paper: Study = defineStudy({
  name: 'paper',
  question:
    'Do networks that find 5 to 90 % of their units by hashing stay as accurate as dense ones, and which dropout does not?',
  measure: 'train',
  base: trainConfig({
    task: images('mnist', { train: 10_000, test: 10_000 }),
    network: { inputs: 784, hidden: [1000, 1000], classes: 10 },
    epochs: 5,
    evaluations: [1],
    threads: 1,
  }),
  factors: {
    task: {
      mnist: {},
      fashion: { task: images('fashion-mnist', { train: 10_000, test: 10_000 }) },
      convex: { task: images('convex', { train: 8000, test: 10_000 }), 'network.classes': 2 },
      rectangles: { task: images('rectangles', { train: 10_000, test: 10_000 }), 'network.classes': 2 },
    },
    layers: { two: {}, three: { 'network.hidden': [1000, 1000, 1000] } },
    arm: {
      NN: dense!,
      VD: random!,
      AD: adaptiveDropout!,
      WTA: topK!,
      LSH: hiddenLevel((fraction: number) => hashed(fraction, 50)),
      // As the published program has it: its first layer is hashed once.
      'LSH, first layer static': hiddenLevel((fraction: number, _: LayerShape, index: number) =>
        hashed(fraction, index === 0 ? rehashNever() : 50),
      ),
      narrow: narrow!,
    },
    share: {
      ...Object.fromEntries(SHARES.map((percent) => [`${percent} %`, { active: percent / 100 }])),
      [ALL]: {},
    },
  },
  combinations: ({ arm, share, layers }) =>
    arm === 'NN' ? share === ALL : share !== ALL && (layers === 'two' || SHARES_OF_THREE.includes(share!)),
  seeds: [1, 2, 3],
  metrics: ['accuracy.sparse', 'accuracy.full', 'activeShare', 'work', 'secondsPerEpoch'],
  contrasts: [
    ...['LSH', 'WTA', 'narrow'].map((arm) => ({
      arms: [{ arm, share: '5 %' }, { arm: 'NN' }] as const,
      ...by,
      claim: `${arm} at 5 % is better than the dense network`,
    })),
    ...['VD', 'AD'].map((arm) => ({
      arms: [{ arm, share: '5 %' }, { arm: 'NN' }] as const,
      metric: 'accuracy.full',
      margin: 0.01,
    })),
    { arms: [{ arm: 'LSH' }, { arm: 'narrow' }], ...by, claim: 'hashing beats a small network' },
    { arms: [{ arm: 'LSH' }, { arm: 'LSH, first layer static' }], ...by },
  ],
  report: [
    { kind: 'answer' },
    ...['mnist', 'fashion', 'convex', 'rectangles'].flatMap((task) =>
      ['two', 'three'].map((layers) => ({
        kind: 'curves',
        x: 'share',
        y: 'accuracy.sparse',
        where: { task, layers },
        title: `Accuracy and share of units: ${task}, ${layers} hidden layers`,
      })),
    ),
    { kind: 'table' },
    { kind: 'costs' },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: {
      seeds: [1],
      levels: { task: ['rectangles'], layers: ['two'], share: ['5 %', '25 %', ALL] },
      set: { epochs: 1 },
    },
    tiny: {
      seeds: [1],
      levels: { task: ['mnist'], layers: ['two'], share: ['25 %', '50 %', ALL] },
      set: {
        task: images('rectangles', { train: 200, test: 60 }),
        'network.hidden': [24, 16],
        'network.classes': 2,
        epochs: 1,
      },
    },
  },
});
