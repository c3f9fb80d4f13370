import { expect, test } from 'vitest';
import {
  hidden,
  kernelSampling,
  network,
  sgd,
  softmax,
  type KernelSamplingSpec,
  type SamplingKernelSpec,
} from '../../../src/index.ts';
import { blobs, copies } from '../../data.ts';
import { estimate } from '../../moments.ts';
import { forward, referenceOf } from '../../reference.ts';
import { Spy } from '../../spy.ts';
import { create, fit } from '../../training.ts';

const classes = 60;
const dense = blobs({ rows: 50, columns: 20, classes: 5 });
const one = dense.inputs.slice(0, 20);
const kernels: readonly SamplingKernelSpec[] = [
  { kind: 'quadratic', alpha: 1 },
  { kind: 'fourier', nu: 1, features: 32 },
];

/** What 4,000 samples of one input with the label 7 draw, and the logits of all classes. */
async function draws(select: Partial<KernelSamplingSpec>) {
  const rows = copies(one, 7, 4000);
  const spy = new Spy();
  const layers = [hidden(16), softmax(classes, spy.on(kernelSampling({ leaf: 8, ...select })))];
  using net = await create(network(20, layers, sgd({ rate: 1e-30 })), rows, { batchSize: rows.rows });
  await fit(net, rows);
  const [first, second] = referenceOf(net);
  return { spy, logits: forward(second, forward(first, one, undefined), undefined) };
}

test.for(kernels.flatMap((kernel) => [4, 12, 45, 59, 60].map((count) => ({ kernel, count }))))(
  'the partition function is right in the mean: $kernel.kind, $count',
  async ({ kernel, count }) => {
    const { spy, logits } = await draws({ kernel, count });
    const exact = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    const estimates = spy.last.active.map((ids, s) =>
      ids.reduce((sum, id, i) => sum + Math.exp(logits[id] + (spy.last.corrections?.[s][i] ?? NaN)), 0),
    );
    const { mean, margin } = estimate(estimates);
    expect(Math.abs(mean - exact)).toBeLessThan(margin + 1e-5 * exact);
    expect(margin).toBeLessThan((count < 12 ? 0.5 : 0.1) * exact);
    for (const [s, ids] of spy.last.active.entries()) {
      expect(ids[0]).toBe(7);
      expect(spy.last.corrections?.[s][0]).toBe(0);
      expect(new Set(ids).size).toBe(count);
    }
  },
);

test('the only negative of a sample comes with the quadratic kernel’s share, the label left out', async () => {
  const { spy, logits } = await draws({ kernel: { kind: 'quadratic', alpha: 1 }, count: 2, logQ: false });
  expect(spy.last.corrections).toBeUndefined();
  const times = new Float64Array(classes);
  for (const [, negative] of spy.last.active) times[negative]++;
  expect(times[7]).toBe(0);
  const weights = logits.map((z, c) => (c === 7 ? 0 : z * z + 1));
  const sum = weights.reduce((a, b) => a + b);
  const square = times.reduce((total, n, c) => {
    const expected = (4000 * weights[c]) / sum;
    return c === 7 ? total : total + (n - expected) ** 2 / expected;
  }, 0);
  // Chi squared with 58 degrees of freedom.
  expect(Math.abs(square - 58)).toBeLessThan(4 * Math.sqrt(2 * 58));
});

test('an evaluation has always the same draws, ascending', async () => {
  const spy = new Spy();
  const select = spy.on(kernelSampling({ count: 20, kernel: kernels[0] }));
  using net = await create(network(20, [hidden(8), softmax(classes, select)]), dense);
  net.evaluate(dense, { pass: 'sparse' });
  net.evaluate(dense, { pass: 'sparse' });
  const [before, after] = spy.choices;
  expect(after.active).toEqual(before.active);
  for (const ids of before.active) expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
});

test('its products are counted, and those of what a step changed', async () => {
  // All classes are in one leaf.
  const select = kernelSampling({ count: 20, kernel: { kind: 'quadratic', alpha: 1 }, leaf: classes });
  using net = await create(network(20, [hidden(8), softmax(classes, select)]), dense);
  const [{ multiplyAdds, additions }, second] = await fit(net, dense, 2);
  const features = (9 * 10) / 2;
  expect(multiplyAdds.choose).toBe(50 * (features + classes * 8));
  expect(multiplyAdds.rehash).toBe(classes * features);
  expect(additions.rehash).toBe(classes * features);
  expect(second.multiplyAdds).toEqual(multiplyAdds);
});

test('a kernel too uneven to draw so many units by is refused', async () => {
  const select = kernelSampling({ count: 59, kernel: { kind: 'fourier', nu: 40, features: 32 } });
  using net = await create(network(20, [hidden(8), softmax(classes, select)]), dense);
  await expect(fit(net, dense)).rejects.toThrow(
    'kernelSampling: 6000 draws gave fewer than 59 different units of 60: the kernel is too uneven.',
  );
});

test.for<[Partial<KernelSamplingSpec>, string]>([
  [{ leaf: 0 }, 'leaf is a number of units, 1 or more; got 0.'],
  [{ kernel: { kind: 'quadratic', alpha: 0 } }, 'alpha is above 0; got 0.'],
  [{ kernel: { kind: 'fourier', nu: -1, features: 2 } }, 'nu is above 0; got -1.'],
  [{ kernel: { kind: 'fourier', nu: 1, features: 3 } }, 'features is an even number of 2 or more; got 3.'],
  [{ kernel: { kind: 'cubic' } as never }, `kernel is 'quadratic' or 'fourier'; got {"kind":"cubic"}.`],
])('nonsense is refused: %o', ([options, message]) => {
  expect(() => network(20, [softmax(classes, kernelSampling({ count: 6, ...options }))])).toThrow(
    `Layer 1: kernelSampling: ${message}`,
  );
});
