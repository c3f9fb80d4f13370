import type { Ratings } from '@hashgrad/datasets';
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { pureSvd } from '../../src/tasks/pure-svd.ts';

/** Ratings of every third or so of the pairs. */
function ratingsOf(users: number, items: number): { ratings: Ratings; dense: Matrix } {
  const dense = Matrix.zeros(users, items);
  const offsets = [0];
  const [ids, values]: number[][] = [[], []];
  for (let u = 0; u < users; u++) {
    for (let i = 0; i < items; i++) {
      if ((u * 7 + i * 5 + u * i) % 3 !== 0) continue;
      const value = 1 + ((u * 3 + i * 11) % 9) / 2;
      dense.set(u, i, value);
      ids?.push(i);
      values?.push(value);
    }
    offsets.push(ids?.length ?? 0);
  }
  return {
    dense,
    ratings: {
      name: 'made',
      users,
      items,
      offsets: Int32Array.from(offsets),
      ids: Int32Array.from(ids ?? []),
      values: Float32Array.from(values ?? []),
      userNames: Int32Array.from({ length: users }, (_, u) => u),
      itemNames: Int32Array.from({ length: items }, (_, i) => i),
    },
  };
}

describe('pureSvd', () => {
  it.each([
    [12, 30],
    [30, 12],
    [9, 9],
  ])('of %d x %d ratings is the best approximation of its rank', (users, items) => {
    const { ratings, dense } = ratingsOf(users, items);
    const singular = new SingularValueDecomposition(dense).diagonal;
    for (const dimensions of [1, 4, 9]) {
      const factors = pureSvd(ratings, dimensions);
      let missed = 0;
      for (let u = 0; u < users; u++) {
        for (let i = 0; i < items; i++) {
          let product = 0;
          for (let f = 0; f < dimensions; f++) {
            product += (factors.users[u * dimensions + f] ?? 0) * (factors.items[i * dimensions + f] ?? 0);
          }
          missed += (product - dense.get(u, i)) ** 2;
        }
      }
      // Eckart and Young: what is left is the squares of the other singular values.
      const least = singular.slice(dimensions).reduce((sum, value) => sum + value * value, 0);
      expect(Math.abs(missed - least)).toBeLessThan(1e-4 * dense.norm() ** 2);
    }
  });

  it('refuses more dimensions than there can be', () => {
    const { ratings } = ratingsOf(4, 6);
    expect(() => pureSvd(ratings, 5)).toThrow(
      new RangeError('Factors of 4 users and 6 items: from 1 to 4; got 5.'),
    );
  });
});
