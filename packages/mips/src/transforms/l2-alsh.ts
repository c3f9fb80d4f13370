import { distanceLaw } from './laws.ts';
import {
  bindSpec,
  checkBetween,
  checkWhole,
  type TransformDefinition,
  type TransformSpec,
} from './transform.ts';

/**
 * L2-ALSH (Shrivastava and Li, NIPS 2014): data are scaled to lengths of `bound` (U, below 1; 0.83) at most and queries
 * to 1, P(x) = [x; |x|^2; |x|^4; ...; |x|^(2^m)] and Q(q) = [q; 1/2; ...; 1/2], so that the squared distance is
 * 1 + m/4 - 2 q . x + |x|^(2^(m + 1)), of which the last term all but vanishes. For families of the distance; the paper's
 * has buckets of width 2.5. @throws {RangeError} if a parameter is out of range.
 */
export function l2Alsh(
  parameters: { readonly powers?: number; readonly bound?: number } = {},
): TransformSpec {
  const spec = { kind: 'l2Alsh', powers: 3, bound: 0.83, ...parameters };
  bindSpec(l2AlshDefinition, spec);
  return spec;
}

/** The width of buckets that rho is stated for. */
const WIDTH = 2.5;

export const l2AlshDefinition: TransformDefinition = {
  kind: 'l2Alsh',
  options: ['powers', 'bound'],
  bind(spec) {
    const m = checkWhole('l2Alsh', 'powers', spec['powers'], 1, 20);
    const most = checkBetween('l2Alsh', 'bound', spec['bound'], 0, 1);
    const distance = (product: number, rest: number): number =>
      Math.sqrt(Math.max(0, 1 + m / 4 - 2 * product + rest));
    return {
      kind: 'l2Alsh',
      tailWidth: m,
      similarities: ['euclidean'],
      scale: {
        data: (bound) => (bound > 0 ? most / Math.sqrt(bound) : 1),
        query: (squaredNorm) => (squaredNorm > 0 ? 1 / Math.sqrt(squaredNorm) : 1),
      },
      data(squaredNorms, count, bound, { tails, stride, offset }) {
        const factor = bound > 0 ? most ** 2 / bound : 1;
        for (let i = 0; i < count; i++) {
          let power = (squaredNorms[i] ?? 0) * factor;
          for (let j = 0; j < m; j++, power *= power) tails[i * stride + offset + j] = power;
        }
      },
      query(count, { tails, stride, offset }) {
        for (let i = 0; i < count; i++) tails.fill(0.5, i * stride + offset, i * stride + offset + m);
      },
      similarity: (_, { product, squaredNorm, querySquaredNorm, bound }) =>
        distance(
          (product * most) / Math.sqrt(bound * querySquaredNorm),
          ((squaredNorm * most ** 2) / bound) ** (2 ** m),
        ),
      rho: (product, ratio) =>
        Math.log(distanceLaw(WIDTH, distance(product * most, most ** (2 ** (m + 1))))) /
        Math.log(distanceLaw(WIDTH, distance(ratio * product * most, 0))),
    };
  },
};
