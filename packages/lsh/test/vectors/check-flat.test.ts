import { expect, test } from 'vitest';
import { checkIds, checkQuery, countOf, lengthsOf, described } from '../../src/vectors/index.ts';

test('what is no flat array of vectors, no query or no id is refused with its type and the numbers', () => {
  expect(countOf(new Float32Array(6), 3, 'Vectors')).toBe(2);
  expect(() => countOf([1, 2, 3] as never, 3, 'Vectors')).toThrow(
    'Vectors come as a Float32Array; got the object Array.',
  );
  expect(() => countOf(new Float32Array(7), 3, 'Queries')).toThrow(/Queries of 3 dimensions .* got 7/);
  expect(() => checkQuery('abc' as never, 3)).toThrow(
    "Queries come as a Float32Array; got the string 'abc'.",
  );
  expect(() => checkQuery(new Float32Array(2), 3)).toThrow('A query has 3 coordinates here; got 2.');
  expect(() => checkIds([1, 2], 3)).toThrow('3 vectors need as many ids; got 2.');
  expect(() => checkIds([1, '2'] as never, 2)).toThrow("id 1 is the string '2'.");
  expect(() => checkIds([1n] as never, 1)).toThrow('id 0 is the bigint 1.');
  expect(() => checkIds([null] as never, 1)).toThrow('id 0 is null.');
  expect(() => checkIds(3 as never, 1)).toThrow('Ids come as an array of integers; got 3.');
  expect(() => checkIds([0, 2 ** 32], 2)).toThrow('from 0 to 4294967295; id 1 is 4294967296.');
});

test('lengths are sums in 64 bits, and what is not finite is named', () => {
  expect([...lengthsOf(Float32Array.of(3, 4, 0, 0, 1e38, 1e38), 2, 'Vector')]).toEqual([
    5,
    0,
    expect.closeTo(Math.fround(1e38) * Math.SQRT2, -30),
  ]);
  expect(() => lengthsOf(Float32Array.of(0, 0, 3e38, 3e38), 2, 'Vector')).toThrow(
    'Vector 1 has a length of 4.24e+38',
  );
  expect(() => lengthsOf(Float32Array.of(1, 2, 3, NaN), 2, 'Vector')).toThrow(
    'Vector 1 has NaN at coordinate 1.',
  );
});

test('values are named with their types', () => {
  expect([null, undefined, 1, 'a', [], new Set(), 2n, () => 1, 'a'.repeat(99)].map(described)).toEqual([
    'null',
    'undefined',
    '1',
    "the string 'a'",
    'the object Array',
    'the object Set',
    'the bigint 2',
    'a function',
    `the string '${'a'.repeat(60)}...'`,
  ]);
});
