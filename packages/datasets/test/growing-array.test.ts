import { describe, expect, it } from 'vitest';
import { GrowingArray } from '../src/growing-array.ts';

/** The whole numbers from 0 on, pushed; room for `expected` is made after the first `before`. */
function grown(count: number, expected?: number, before = 10): Int32Array {
  const growing = new GrowingArray<Int32Array>(Int32Array);
  for (let i = 0; i < count; i++) {
    if (i === before && expected !== undefined) growing.expect(expected);
    growing.push(i);
  }
  return growing.finish();
}

describe('GrowingArray', () => {
  it.each([
    ['nothing', undefined],
    ['as many as come', 5_000],
    ['fewer', 100],
    ['far fewer than segments hold', 11],
    ['more', 5_300],
    ['far more', 1_000_000],
    ['more than there is room for', 2 ** 52],
  ])('holds all elements where %s was expected', (_, expected) => {
    const array = grown(5_000, expected);
    expect(array.length).toBe(5_000);
    expect(array.every((element, i) => element === i)).toBe(true);
  });

  it('holds no more memory than an eighth beyond its elements', () => {
    for (const expected of [undefined, 100, 20_000, 21_000, 25_000, 1_000_000]) {
      const array = grown(20_000, expected);
      expect(array.buffer.byteLength).toBeLessThanOrEqual((array.byteLength * 8) / 7);
    }
  });

  it('appends beginnings of arrays, short and long ones, across the ends of its segments', () => {
    for (const length of [3, 100, 200, 3_000]) {
      const growing = new GrowingArray<Float32Array>(Float32Array);
      const values = Float32Array.from({ length: length + 5 }, (_, i) => i);
      for (let i = 0; i < 30; i++) growing.appendFirst(values, length);
      const all = growing.finish();
      expect(all.length).toBe(30 * length);
      expect(all.every((value, i) => value === i % length)).toBe(true);
      expect(growing.length).toBe(0);
    }
  });
});
