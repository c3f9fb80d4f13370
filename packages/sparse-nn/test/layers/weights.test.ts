import { Arena } from '@hashgrad/kernels';
import { afterAll, expect, test } from 'vitest';
import { adagrad, adam, momentum, sgd, type OptimizerSpec } from '../../src/index.ts';
import { createWeights } from '../../src/layers/weights.ts';

const arena = new Arena();
afterAll(() => arena.close());

/** 0.5 as a bfloat16. */
const HALF = 0x3f00;

test.for<[string, OptimizerSpec, Record<string, number>]>([
  ['sgd', sgd({ rate: 1 }), { values: 0 }],
  ['momentum', momentum({ rate: 1, velocity: 'bfloat16' }), { values: 0, first: 0 }],
  ['adagrad', adagrad({ initial: 0.5 }), { values: 0, second: 0.5 }],
  ['adagrad, 16 bits', adagrad({ initial: 0.5, sums: 'bfloat16' }), { values: 0, second: HALF }],
  ['adam', adam(), { values: 0, first: 0, second: 0 }],
])('weights that change places take what is kept of them along: %s', ([, optimizer, fresh]) => {
  using weights = createWeights(arena, 1, 16, false, optimizer);
  for (const name of Object.keys(fresh)) weights.arrays[name]!.set([10, 20, 30, 40, 50]);
  weights.rearrange(Int32Array.of(1, -1, 4, 0, -1));
  for (const [name, value] of Object.entries(fresh)) {
    expect([name, ...weights.arrays[name]!.subarray(0, 5)]).toEqual([name, 20, value, 50, 10, value]);
  }
});

test.for<[string, OptimizerSpec, number]>([
  ['float32', adagrad({ initial: 0.5 }), 0.5],
  ['16 bits', adagrad({ initial: 0.5, sums: 'bfloat16' }), HALF],
])('sums start from what they are given, also after they were forgotten: %s', ([, optimizer, initial]) => {
  using weights = createWeights(arena, 2, 16, true, optimizer);
  const sums = (['second', 'biasSecond'] as const).map((name) => weights.arrays[name]!);
  expect([...sums[0]!]).toEqual(Array(32).fill(initial));
  expect([...sums[1]!]).toEqual([0.5, 0.5]);
  for (const sum of sums) sum.fill(9);
  weights.forget(3);
  expect([...sums[0]!]).toEqual(Array(32).fill(initial));
  expect([...sums[1]!]).toEqual([0.5, 0.5]);
});

test('what is kept of rows as a whole stays', () => {
  using weights = createWeights(arena, 2, 16, false, adam({ secondMoment: 'row' }));
  weights.arrays['second']!.set([3, 4]);
  weights.arrays['first']!.set([1, 2]);
  weights.rearrange(Int32Array.of(1, 0));
  expect([...weights.arrays['second']!]).toEqual([3, 4]);
  expect([...weights.arrays['first']!.subarray(0, 2)]).toEqual([2, 1]);
});
