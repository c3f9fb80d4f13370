/** Which classes of a wide softmax to compute in training. */
import { OUTPUT_ARMS } from '../arms/outputs.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { extreme } from '../tasks/extreme.ts';

/** The study of outputs. */
export const outputs: Study = defineStudy({
  name: 'outputs',
  question:
    'Which of very many classes to compute in training: does hashing find better ones than frequency?',
  measure: 'train',
  base: trainConfig({
    task: extreme('planted'),
    network: { inputs: 10_000, hidden: [128], classes: 20_000, activation: 'linear' },
    outputs: { active: 1000, select: { kind: 'all' } },
    epochs: 1,
    evaluations: [0.125, 0.25, 0.5, 0.75],
    batchSize: 256,
  }),
  factors: { arm: OUTPUT_ARMS },
  baseline: { arm: 'full' },
  seeds: [1, 2, 3],
  metrics: ['loss', 'precision1', 'precision5', 'gain.loss', 'paddedShare', 'work', 'secondsPer100k'],
  contrasts: [
    { arms: [{ arm: 'lsh+logQ' }, { arm: 'uniform+logQ' }], metric: 'loss' },
    { arms: [{ arm: 'frequency+logQ' }, { arm: 'lsh+logQ' }], metric: 'loss' },
    { arms: [{ arm: 'frequency+logQ' }, { arm: 'full' }], metric: 'loss', margin: 0.02 },
  ],
  report: [
    { kind: 'answer' },
    { kind: 'table', targets: ['loss', 'precision1'].map((metric) => ({ metric, over: 'seconds' })) },
    { kind: 'curves', x: 'seconds', y: 'loss', xScale: 'log' },
    { kind: 'curves', x: 'seconds', y: 'precision1', xScale: 'log' },
    { kind: 'costs' },
    { kind: 'repeat' },
  ],
  sizes: {
    // The others, which take lsh apart, are for --set.
    full: {
      levels: {
        arm: [
          'full',
          ...['lsh', 'lshLabel', 'uniform', 'logUniform', 'frequency', 'inBatch'].flatMap((arm) => [
            `${arm}+logQ`,
            arm,
          ]),
        ],
      },
    },
    quick: {
      seeds: [1],
      levels: { arm: ['full', 'lsh+logQ', 'uniform+logQ', 'frequency+logQ', 'uniform'] },
      set: { 'task.train': 20_000, 'task.test': 1000 },
    },
    tiny: {
      seeds: [1],
      levels: { arm: ['full', 'lsh+logQ', 'frequency+logQ', 'inBatch+logQ', 'uniform'] },
      set: {
        task: extreme('planted', { train: 400, test: 60, features: 300, labels: 200 }),
        'network.inputs': 300,
        'network.hidden': [16],
        'network.classes': 200,
        'outputs.active': 40,
        evaluations: [0.5],
        batchSize: 50,
        threads: 1,
      },
    },
  },
});
