import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { ExactIndex } from '../../src/index.ts';
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
    const message = `The number of results, k, is an integer of 1 or more; got ${k}.`;
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
    expect(() => index.add(new Float32Array(8), [1])).toThrow('2 vectors need as many ids; got 1.');
  });

  test('other arrays', () => {
    const list = [1, 2, 3, 4] as unknown as Float32Array;
    expect(() => index.add(list)).toThrow(new TypeError('Vectors come as a Float32Array; got Array.'));
    expect(() => index.search(list, 1)).toThrow(new TypeError('Queries come as a Float32Array; got Array.'));
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
      new RangeError(`Ids are integers from 0 to 4294967295; vector 1 has ${id}.`),
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

  test('a disposed index', () => {
    const gone = new ExactIndex({ dimensions: 4 });
    gone[Symbol.dispose]();
    gone[Symbol.dispose]();
    expect(() => gone.add(query)).toThrow('This index was disposed.');
    expect(() => gone.search(query, 1)).toThrow('This index was disposed.');
  });
});
