import { signLaw } from './laws.ts';
import { type Transform, type TransformDefinition, type TransformSpec } from './transform.ts';

/**
 * Simple-LSH (Neyshabur and Srebro, ICML 2015): P(x) = [x; sqrt(M^2 - |x|^2)] / M and Q(q) = [q; 0] / |q|, so that the
 * cosine of P(x) and Q(q) is q . x / (M |q|), M being the greatest length. The divisions change no sign and are left out,
 * which is why it is for families of the cosine.
 */
export function simpleLsh(): TransformSpec {
  return { kind: 'simpleLsh' };
}

/** Fills up all data to the same length, the square root of the bound. */
export const fillUp: Transform['data'] = (squaredNorms, count, bound, { tails, stride, offset }) => {
  for (let i = 0; i < count; i++) {
    tails[i * stride + offset] = Math.sqrt(Math.max(0, bound - (squaredNorms[i] ?? 0)));
  }
};

/** Appends a 0. */
export const appendZero: Transform['query'] = (count, { tails, stride, offset }) => {
  for (let i = 0; i < count; i++) tails[i * stride + offset] = 0;
};

export const simpleLshTransform: Transform = {
  kind: 'simpleLsh',
  tailWidth: 1,
  similarities: ['cosine'],
  data: fillUp,
  query: appendZero,
  similarity: (_, { product, querySquaredNorm, bound }) => product / Math.sqrt(bound * querySquaredNorm),
  rho: (product, ratio) => Math.log(signLaw(product)) / Math.log(signLaw(ratio * product)),
};

export const simpleLshDefinition: TransformDefinition = {
  kind: 'simpleLsh',
  options: [],
  bind: () => simpleLshTransform,
};
