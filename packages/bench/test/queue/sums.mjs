/** A study that is quickly done, and knows no package. */
export default {
  name: 'sums',
  question: 'What is the sum?',
  measure: async ({ a, milliseconds }, { seed, progress }) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await progress(0.5);
    return { metrics: { loss: a * 10 + seed } };
  },
  base: { a: 1, milliseconds: 200 },
  factors: { a: { one: { a: 1 }, two: { a: 2 }, three: { a: 3 } } },
  seeds: [1, 2, 3],
  metrics: ['loss'],
};
