import { simpleLshTransform } from './simple-lsh.ts';
import { bindSpec, checkBetween, type TransformDefinition, type TransformSpec } from './transform.ts';

/**
 * Simple-ALSH (Neyshabur and Srebro, ICML 2015): P(x) = [x; sqrt(M^2 - |x|^2); 0] and Q(q) = [q; 0; sqrt(B^2 - |q|^2)], so
 * that the cosine is q . x / (M B), where M is the greatest length of data and B, `queryBound` (1), that of queries: short
 * queries have lower cosines. Queries longer than B are treated as in Simple-LSH. For families of the cosine.
 * @throws {RangeError} if `queryBound` is not above 0.
 */
export function simpleAlsh(parameters: { readonly queryBound?: number } = {}): TransformSpec {
  const spec = { kind: 'simpleAlsh', queryBound: 1, ...parameters };
  bindSpec(simpleAlshDefinition, spec);
  return spec;
}

export const simpleAlshDefinition: TransformDefinition = {
  kind: 'simpleAlsh',
  options: ['queryBound'],
  bind(spec) {
    const queryBound = checkBetween('simpleAlsh', 'queryBound', spec['queryBound'], 0, Infinity);
    return {
      ...simpleLshTransform,
      kind: 'simpleAlsh',
      tailWidth: 2,
      needsQueryNorms: true,
      data(squaredNorms, count, bound, target) {
        simpleLshTransform.data(squaredNorms, count, bound, target);
        const { tails, stride, offset } = target;
        for (let i = 0; i < count; i++) tails[i * stride + offset + 1] = 0;
      },
      query(count, { tails, stride, offset }, squaredNorms) {
        for (let i = 0; i < count; i++) {
          tails[i * stride + offset] = 0;
          tails[i * stride + offset + 1] = Math.sqrt(Math.max(0, queryBound ** 2 - (squaredNorms?.[i] ?? 0)));
        }
      },
      similarity: (_, { product, querySquaredNorm, bound }) =>
        product / (Math.sqrt(bound) * Math.max(queryBound, Math.sqrt(querySquaredNorm))),
    };
  },
};
