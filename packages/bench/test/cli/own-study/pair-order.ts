import { randomStream } from '@hashgrad/kernels';
import type { HashFamily } from '@hashgrad/lsh';

/** A bit says which of two random coordinates is larger. */
export const pairOrder: HashFamily = {
  kind: 'pairOrder',
  similarity: 'rank',
  check({ bits }) {
    if (!(Number(bits) >= 1 && Number(bits) <= 24))
      throw new RangeError(`pairOrder: bits is 1 to 24; got ${bits}.`);
  },
  collisionProbability: ({ bits }, tau) => ((1 + tau) / 2) ** Number(bits),
  bind({ bits, tables }, { dimensions, seed }) {
    const random = randomStream(seed, 'pairOrder');
    const pairs = Array.from({ length: tables * Number(bits) }, () => {
      const first = random.integer(dimensions);
      return [first, (first + 1 + random.integer(dimensions - 1)) % dimensions] as const;
    });
    const code = (x: ArrayLike<number>, t: number): number =>
      pairs
        .slice(t * Number(bits), (t + 1) * Number(bits))
        .reduce((sum, [a, b], j) => sum + ((x[a] ?? 0) > (x[b] ?? 0) ? 2 ** j : 0), 0);
    return {
      tables,
      buckets: 2 ** Number(bits),
      hash({ values, stride }, count, target, rows) {
        for (let t = 0; t < tables; t++) {
          for (let i = 0; i < count; i++) {
            const row = rows?.[i] ?? i;
            target.codes[t * target.stride + (target.first ?? 0) + row] = code(
              values.subarray(row * stride),
              t,
            );
          }
        }
      },
      hashSparse() {
        throw new Error('pairOrder is for dense vectors.');
      },
      operations: () => ({ comparisons: tables * Number(bits) }),
      [Symbol.dispose]() {},
    };
  },
};
