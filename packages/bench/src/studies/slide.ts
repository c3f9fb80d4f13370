/** What each part of SLIDE (Chen et al., MLSys 2020) is worth on a wide softmax, and what we have in its place. */
import { dwta, simHash } from '@hashgrad/lsh';
import { identity, simpleLsh } from '@hashgrad/mips';
import { lsh, type LshSpec, random, rehashDecay } from '@hashgrad/sparse-nn';
import { CENTRED_LSH, outputLsh, type OutputsSize, SHARED } from '../arms/outputs.ts';
import type { Json } from '../engine/record.ts';
import { defineStudy, type Level, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { extreme } from '../tasks/extreme.ts';

/** Of a code of SLIDE: K = 6 winners of 8 in each of L = 50 tables, mixed into 2^15 buckets. */
const WINNERS = dwta({ hashes: 6, tables: 50, binSize: 8, buckets: 2 ** 15 });
const ACTIVE = 1000;

/**
 * SLIDE's layer: what lies in the buckets of one sample after the other, filled up at random, logits as they are. Its buckets
 * of at most 128 members have no counterpart here: tables keep all units.
 */
const SLIDE = lsh({
  count: ACTIVE,
  family: WINNERS,
  transform: identity(),
  rank: 'union',
  rehash: rehashDecay({ first: 50, rate: 0.05 }),
  pad: 'uniform',
});

const SIMHASH = simHash({ bits: 12, tables: 50, projection: 'hadamard' });

/** SLIDE's layer with something else in it. */
const but = (change: Partial<LshSpec>): Level =>
  whole(({ active }) => ({ ...SLIDE, ...change, count: active }));

function whole(make: (size: OutputsSize) => object): Level {
  return (_, config) => {
    const { classes } = config['network'] as { readonly classes: number };
    const { active } = config['outputs'] as { readonly active: number };
    return { 'outputs.select': make({ classes, active }) as Json };
  };
}

const by = { metric: 'precision1', margin: 0.005 };

/** The study of SLIDE. */
export const slide: Study = defineStudy({
  name: 'slide',
  question: 'Which parts of SLIDE make a wide softmax learn, and which of them are better done otherwise?',
  measure: 'train',
  base: trainConfig({
    task: extreme('planted'),
    network: { inputs: 10_000, hidden: [128], classes: 20_000 },
    outputs: { active: ACTIVE, select: { kind: 'all' } },
    epochs: 2,
    evaluations: [0.25, 0.5],
    batchSize: 256,
    threads: 1,
  }),
  factors: {
    layer: {
      SLIDE: but({}),
      'SLIDE with logQ': but({ logQ: true }),
      'SLIDE by collisions': but({ rank: 'count' }),
      'SLIDE, two collisions': but({ rank: 'count', minCollisions: 2 }),
      'SLIDE, centred': but({ centred: true }),
      'SLIDE, rehashing every 100 steps': but({ rehash: 100 }),
      'SLIDE with SimHash': but({ family: SIMHASH }),
      'SLIDE with SimHash after simpleLsh': but({ family: SIMHASH, transform: simpleLsh() }),
      ours: whole((size) => outputLsh(size, CENTRED_LSH)),
      uniform: whole(({ active }) => random({ count: active, shared: SHARED })),
      'uniform+logQ': whole(({ active }) => random({ count: active, logQ: true, shared: SHARED })),
      full: {},
    },
  },
  baseline: { layer: 'SLIDE' },
  seeds: [1, 2, 3, 4, 5],
  metrics: ['precision1', 'loss', 'precision5', 'paddedShare', 'work', 'secondsPer100k'],
  contrasts: [
    { arms: [{ layer: 'SLIDE' }, { layer: 'uniform' }], ...by, claim: "SLIDE's tables help" },
    { arms: [{ layer: 'SLIDE' }, { layer: 'uniform+logQ' }], ...by },
    { arms: [{ layer: 'SLIDE' }, { layer: 'full' }], ...by },
    { arms: [{ layer: 'ours' }, { layer: 'SLIDE' }], ...by },
    ...[
      'SLIDE with logQ',
      'SLIDE by collisions',
      'SLIDE, centred',
      'SLIDE, rehashing every 100 steps',
      'SLIDE with SimHash',
    ].map((layer) => ({ arms: [{ layer }, { layer: 'SLIDE' }] as const, ...by })),
  ],
  report: [
    { kind: 'answer' },
    { kind: 'table' },
    { kind: 'curves', x: 'seconds', y: 'precision1', xScale: 'log' },
    { kind: 'costs' },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: { seeds: [1], set: { 'task.train': 10_000, 'task.test': 1000, epochs: 1 } },
    tiny: {
      seeds: [1],
      levels: { layer: ['SLIDE', 'SLIDE, centred', 'ours', 'uniform'] },
      set: {
        task: extreme('planted', { train: 300, test: 60, features: 300, labels: 200 }),
        'network.inputs': 300,
        'network.hidden': [16],
        'network.classes': 200,
        'outputs.active': 40,
        epochs: 1,
        evaluations: [0.5],
        batchSize: 50,
      },
    },
  },
});
