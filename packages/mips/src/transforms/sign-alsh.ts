import { signLaw } from './laws.ts';
import {
  bindSpec,
  checkBetween,
  checkWhole,
  type TransformDefinition,
  type TransformSpec,
} from './transform.ts';

/**
 * Sign-ALSH (Shrivastava and Li, UAI 2015): data are scaled to lengths of `bound` (U, below 1; 0.75) at most,
 * P(x) = [x; 1/2 - |x|^2; 1/2 - |x|^4; ...; 1/2 - |x|^(2^m)] and Q(q) = [q; 0; ...; 0], so that the cosine is
 * q . x / (|q| sqrt(m/4 + |x|^(2^(m + 1)))). It is the tail that is scaled here, up, in place of the data, which makes no
 * difference to families of the cosine. @throws {RangeError} if a parameter is out of range.
 */
export function signAlsh(
  parameters: { readonly powers?: number; readonly bound?: number } = {},
): TransformSpec {
  const spec = { kind: 'signAlsh', powers: 2, bound: 0.75, ...parameters };
  bindSpec(signAlshDefinition, spec);
  return spec;
}

export const signAlshDefinition: TransformDefinition = {
  kind: 'signAlsh',
  options: ['powers', 'bound'],
  bind(spec) {
    const m = checkWhole('signAlsh', 'powers', spec['powers'], 1, 20);
    const most = checkBetween('signAlsh', 'bound', spec['bound'], 0, 1);
    /** The cosine of P(x) and Q(q) for a scaled x of squared length `square`, whose product with a unit query is given. */
    const cosine = (product: number, square: number): number =>
      product / Math.sqrt(m / 4 + square ** (2 ** m));
    return {
      kind: 'signAlsh',
      tailWidth: m,
      similarities: ['cosine'],
      data(squaredNorms, count, bound, { tails, stride, offset }) {
        const factor = bound > 0 ? most ** 2 / bound : 1;
        const up = 1 / Math.sqrt(factor);
        for (let i = 0; i < count; i++) {
          let power = (squaredNorms[i] ?? 0) * factor;
          for (let j = 0; j < m; j++, power *= power) tails[i * stride + offset + j] = (0.5 - power) * up;
        }
      },
      query(count, { tails, stride, offset }) {
        for (let i = 0; i < count; i++) tails.fill(0, i * stride + offset, i * stride + offset + m);
      },
      similarity: (_, { product, squaredNorm, querySquaredNorm, bound }) =>
        cosine((product * most) / Math.sqrt(bound * querySquaredNorm), (squaredNorm * most ** 2) / bound),
      // In the worst case what is to be found is as long as can be, and what is not as short as its product lets it.
      rho(product, ratio) {
        const low = ratio * product * most;
        return (
          Math.log(signLaw(cosine(product * most, most ** 2))) / Math.log(signLaw(cosine(low, low ** 2)))
        );
      },
    };
  },
};
