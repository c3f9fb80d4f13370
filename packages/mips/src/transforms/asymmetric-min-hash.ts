import { bindSpec, checkWhole, type TransformDefinition, type TransformSpec } from './transform.ts';

/**
 * Asymmetric minwise hashing (Shrivastava and Li, WWW 2015), for sets: vectors of zeros and ones. P fills a set of f
 * elements up with M - f new ones, Q does not, so that the Jaccard similarity is a / (M + f_q - a), which grows with a, the
 * size of the intersection, as that of the sets themselves does not. `most` is M, the size of the greatest set, and the
 * number of coordinates that are appended; larger sets are left as they are. For families of the Jaccard similarity.
 * @throws {RangeError} if `most` is out of range.
 */
export function asymmetricMinHash(parameters: { readonly most: number }): TransformSpec {
  const spec = { kind: 'asymmetricMinHash', ...parameters };
  bindSpec(asymmetricMinHashDefinition, spec);
  return spec;
}

export const asymmetricMinHashDefinition: TransformDefinition = {
  kind: 'asymmetricMinHash',
  options: ['most'],
  bind(spec) {
    const most = checkWhole('asymmetricMinHash', 'most', spec['most'], 1, 2 ** 20);
    return {
      kind: 'asymmetricMinHash',
      tailWidth: most,
      similarities: ['jaccard'],
      data(squaredNorms, count, _bound, { tails, stride, offset }) {
        for (let i = 0; i < count; i++) {
          const first = i * stride + offset;
          // The squared length of zeros and ones is how many ones there are.
          const filled = first + Math.max(0, most - Math.round(squaredNorms[i] ?? 0));
          tails.fill(1, first, filled);
          tails.fill(0, filled, first + most);
        }
      },
      query(count, { tails, stride, offset }) {
        for (let i = 0; i < count; i++) tails.fill(0, i * stride + offset, i * stride + offset + most);
      },
      similarity: (_, { product, squaredNorm, querySquaredNorm }) =>
        product / (Math.max(most, squaredNorm) + querySquaredNorm - product),
      // Of queries as large as the greatest set; products are shares of its size.
      rho: (product, ratio) =>
        Math.log(product / (2 - product)) / Math.log((ratio * product) / (2 - ratio * product)),
    };
  },
};
