/** From what width of the hidden layer on does hashing win? */
import { hiddenArms } from '../arms/hidden.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { images } from '../tasks/images.ts';

const FEW = ['dense', 'narrow', 'lsh'];
const SHAPES = images('rectangles', { train: 256, test: 60 });

/** The study of widths. */
export const widths: Study = defineStudy({
  name: 'widths',
  question:
    'From what width of the hidden layer on does hashing train faster, or better, than dense and narrow networks?',
  measure: 'train',
  base: trainConfig({
    task: images('mnist-subset'),
    network: { inputs: 784, hidden: [1000], classes: 10 },
    active: 0.05,
    epochs: 2,
  }),
  factors: {
    width: Object.fromEntries(
      [1000, 2000, 4000, 8000, 16_000].map((units) => [
        units.toLocaleString('en-US'),
        { 'network.hidden': [units] },
      ]),
    ),
    arm: {
      ...hiddenArms(['dense', 'narrow', 'random', 'topK', 'lsh', 'signatures']),
      // Only the fastest batch size is an honest baseline for dense's time.
      'dense, batches of 512': { active: 1, batchSize: 512 },
      'dense, batches of 1024': { active: 1, batchSize: 1024 },
    },
  },
  baseline: { arm: 'dense' },
  seeds: [1, 2, 3],
  metrics: ['accuracy.full', 'accuracy.sparse', 'activeShare', 'work', 'secondsPerEpoch'],
  contrasts: [
    { arms: [{ arm: 'lsh' }, { arm: 'narrow' }], metric: 'secondsPerEpoch' },
    { arms: [{ arm: 'lsh' }, { arm: 'dense' }], metric: 'secondsPerEpoch' },
    { arms: [{ arm: 'lsh' }, { arm: 'narrow' }], metric: 'accuracy.sparse', margin: 0.005 },
    { arms: [{ arm: 'signatures' }, { arm: 'narrow' }], metric: 'accuracy.sparse', margin: 0.005 },
  ],
  report: [
    { kind: 'answer' },
    { kind: 'table' },
    ...['secondsPerEpoch', 'accuracy.sparse'].map((y) => ({ kind: 'curves', x: 'width', y })),
    { kind: 'costs' },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: { seeds: [1], levels: { width: ['1,000', '4,000'], arm: FEW }, set: { 'task.train': 5000 } },
    tiny: {
      seeds: [1],
      levels: { width: ['1,000', '2,000'], arm: FEW },
      set: { task: SHAPES, 'network.classes': 2, epochs: 1, threads: 1 },
    },
  },
});
