/** What each part of SLIDE (Chen et al., MLSys 2020) is worth on a wide softmax, and what we have in its place. */
import { dwta, type DwtaSpec, simHash } from '@hashgrad/lsh';
import { identity, simpleLsh } from '@hashgrad/mips';
import { lsh, type LshSpec, random, rehashDecay } from '@hashgrad/sparse-nn';
import { CENTRED_LSH, outputLsh, type OutputsSize, SHARED } from '../arms/outputs.ts';
import type { Json } from '../engine/record.ts';
import { defineStudy, type Level, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { extreme } from '../tasks/extreme.ts';

/** SLIDE's codes: K winners of 8 in each of L = 50 tables, mixed into 2^15 buckets where there would be more. */
const winners = (hashes: number): DwtaSpec =>
  dwta({ hashes, tables: 50, binSize: 8, ...(hashes > 5 && { buckets: 2 ** 15 }) });
const ACTIVE = 1000;

/**
 * SLIDE's layer: what lies in the buckets of one sample after the other, filled up at random, logits as they are. Its buckets
 * of at most 128 members have no counterpart here: tables keep all units.
 */
const SLIDE = lsh({
  count: ACTIVE,
  family: winners(6),
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
    validation: 0.1,
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
      // Fewer winners a code: tables then find what six of them leave to be filled in.
      'SLIDE, 4 winners': but({ family: winners(4) }),
      'SLIDE, 3 winners': but({ family: winners(3) }),
      'SLIDE, 3 winners, by collisions': but({ family: winners(3), rank: 'count' }),
      'SLIDE, centred': but({ centred: true }),
      'SLIDE, rehashing every 100 steps': but({ rehash: 100 }),
      'SLIDE with SimHash': but({ family: SIMHASH }),
      'SLIDE with SimHash after simpleLsh': but({ family: SIMHASH, transform: simpleLsh() }),
      ours: whole((size) => outputLsh(size, CENTRED_LSH)),
      // Drawn for each row, as what SLIDE's tables leave is; and for 16 rows at a time, which costs less.
      'uniform, for each row': whole(({ active }) => random({ count: active })),
      'uniform+logQ, for each row': whole(({ active }) => random({ count: active, logQ: true })),
      uniform: whole(({ active }) => random({ count: active, shared: SHARED })),
      'uniform+logQ': whole(({ active }) => random({ count: active, logQ: true, shared: SHARED })),
      full: {},
    },
  },
  baseline: { layer: 'SLIDE' },
  // A pilot had the seeds 1 to 5, one rate that was not tuned, and codes of six winners alone.
  seeds: [11, 12, 13, 14, 15, 16],
  tune: {
    search: 'grid',
    parameters: { 'optimizer.rate': [0.0003, 0.001, 0.003, 0.01] },
    seed: 101,
    metric: 'precision1',
  },
  metrics: ['precision1', 'loss', 'precision5', 'paddedShare', 'work', 'secondsPer100k'],
  contrasts: [
    { arms: [{ layer: 'SLIDE' }, { layer: 'uniform, for each row' }], ...by, claim: "SLIDE's tables help" },
    {
      arms: [{ layer: 'SLIDE, 3 winners' }, { layer: 'uniform, for each row' }],
      ...by,
      claim: 'its tables help with codes of three winners',
    },
    {
      arms: [{ layer: 'SLIDE with logQ' }, { layer: 'uniform+logQ, for each row' }],
      ...by,
      claim: 'its tables help where logits are corrected on both sides',
    },
    { arms: [{ layer: 'SLIDE with logQ' }, { layer: 'SLIDE' }], ...by, claim: 'correcting its logits helps' },
    { arms: [{ layer: 'uniform+logQ' }, { layer: 'uniform' }], ...by },
    { arms: [{ layer: 'uniform, for each row' }, { layer: 'uniform' }], ...by },
    { arms: [{ layer: 'SLIDE' }, { layer: 'full' }], ...by },
    { arms: [{ layer: 'ours' }, { layer: 'SLIDE with logQ' }], ...by },
    { arms: [{ layer: 'ours' }, { layer: 'uniform+logQ' }], ...by },
    ...[
      'SLIDE, 4 winners',
      'SLIDE, 3 winners',
      'SLIDE, centred',
      'SLIDE, rehashing every 100 steps',
      'SLIDE with SimHash',
    ].map((layer) => ({ arms: [{ layer }, { layer: 'SLIDE' }] as const, ...by })),
    {
      arms: [{ layer: 'SLIDE, 3 winners, by collisions' }, { layer: 'SLIDE, 3 winners' }],
      ...by,
      claim: 'ranking by collisions helps',
    },
  ],
  report: [
    { kind: 'answer' },
    { kind: 'table' },
    { kind: 'curves', x: 'seconds', y: 'precision1', xScale: 'log' },
    ...['costs', 'tuning', 'repeat'].map((kind) => ({ kind })),
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
