import { collisionProbability, type FamilySpec } from '@hashgrad/lsh';
import { simpleLshTransform } from './simple-lsh.ts';
import { bindSpec, checkWhole, type TransformDefinition, type TransformSpec } from './transform.ts';

/**
 * Norm-Ranging LSH (Yan et al., NeurIPS 2018): data are cut into `blocks` (32) of the same number of vectors by their
 * lengths, and Simple-LSH is applied in each with its own greatest length U_j, so that the cosine is q . x / (U_j |q|): a
 * few long vectors do not make all others look alike. For families of the cosine.
 * @throws {RangeError} if a parameter is out of range.
 */
export function normRanging(
  parameters: { readonly blocks?: number; readonly scan?: number } = {},
): TransformSpec {
  const spec = { kind: 'normRanging', blocks: 32, scan: 0, ...parameters };
  bindSpec(normRangingDefinition, spec);
  return spec;
}

/**
 * The paper's rank of a bucket (section 3.3): what a vector of a block whose greatest length is `longest` promises if
 * `matching` of `bits` bits agree; `epsilon` is how far a rank may be off.
 */
export function bucketRank(longest: number, matching: number, bits: number, epsilon: number = 0.4): number {
  return longest * Math.cos(Math.PI * (1 - epsilon) * (1 - matching / bits));
}

/**
 * The share of random hyperplanes that do not part two vectors which collide in so many of the tables, by the family's law:
 * what the paper's ranks are a function of, where it has one bit a table.
 */
export function sharesOf(spec: FamilySpec, tables: number): Float64Array {
  return Float64Array.from({ length: tables + 1 }, (_, met) => {
    let [low, high] = [-1, 1];
    for (let step = 0; step < 40; step++) {
      const middle = (low + high) / 2;
      if (collisionProbability(spec, middle) < met / tables) low = middle;
      else high = middle;
    }
    return 1 - Math.acos(high) / Math.PI;
  });
}

export const normRangingDefinition: TransformDefinition = {
  kind: 'normRanging',
  options: ['blocks', 'scan'],
  bind(spec) {
    const count = checkWhole('normRanging', 'blocks', spec['blocks'], 1, 65_536);
    const scan = checkWhole('normRanging', 'scan', spec['scan'], 0, 2 ** 31 - 1);
    // Its rho is Simple-LSH's, of products as a share of what is possible in the block.
    return { ...simpleLshTransform, kind: 'normRanging', blocks: { count, scan, centred: false } };
  },
};
