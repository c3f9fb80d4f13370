/** What hard negatives are worth in a wide softmax, and which of them a retriever finds in time. */
import { NEGATIVE_ARMS } from '../arms/outputs.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { extreme } from '../tasks/extreme.ts';

const precision = { metric: 'precision1', margin: 0.005 };

/** The study of hard negatives. */
export const negatives: Study = defineStudy({
  name: 'negatives',
  question: 'What are hard negatives worth beside sampled ones, and how much of that does a retriever keep?',
  measure: 'train',
  base: trainConfig({
    task: extreme('planted', { train: 20_000, features: 5000, labels: 10_000 }),
    validation: 0.1,
    network: { inputs: 5000, hidden: [64], classes: 10_000, activation: 'linear' },
    outputs: { active: 200, select: { kind: 'all' } },
    epochs: 3,
    threads: 1,
  }),
  factors: { arm: NEGATIVE_ARMS },
  baseline: { arm: 'uniform+logQ' },
  // The seeds 1 to 5 were a pilot, which left most comparisons undecided.
  seeds: [11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  tune: {
    search: 'grid',
    parameters: { 'optimizer.rate': [0.000125, 0.00025, 0.0005, 0.001, 0.002, 0.004] },
    seed: 100,
    metric: 'precision1',
  },
  metrics: ['precision1', 'loss', 'precision5', 'paddedShare', 'work', 'secondsPer100k'],
  contrasts: [
    { arms: [{ arm: 'exact-20' }, { arm: 'uniform+logQ' }], ...precision },
    { arms: [{ arm: 'clusters-20' }, { arm: 'uniform+logQ' }], ...precision },
    { arms: [{ arm: 'exact-20' }, { arm: 'clusters-20' }], ...precision },
    { arms: [{ arm: 'clusters-10' }, { arm: 'uniform+logQ' }], ...precision },
    { arms: [{ arm: 'tables-20' }, { arm: 'uniform+logQ' }], ...precision },
    { arms: [{ arm: 'exact-20' }, { arm: 'frequency+logQ' }], ...precision },
    { arms: [{ arm: 'exact-20' }, { arm: 'full' }], ...precision },
  ],
  report: [{ kind: 'answer' }, { kind: 'table' }, { kind: 'curves', y: 'precision1' }, { kind: 'costs' }],
  sizes: {
    // The others, of which those that draw by kernels take long, are for --set.
    full: {
      levels: {
        arm: [
          'full',
          'uniform+logQ',
          'frequency+logQ',
          'exact-20',
          'clusters-10',
          'clusters-20',
          'tables-20',
        ],
      },
    },
    quick: { seeds: [1], levels: { arm: ['full', 'uniform+logQ', 'exact-20', 'clusters-20'] } },
    tiny: {
      seeds: [1],
      levels: { arm: ['full', 'uniform+logQ', 'exact-20', 'clusters-20', 'tables-20'] },
      set: {
        task: extreme('planted', { train: 300, test: 50, features: 300, labels: 200 }),
        'network.inputs': 300,
        'network.hidden': [24],
        'network.classes': 200,
        'outputs.active': 40,
        epochs: 1,
        batchSize: 50,
      },
    },
  },
});
