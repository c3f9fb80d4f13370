/** What the studies that vary one part of lsh have in common: the network, the data, and their forms. */
import type { Changes } from '../engine/changes.ts';
import type { Config } from '../engine/record.ts';
import type { Size, SizeName, Study } from '../engine/study.ts';
import type { Tuning } from '../engine/tuning.ts';
import { trainConfig } from '../measures/train.ts';
import { images } from '../tasks/images.ts';

/** 784-1000-1000-10 on 20,000 images of Fashion-MNIST, 5 % of the hidden units computed. */
export const LSH_BASE: Config = trainConfig({
  task: images('fashion-mnist', { train: 20_000, test: 10_000 }),
  validation: 0.1,
  network: { inputs: 784, hidden: [1000, 1000], classes: 10 },
  active: 0.05,
  epochs: 3,
  evaluations: [1],
  threads: 1,
});

/** Rates alone are tuned. */
export const LSH_TUNING: Tuning = {
  search: 'grid',
  parameters: { 'optimizer.rate': [0.0005, 0.0015, 0.004, 0.01] },
  seed: 101,
  metric: 'accuracy.sparse',
};

export const LSH_SEEDS: readonly number[] = [1, 2, 3, 4, 5];

export const LSH_METRICS = [
  'accuracy.sparse',
  'accuracy.full',
  'activeShare',
  'work',
  'secondsPerEpoch',
] as const;

export const LSH_REPORT: NonNullable<Study['report']> = [
  { kind: 'answer' },
  { kind: 'table' },
  { kind: 'pareto', x: 'work', y: 'accuracy.sparse' },
  { kind: 'costs' },
  { kind: 'repeat' },
];

/** What the tiny forms of studies of lsh set. */
export const TINY: Changes = {
  task: images('rectangles', { train: 200, test: 60 }),
  'network.hidden': [40],
  'network.classes': 2,
  active: 0.25,
  epochs: 1,
};

/** The small forms of a study with one factor, with these of its levels. */
export function lshSizes(
  factor: string,
  levels: readonly string[],
): Readonly<Partial<Record<SizeName, Size>>> {
  return {
    quick: {
      seeds: [1],
      levels: { [factor]: levels },
      set: { task: images('mnist-subset', { train: 4000, test: 1000 }), epochs: 1 },
    },
    tiny: {
      seeds: [1],
      levels: { [factor]: levels.slice(0, 2) },
      set: TINY,
    },
  };
}
