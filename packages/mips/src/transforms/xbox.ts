import { distanceLaw } from './laws.ts';
import { appendZero, fillUp, simpleLshTransform } from './simple-lsh.ts';
import type { Transform, TransformDefinition, TransformSpec } from './transform.ts';

/**
 * XBOX (Bachrach et al., RecSys 2014): P(x) = [x; sqrt(M^2 - |x|^2)] and Q(q) = [q; 0], so that the squared distance is
 * M^2 + |q|^2 - 2 q . x, and the cosine q . x / (M |q|). For families of the distance, whose bucket widths are then in the
 * units of the data, or of the cosine, where it is Simple-LSH.
 */
export function xbox(): TransformSpec {
  return { kind: 'xbox' };
}

export const xboxTransform: Transform = {
  kind: 'xbox',
  tailWidth: 1,
  similarities: ['euclidean', 'cosine'],
  data: fillUp,
  query: appendZero,
  similarity(of, pair) {
    const { product, querySquaredNorm, bound } = pair;
    if (of === 'cosine') return simpleLshTransform.similarity(of, pair);
    return Math.sqrt(Math.max(0, bound + querySquaredNorm - 2 * product));
  },
  // Of distances between vectors of length 1, in buckets of width 2.5.
  rho: (product, ratio) => sphereRho(product, ratio),
};

/** The exponent of the distance on the unit sphere, where d^2 = 2 - 2 q . x. */
export function sphereRho(product: number, ratio: number, width: number = 2.5): number {
  return (
    Math.log(distanceLaw(width, Math.sqrt(2 - 2 * product))) /
    Math.log(distanceLaw(width, Math.sqrt(2 - 2 * ratio * product)))
  );
}

export const xboxDefinition: TransformDefinition = { kind: 'xbox', options: [], bind: () => xboxTransform };
