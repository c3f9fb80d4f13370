/** A hash is for one vector: must the batch size be one? */
import { lsh, rehashSamples } from '@hashgrad/sparse-nn';
import { hiddenArms, hiddenLevel } from '../arms/hidden.ts';
import { tablesFor } from '../arms/sizes.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { images } from '../tasks/images.ts';
import { TINY } from './one-factor.ts';

/** Samples from one rehash to the next, whatever the batch: as in batches of 128 every 50 steps. */
const REHASH = 6400;
const SIZES = [1, 8, 32, 128, 1024];
const by = { metric: 'accuracy.sparse', margin: 0.005 };

/** The study of batch sizes. */
export const batch: Study = defineStudy({
  name: 'batch',
  question:
    'A hash is for one vector: what does it cost to train in batches, and how should they share units?',
  measure: 'train',
  base: trainConfig({
    task: images('fashion-mnist', { train: 10_000, test: 10_000 }),
    validation: 0.1,
    network: { inputs: 784, hidden: [1000, 1000], classes: 10 },
    active: 0.05,
    epochs: 2,
    evaluations: [1],
    threads: 1,
  }),
  factors: {
    arm: {
      lsh: hiddenLevel((fraction, layer) =>
        lsh({ fraction, family: tablesFor(layer), rehash: rehashSamples(REHASH) }),
      ),
      ...hiddenArms(['persistent', 'topK', 'narrow']),
    },
    batch: Object.fromEntries(SIZES.map((batchSize) => [String(batchSize), { batchSize }])),
    // 'hogwild' has other bits every time, and another optimizer: it is for --set.
    sharing: {
      'units of their own': {},
      'the union': { 'network.updateMode': 'union' },
      'one after the other': { 'network.updateMode': 'sample' },
    },
  },
  combinations: ({ arm, batch: size, sharing }) =>
    sharing === 'units of their own' ||
    (arm !== 'narrow' && (sharing === 'the union' ? size !== '1' : size === '128')),
  baseline: { arm: 'lsh', batch: '128', sharing: 'units of their own' },
  // A pilot with the seeds 1 to 5 chose rates at the edge of a narrower grid.
  seeds: [11, 12, 13, 14, 15],
  tune: {
    search: 'grid',
    parameters: { 'optimizer.rate': [0.0003, 0.001, 0.003, 0.01, 0.03] },
    seed: 101,
    metric: 'accuracy.sparse',
  },
  metrics: ['accuracy.sparse', 'accuracy.full', 'activeShare', 'work', 'secondsPerEpoch'],
  contrasts: [
    ...['1', '8', '32', '1024'].map((size) => ({
      arms: [
        { arm: 'lsh', batch: size },
        { arm: 'lsh', batch: '128' },
      ] as const,
      ...by,
    })),
    // What batches do without a hash.
    ...['1', '1024'].map((size) => ({
      arms: [
        { arm: 'narrow', batch: size },
        { arm: 'narrow', batch: '128' },
      ] as const,
      ...by,
    })),
    {
      arms: [
        { arm: 'lsh', batch: '128', sharing: 'the union' },
        { arm: 'lsh', batch: '128', sharing: 'units of their own' },
      ],
      ...by,
    },
    {
      arms: [
        { arm: 'lsh', batch: '128', sharing: 'one after the other' },
        { arm: 'lsh', batch: '1', sharing: 'units of their own' },
      ],
      ...by,
    },
    { arms: [{ arm: 'lsh' }, { arm: 'narrow' }], ...by },
    {
      arms: [
        { arm: 'lsh', batch: '128' },
        { arm: 'lsh', batch: '1' },
      ],
      metric: 'secondsPerEpoch',
      margin: 0,
    },
  ],
  report: [
    { kind: 'answer' },
    { kind: 'table' },
    ...['accuracy.sparse', 'secondsPerEpoch'].map((y) => ({ kind: 'curves', x: 'batch', y })),
    ...['costs', 'tuning', 'repeat'].map((kind) => ({ kind })),
  ],
  sizes: {
    quick: {
      seeds: [1],
      levels: { arm: ['lsh', 'narrow'], batch: ['8', '128'] },
      set: { task: images('mnist-subset', { train: 2000, test: 500 }) },
    },
    tiny: {
      seeds: [1],
      levels: { arm: ['lsh'], batch: ['32', '128'], sharing: ['units of their own', 'the union'] },
      set: TINY,
    },
  },
});
