/** Which units to compute: ways of choosing the hidden units, against computing all of them. */
import { ARMS, hiddenArms } from '../arms/hidden.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { images } from '../tasks/images.ts';

/** The study of selectors, which `npm start` runs. */
export const selectors: Study = defineStudy({
  name: 'selectors',
  question:
    'Does choosing the hidden units by hashing keep the accuracy of the dense network, and at what cost?',
  measure: 'train',
  base: trainConfig({
    task: images('mnist-subset'),
    network: { inputs: 784, hidden: [1000, 1000], classes: 10 },
  }),
  factors: {
    arm: hiddenArms(ARMS.map(({ name }) => name)),
    active: { '5 %': { active: 0.05 }, '25 %': { active: 0.25 } },
  },
  baseline: { arm: 'dense' },
  seeds: [1, 2, 3],
  metrics: ['accuracy.full', 'accuracy.sparse', 'activeShare', 'work', 'secondsPerEpoch'],
  contrasts: [
    { arms: [{ arm: 'lsh' }, { arm: 'narrow' }], metric: 'accuracy.sparse', margin: 0.005 },
    { arms: [{ arm: 'lsh' }, { arm: 'random' }], metric: 'accuracy.sparse', margin: 0.005 },
    { arms: [{ arm: 'topK' }, { arm: 'lsh' }], metric: 'accuracy.sparse', margin: 0.005 },
    { arms: [{ arm: 'signatures' }, { arm: 'lsh' }], metric: 'accuracy.sparse', margin: 0.005 },
  ],
  report: [
    { kind: 'answer' },
    { kind: 'table' },
    { kind: 'pareto', x: 'work', y: 'accuracy.sparse' },
    { kind: 'curves', y: 'accuracy.sparse' },
    { kind: 'costs' },
    { kind: 'repeat' },
  ],
  sizes: {
    // The others, which take lsh apart, are for --set.
    full: { levels: { arm: ['dense', 'narrow', 'random', 'fixed', 'topK', 'lsh', 'signatures'] } },
    quick: {
      levels: { active: ['5 %'], arm: ['dense', 'narrow', 'random', 'topK', 'lsh', 'signatures'] },
      set: { 'task.train': 8000 },
    },
    tiny: {
      seeds: [1, 2],
      levels: { active: ['25 %'], arm: ['dense', 'narrow', 'lsh'] },
      set: {
        task: images('rectangles', { train: 300, test: 60 }),
        'network.hidden': [32, 24],
        'network.classes': 2,
        epochs: 1,
        threads: 1,
      },
    },
  },
});
