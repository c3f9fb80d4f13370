/** A study that is quickly done and tuned first. It can be copied anywhere: types alone are imported. */
import type { Measure } from '../../src/engine/measure.ts';
import type { Study } from '../../src/engine/study.ts';

const measure: Measure = async ({ a, b, milliseconds }, { seed, progress }) => {
  await new Promise((resolve) => setTimeout(resolve, milliseconds as number));
  await progress(0.5);
  return { metrics: { loss: (a as number) * 10 + (b as number) + seed } };
};

const study: Study = {
  name: 'sums',
  question: 'What is the sum?',
  measure,
  base: { a: 1, b: 1, milliseconds: 100 },
  factors: { a: { one: { a: 1 }, two: { a: 2 } } },
  seeds: [1, 2, 3],
  tune: { parameters: { b: [2, 1] }, search: 'grid', seed: 9, metric: 'loss' },
  metrics: ['loss'],
};

export default study;
