/** A study that is quickly done and tuned first, and knows no package. */
export default {
  name: 'sums',
  question: 'What is the sum?',
  measure: async ({ a, b, milliseconds }, { seed, progress }) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await progress(0.5);
    return { metrics: { loss: a * 10 + b + seed } };
  },
  base: { a: 1, b: 1, milliseconds: 100 },
  factors: { a: { one: { a: 1 }, two: { a: 2 }, three: { a: 3 } } },
  seeds: [1, 2, 3],
  tune: { parameters: { b: [2, 1] }, search: 'grid', seed: 9, metric: 'loss' },
  metrics: ['loss'],
};
