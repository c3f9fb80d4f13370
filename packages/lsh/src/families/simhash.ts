/**
 * SimHash (Charikar, STOC 2002): a bit is the side of a random hyperplane on which a vector lies, so two vectors at an
 * angle theta share it with probability 1 - theta / pi. A code is `bits` (K) of them.
 */
import { checkInteger, type FamilySpec, type HashFamily } from '../family.ts';
import { checkNames, described, quoted } from '../vectors/check-flat.ts';
import { KernelHasher } from './kernel-hasher.ts';
import { ProjectionHasher } from './projection-hasher.ts';
import { signCoder } from './simhash-gaussian.ts';
import { hadamardKernel } from './simhash-hadamard.ts';
import { sparseKernel } from './simhash-sparse.ts';

const PROJECTIONS = ['gaussian', 'sparse', 'hadamard'] as const;

/** SimHash as plain JSON, see `simHash`. */
export interface SimHashSpec extends FamilySpec {
  readonly kind: 'simHash';
  /** Hyperplanes a code, K in the papers; 1 to 24. */
  readonly bits: number;
  /**
   * How hyperplanes are drawn. 'gaussian' (the default): normal entries, for which alone the law is exact. 'sparse':
   * entries 1 and -1 at a few random coordinates, as in SLIDE. 'hadamard': three rounds of random signs and a fast
   * Walsh-Hadamard transform, the fastest for dense vectors.
   */
  readonly projection?: (typeof PROJECTIONS)[number];
  /** Of 'sparse': the share of coordinates at which a hyperplane is not 0, above 0 to 1. Default 1/3. */
  readonly density?: number;
}

const OPTIONS = ['bits', 'tables', 'projection', 'density'];

/**
 * SimHash: `tables` (1 to 4,096) codes of `bits` (1 to 24) bits, with Gaussian hyperplanes unless `projection` says
 * otherwise. The scale of a vector does not matter. @throws {RangeError} if a parameter is out of range.
 */
export function simHash(parameters: {
  readonly bits: number;
  readonly tables: number;
  readonly projection?: (typeof PROJECTIONS)[number];
  readonly density?: number;
}): SimHashSpec {
  checkNames('simHash', parameters, OPTIONS);
  const { bits, tables, projection, density } = parameters;
  const spec: SimHashSpec = {
    kind: 'simHash',
    bits,
    tables,
    ...(projection === undefined ? {} : { projection }),
    ...(density === undefined ? {} : { density }),
  };
  check(spec);
  return spec;
}

function check(spec: FamilySpec): void {
  checkInteger('simHash', 'bits', spec['bits'], 1, 24);
  checkInteger('simHash', 'tables', spec.tables, 1, 4096);
  const { projection = 'gaussian', density } = spec as SimHashSpec;
  if (!PROJECTIONS.includes(projection)) {
    throw new RangeError(`simHash: projection is '${PROJECTIONS.join("', '")}'; got ${quoted(projection)}.`);
  }
  if (density === undefined) return;
  if (projection !== 'sparse') {
    throw new RangeError(
      `simHash: only projection 'sparse' has a density; got ${described(density)} for '${projection}'.`,
    );
  }
  if (!(typeof density === 'number' && density > 0 && density <= 1)) {
    throw new RangeError(`simHash: density is above 0 and at most 1; got ${described(density)}.`);
  }
}

export const simHashFamily: HashFamily = {
  kind: 'simHash',
  similarity: 'cosine',
  options: OPTIONS,
  check,
  /** (1 - theta / pi)^K, exact for Gaussian hyperplanes; the README has by how much others deviate. */
  collisionProbability(spec, similarity) {
    if (!(similarity >= -1 && similarity <= 1)) {
      throw new RangeError(`A cosine is from -1 to 1; got ${similarity}.`);
    }
    return (1 - Math.acos(similarity) / Math.PI) ** (spec as SimHashSpec).bits;
  },
  bind(spec, context) {
    const { bits, tables, projection, density = 1 / 3 } = spec as SimHashSpec;
    if (projection === 'sparse') {
      return new KernelHasher(context, sparseKernel(bits, tables, density, context));
    }
    if (projection === 'hadamard') return new KernelHasher(context, hadamardKernel(bits, tables, context));
    return new ProjectionHasher(signCoder(bits, tables, context.team), context);
  },
};
