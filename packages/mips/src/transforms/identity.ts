import type { Transform, TransformDefinition, TransformSpec } from './transform.ts';

/** Leaves vectors as they are: right where their lengths are alike, or where direction is what counts. */
export function identity(): TransformSpec {
  return { kind: 'identity' };
}

const transform: Transform = {
  kind: 'identity',
  tailWidth: 0,
  similarities: ['cosine', 'euclidean', 'jaccard', 'rank'],
  data: () => {},
  query: () => {},
  similarity(of, { product, squaredNorm, querySquaredNorm }) {
    if (of === 'cosine') return product / Math.sqrt(squaredNorm * querySquaredNorm);
    if (of === 'euclidean') return Math.sqrt(Math.max(0, squaredNorm + querySquaredNorm - 2 * product));
    if (of === 'jaccard') return product / (squaredNorm + querySquaredNorm - product);
    throw new RangeError('The order of coordinates is no function of the inner product.');
  },
};

export const identityDefinition: TransformDefinition = {
  kind: 'identity',
  options: [],
  bind: () => transform,
};
