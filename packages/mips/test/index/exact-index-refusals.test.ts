import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { ExactIndex } from '../../src/index.ts';
import { usesOf } from '../uses.ts';
import { flat, normals } from '../vectors.ts';

const team = Team.single(new Arena());

describe('ExactIndex refuses', () => {
  const index = new ExactIndex({ dimensions: 4, team });
  index.add(flat(normals(10, 4, 6)));
  const query = Float32Array.of(1, 2, 3, 4);

  test.each([0, -1, 2.5, Number.NaN])('%s dimensions', (dimensions) => {
    expect(() => new ExactIndex({ dimensions })).toThrow(
      new RangeError(`An index has 1 or more dimensions; got ${dimensions}.`),
    );
  });

  test.each([0, -3, 1.5, Number.NaN])('k = %s', (k) => {
    const message = `The number of results, k, is an integer of 1 or more, or Infinity; got ${k}.`;
    expect(() => index.search(query, k)).toThrow(new RangeError(message));
    expect(() => index.searchBatch(query, k)).toThrow(message);
  });

  test('wrong lengths', () => {
    expect(() => index.add(new Float32Array(10))).toThrow(
      new RangeError('Vectors of 4 dimensions have a multiple of as many coordinates; got 10.'),
    );
    expect(() => index.searchBatch(new Float32Array(7), 1)).toThrow(
      'Queries of 4 dimensions have a multiple of as many coordinates; got 7.',
    );
    for (const wrong of [0, 3, 8]) {
      expect(() => index.search(new Float32Array(wrong), 1)).toThrow(
        new RangeError(`A query has 4 coordinates here; got ${wrong}.`),
      );
    }
    expect(() => index.add(new Float32Array(8), [1])).toThrow(
      '2 vectors need as many ids; got 1. Has this vector more coordinates than the index has dimensions?',
    );
  });

  test('other arrays', () => {
    const list = [1, 2, 3, 4] as unknown as Float32Array;
    expect(() => index.add(list)).toThrow(
      new TypeError('Vectors come as a Float32Array; got the object Array.'),
    );
    expect(() => index.search(list, 1)).toThrow(
      new TypeError('Queries come as a Float32Array; got the object Array.'),
    );
  });

  test.each([Number.NaN, Infinity, -Infinity])('%s as a coordinate', (value) => {
    const vectors = flat(normals(3, 4, 7));
    vectors[2 * 4 + 1] = value;
    expect(() => index.add(vectors)).toThrow(new RangeError(`Vector 2 has ${value} at coordinate 1.`));
    expect(() => index.searchBatch(vectors, 1)).toThrow(`Query 2 has ${value} at coordinate 1.`);
    expect(() => index.search(vectors.subarray(8), 1)).toThrow(`Query 0 has ${value} at coordinate 1.`);
  });

  test.each([-1, 1.5, 2 ** 32, Number.NaN])('an id of %s', (id) => {
    expect(() => index.add(new Float32Array(8), [0, id])).toThrow(
      new RangeError(`Ids are integers from 0 to 4294967295; id 1 is ${id}.`),
    );
  });

  test('inner products that 32-bit floats cannot hold', () => {
    using huge = new ExactIndex({ dimensions: 2, team });
    huge.add(Float32Array.of(3e30, 4e30));
    expect(() => huge.search(Float32Array.of(2e8, 0), 1)).toThrow(
      /^A query of length 2.00e\+8 and a vector of length 5.00e\+30 can have an inner product that/,
    );
    expect((huge.search(Float32Array.of(1e7, 0), 1).scores[0] as number) / 3e37).toBeCloseTo(1, 6);
  });

  test('ids that are taken, missing or come twice', () => {
    const two = flat(normals(2, 4, 8));
    expect(() => index.add(two, [20, 3])).toThrow(
      new RangeError('There is a vector 3 already: `update` replaces it.'),
    );
    expect(() => index.add(two, [20, 20])).toThrow(new RangeError('Vector 20 comes twice.'));
    expect(() => index.update([3, 10], two)).toThrow(new RangeError('There is no vector 10.'));
    expect(() => index.update([3, 3], two)).toThrow('Vector 3 comes twice.');
    expect(() => index.update([3], two)).toThrow('2 vectors need as many ids; got 1.');
    expect(() => index.remove([4, 4])).toThrow('Vector 4 comes twice.');
    expect(() => index.remove([4, 99])).toThrow('There is no vector 99.');
    expect([index.has(4), index.has(20)]).toEqual([true, false]);
  });

  test.each<[unknown, string]>([
    [3, '3'],
    [new Set([3]), 'the object Set'],
    ['3', "the string '3'"],
    [undefined, 'undefined'],
  ])('%s where ids come as an array', (ids, what) => {
    const message = `Ids come as an array of integers; got ${what}.`;
    expect(() => index.remove(ids as number[])).toThrow(new TypeError(message));
    expect(() => index.update(ids as number[], query)).toThrow(new TypeError(message));
  });

  test.each<[unknown, string]>([
    [['1'], "the string '1'"],
    [[1n], 'the bigint 1'],
    [[null], 'null'],
  ])('ids of another type', (ids, what) => {
    const message = `Ids are integers from 0 to 4294967295; id 0 is ${what}.`;
    expect(() => index.add(query, ids as number[])).toThrow(new TypeError(message));
    expect(() => index.remove(ids as number[])).toThrow(new TypeError(message));
  });

  test('options that there are not', () => {
    const metric = { dimensions: 4, metric: 'cosine' };
    expect(() => new ExactIndex(metric)).toThrow(
      'There is no option metric of ExactIndex; there are dimensions,',
    );
    expect(() => index.search(query, 1, { ef: 5 } as object)).toThrow('There is no option ef of');
  });

  test('vectors whose length 32-bit floats do not hold', () => {
    const long = new Float32Array(4).fill(3e38);
    expect(() => index.add(long)).toThrow(
      new RangeError('Vector 0 has a length of 6.00e+38; 32-bit floats hold 3.4e+38: scale it down.'),
    );
    expect(() => index.update([3], long)).toThrow('Vector 0 has a length of 6.00e+38');
    expect(() => index.search(long, 1)).toThrow('Query 0 has a length of 6.00e+38');
  });

  test('queries because of a long vector only while it is there', () => {
    using huge = new ExactIndex({ dimensions: 2, team });
    huge.add(Float32Array.of(1, 2, 3, 4));
    const long = Float32Array.of(1e35, 0);
    const asked = Float32Array.of(1e4, 1e4);
    huge.add(long, [99]);
    expect(() => huge.search(asked, 1)).toThrow('scale one of them down');
    huge.remove([99]);
    expect(huge.search(asked, 1).ids[0]).toBe(1);
    huge.update([1], long);
    expect(() => huge.searchBatch(asked, 1)).toThrow('scale one of them down');
    huge.update([1], Float32Array.of(0, 1));
    expect(huge.search(asked, 1).ids[0]).toBe(0);
  });

  test('a default id above the greatest', () => {
    using full = new ExactIndex({ dimensions: 1, team });
    full.add(Float32Array.of(1), [2 ** 32 - 1]);
    expect(() => full.add(Float32Array.of(1))).toThrow(
      'There are no 1 ids above 4294967295: give the vectors ids of your own, from 0 to 4294967295.',
    );
  });

  test('leave the index as it was', () => {
    expect(index.size).toBe(10);
  });

  test('every use after it was closed', async () => {
    const gone = new ExactIndex({ dimensions: 4 });
    gone.close();
    gone.close();
    expect(await usesOf(gone)).toEqual([]);
  });
});
