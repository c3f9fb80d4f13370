import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { sgd } from '../../../src/index.ts';
import { atOnce } from '../../../src/layers/piecewise.ts';
import { createWeights, initialize } from '../../../src/layers/weights.ts';
import { KernelTree } from '../../../src/selectors/sampled/kernel-tree.ts';
import { bindKernel, type SamplingKernelSpec } from '../../../src/selectors/sampled/sampling-kernels.ts';

/** Held: the memory of an arena that nobody holds is given to others. */
const arena = new Arena();
const team = Team.single(arena);
const [UNITS, INPUTS, DRAWS] = [50, 9, 40_000];

const kernels: readonly SamplingKernelSpec[] = [
  { kind: 'quadratic', alpha: 3 },
  { kind: 'fourier', nu: 2, features: 40 },
];

function make(kernel: SamplingKernelSpec, leaf: number) {
  const weights = createWeights(arena, UNITS, INPUTS, true, sgd({ rate: 1 }));
  atOnce(initialize(team, weights, INPUTS, 2, randomStream(1, 'weights')));
  weights.bias?.forEach((_, u, bias) => (bias[u] = Math.sin(u)));
  const tree = new KernelTree(bindKernel(kernel, weights, 7), UNITS, leaf);
  tree.refresh();
  const input = Float32Array.from({ length: INPUTS }, (_, k) => Math.cos(2 * k + 1));
  tree.take(input, 0);
  const value = (u: number): number => {
    const row = weights.values.subarray(u * weights.stride, u * weights.stride + INPUTS);
    const dot = row.reduce((sum, w, k) => sum + w * input[k], 0);
    if (kernel.kind === 'quadratic') return kernel.alpha * (dot + (weights.bias?.[u] ?? 0)) ** 2 + 1;
    return Math.exp(kernel.nu * (dot / (Math.hypot(...row) * Math.hypot(...input)) - 1));
  };
  return { tree, weights, value, input };
}

/** The probability that the tree says each unit has, and how often it was drawn. */
function draw(tree: KernelTree): { readonly said: Float64Array; readonly times: Float64Array } {
  const random = randomStream(1, 'draws');
  const [said, times] = [new Float64Array(UNITS), new Float64Array(UNITS)];
  for (let i = 0; i < DRAWS; i++) {
    const { unit, probability } = tree.draw(random);
    said[unit] = probability;
    times[unit]++;
  }
  return { said, times };
}

describe.each(kernels)('$kind', (kernel) => {
  test.for([1, 4, 64])('units come with the probabilities that it says, leaves of %i', (leaf) => {
    const { said, times } = draw(make(kernel, leaf).tree);
    expect(said.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    const square = times.reduce((sum, n, u) => sum + (n - DRAWS * said[u]) ** 2 / (DRAWS * said[u]), 0);
    // Chi squared with 49 degrees of freedom.
    expect(Math.abs(square - 49)).toBeLessThan(4 * Math.sqrt(2 * 49));
  });

  test('what changed is summed anew, to the bit as by a new tree', () => {
    const { tree, weights, input } = make(kernel, 4);
    weights.values.forEach((w, i, values) => (values[i] = i < 12 * weights.stride ? -2 * w : w));
    tree.changed(Int32Array.from({ length: 12 }, (_, u) => u));
    expect(tree.refresh().units).toBe(12);
    const other = new KernelTree(bindKernel(kernel, weights, 7), UNITS, 4);
    other.refresh();
    for (const each of [tree, other]) each.take(input, 0);
    expect(draw(tree).said).toEqual(draw(other).said);
    expect(tree.refresh()).toEqual({ units: 0, nodes: 0 });
  });
});

test('by the quadratic kernel they are its shares, exactly', () => {
  const { tree, value } = make({ kind: 'quadratic', alpha: 3 }, 4);
  const values = Array.from({ length: UNITS }, (_, u) => value(u));
  const total = values.reduce((a, b) => a + b);
  const { said } = draw(tree);
  for (const [u, probability] of said.entries()) expect(probability).toBeCloseTo(values[u] / total, 6);
});

/** The sum over all units of how far their probabilities are from the kernel's shares. */
function distance(features: number): number {
  const { tree, value } = make({ kind: 'fourier', nu: 2, features }, 4);
  const values = Array.from({ length: UNITS }, (_, u) => value(u));
  const total = values.reduce((a, b) => a + b);
  return draw(tree).said.reduce((sum, said, u) => sum + Math.abs(said - values[u] / total), 0);
}

test('by Fourier features they come near its shares, the nearer the more features', () => {
  expect(distance(4000)).toBeLessThan(0.12);
  expect(distance(20)).toBeGreaterThan(2 * distance(4000));
});
