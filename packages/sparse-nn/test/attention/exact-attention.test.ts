import { describe, expect, test } from 'vitest';
import { exactAttention } from '../../src/index.ts';
import { distance } from '../distance.ts';
import { drawn, plainAttention, type Shape } from './plain-attention.ts';

const SHAPES: readonly Shape[] = [
  { queries: 7, keys: 9, dimensions: 5, valueDimensions: 3, heads: 2 },
  { queries: 1, keys: 40, dimensions: 32, valueDimensions: 17, heads: 1 },
  { queries: 6, keys: 6, dimensions: 1, valueDimensions: 1, heads: 3 },
];

describe.each(SHAPES)('$queries queries, $keys keys, $heads heads', (shape) => {
  test.each([false, true])('is the softmax of scaled products, times values; causal: %s', (causal) => {
    const arrays = drawn(shape);
    const { dimensions, heads } = shape;
    const { queries, keys, values } = arrays;
    const given = exactAttention(queries, keys, values, { dimensions, heads, causal });
    const sees = (i: number, j: number): boolean => !causal || j <= shape.keys - shape.queries + i;
    const plain = plainAttention(arrays, shape, sees);
    expect(distance(given.outputs, plain.outputs)).toBeLessThan(1e-5);
    expect(distance(given.logPartitions, plain.logPartitions)).toBeLessThan(1e-6);
    const read = given.keysRead.reduce((sum, each) => sum + each, 0);
    expect(given.keysRead[0]).toBe(causal ? shape.keys - shape.queries + 1 : shape.keys);
    expect(given.counts.multiplyAdds.forward).toBe(read * (dimensions + shape.valueDimensions));
  });
});

test('logits of any size that 32 bits hold give weights that add up to 1', () => {
  const keys = Float32Array.of(1e15, 1e15, -1e15);
  const { outputs, logPartitions } = exactAttention(Float32Array.of(1e15), keys, Float32Array.of(2, 4, 8), {
    dimensions: 1,
  });
  expect(outputs[0]).toBe(3);
  expect(logPartitions[0]! / 1e30).toBeCloseTo(1, 6);
});

test('more pairs than fit a block give the bits that one query at a time gives', () => {
  const shape = { queries: 20, keys: 70_000, dimensions: 4, valueDimensions: 2, heads: 1 };
  const { queries, keys, values } = drawn(shape);
  const all = exactAttention(queries, keys, values, { dimensions: 4 });
  const each = Array.from({ length: 20 }, (_, i) =>
    exactAttention(queries.subarray(4 * i, 4 * i + 4), keys, values, { dimensions: 4 }),
  );
  expect([...all.outputs]).toEqual(each.flatMap(({ outputs }) => [...outputs]));
  expect([...all.logPartitions]).toEqual(each.flatMap(({ logPartitions }) => [...logPartitions]));
});

test('no query gives no output', () => {
  const none = new Float32Array(0);
  const keys = Float32Array.of(1, 2);
  expect(exactAttention(none, keys, keys, { dimensions: 2 }).outputs).toHaveLength(0);
});
