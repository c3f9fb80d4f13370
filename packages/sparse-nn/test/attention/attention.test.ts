import { Arena, Team } from '@hashgrad/kernels';
import { minHash, simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  type Attention,
  exactAttention,
  sampleAttention,
  topKAttention,
  uniformAttention,
} from '../../src/index.ts';
import { drawn, type Shape } from './plain-attention.ts';

const shape: Shape = { queries: 40, keys: 300, dimensions: 20, valueDimensions: 33, heads: 2 };
const { queries, keys, values } = drawn(shape);
const family = simHash({ bits: 5, tables: 20 });

type Options = { dimensions: number; heads?: number; causal?: boolean; team?: Team };

/** Every kind of attention, by name. */
const KINDS: Readonly<Record<string, (options: Options) => Attention>> = {
  exact: (options) => exactAttention(queries, keys, values, options),
  topK: (options) => topKAttention(queries, keys, values, { ...options, k: 20, sink: 2, window: 5 }),
  'topK and rest': (options) => topKAttention(queries, keys, values, { ...options, k: 9, rest: 11, sink: 2 }),
  uniform: (options) => uniformAttention(queries, keys, values, { ...options, count: 20, window: 5 }),
  sample: (options) => sampleAttention(queries, keys, values, { ...options, family, sink: 2, window: 5 }),
};

test.each(Object.entries(KINDS))('%s has the same bits on 1, 2 and 4 threads', async (_, run) => {
  const options = { dimensions: 20, heads: 2, causal: true };
  const alone = run(options);
  for (const threads of [2, 4]) {
    using arena = new Arena();
    using team = await Team.create(arena, { threads });
    const together = run({ ...options, team });
    expect(together).toEqual(alone);
  }
});

describe('refused is', () => {
  const few = new Float32Array(12);
  const options = { dimensions: 4 };
  test.for<[() => unknown, string]>([
    [
      () => exactAttention([1] as unknown as Float32Array, few, few, options),
      'exactAttention: queries come as a Float32Array; got the object Array.',
    ],
    [
      () => exactAttention(few, few, few, { dimensions: 0 }),
      'dimensions is a whole number of 1 or more; got 0.',
    ],
    [
      () => exactAttention(few, few, few, { ...options, heads: 1.5 }),
      'exactAttention: heads is a whole number of 1 or more; got 1.5.',
    ],
    [
      () => exactAttention(few, few, few, { dimensions: 5 }),
      'exactAttention: queries have 5 coordinates a token (dimensions x heads), or a multiple; got 12.',
    ],
    [
      () => exactAttention(few, few.subarray(0, 0), few, options),
      'exactAttention: there is 1 key or more for each head; got none.',
    ],
    [
      () => exactAttention(few, few, new Float32Array(4), options),
      'exactAttention: 3 keys of 1 heads have 3 values of 1 or more coordinates; got 4 coordinates.',
    ],
    [
      () => exactAttention(few, few.subarray(0, 8), few, { ...options, causal: true }),
      'exactAttention: causal needs a key at the place of each query; got 3 queries and 2 keys.',
    ],
    [
      () => topKAttention(few, few.subarray(0, 8), few, { ...options, k: 1, window: 2 }),
      'topKAttention: a window needs a key at the place of each query; got 3 queries and 2 keys.',
    ],
    [
      () => exactAttention(few, few, few, { ...options, causal: 1 as unknown as boolean }),
      'exactAttention: causal is true or false; got 1.',
    ],
    [
      () => exactAttention(few, few, few, { ...options, team: {} as Team }),
      'exactAttention: team is a Team of @hashgrad/kernels; got the object Object.',
    ],
    [
      () => exactAttention(few, few, few, { ...options, sink: 2 } as typeof options),
      "exactAttention has no option 'sink'; its options are dimensions, heads, causal, team.",
    ],
    [
      () => exactAttention(few, Float32Array.of(1, 2, 3, NaN), few, options),
      'exactAttention: key 0 has NaN at coordinate 3.',
    ],
    [
      () =>
        exactAttention(
          few.map(() => 1e20),
          few.map(() => 1e20),
          few,
          options,
        ),
      'can have an inner product that 32-bit floats do not hold: scale one of them down.',
    ],
    [
      () => topKAttention(few, few, few, { ...options, k: 0 }),
      'topKAttention: k is a whole number of 1 or more; got 0.',
    ],
    [
      () => topKAttention(few, few, few, { ...options, k: 1, rest: 0.5 }),
      'topKAttention: rest is a whole number of 0 or more; got 0.5.',
    ],
    [
      () => topKAttention(few, few, few, { ...options, k: 1, window: -1 }),
      'topKAttention: window is a whole number of 0 or more; got -1.',
    ],
    [
      () => uniformAttention(few, few, few, { ...options, count: NaN }),
      'uniformAttention: count is a whole number of 1 or more; got NaN.',
    ],
    [
      () => sampleAttention(few, few, few, { ...options, family, minCollisions: 21 }),
      'sampleAttention: minCollisions is a number of tables, 1 to 20; got 21.',
    ],
    [
      () => sampleAttention(few, few, few, { ...options, family: minHash({ hashes: 1, tables: 4 }) }),
      "the law of minHash is of the similarity 'jaccard'.",
    ],
    [
      () => sampleAttention(few, few, few, { ...options, family: { ...family, bits: 99 } }),
      'simHash: bits is an integer from 1 to 24; got 99.',
    ],
  ])('%#', ([run, message]) => {
    expect(run).toThrow(message);
  });
});
