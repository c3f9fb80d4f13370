/**
 * Cross-polytope hashing (Andoni et al., NIPS 2015) in FALCONN's form: a random rotation, and the closest of the 2 n corners
 * of a cross-polytope of n coordinates, which is the coordinate of the largest magnitude and its sign. A code of more
 * bits has several polytopes, the last one smaller if need be.
 */
import { hashPolytopes, polytopeOutputs, probePolytopes } from '@hashgrad/kernels';
import {
  checkInteger,
  type FamilySpec,
  type HashFamily,
  type HasherContext,
  MOST_PROBES,
} from '../family.ts';
import { checkNames } from '../vectors/check-flat.ts';
import { type HashKernel, KernelHasher } from './kernel-hasher.ts';
import { polytopeLaw } from './polytope-law.ts';
import { drawRotation } from './rotation.ts';

/** Cross-polytope hashing as plain JSON, see `crossPolytope`. */
export interface CrossPolytopeSpec extends FamilySpec {
  readonly kind: 'crossPolytope';
  /** Bits of a code, 1 to 24. */
  readonly bits: number;
  /** Coordinates of a polytope, a power of 2 from 1 to 65,536: it has log2(size) + 1 bits of the code. */
  readonly size: number;
}

const OPTIONS = ['bits', 'tables', 'size'];

/**
 * Cross-polytope hashing: `tables` (1 to 4,096) codes of `bits` (1 to 24) bits, in polytopes of `size` (default 64)
 * coordinates each, of log2(size) + 1 bits; a last one of fewer coordinates has the bits that are left. Larger polytopes
 * tell near from far better for as many bits; a size above the dimension is of no use. The scale of a vector does not
 * matter. @throws {RangeError} if a parameter is out of range.
 */
export function crossPolytope(parameters: {
  readonly bits: number;
  readonly tables: number;
  readonly size?: number;
}): CrossPolytopeSpec {
  checkNames('crossPolytope', parameters, OPTIONS);
  const { bits, tables, size = 64 } = parameters;
  const spec: CrossPolytopeSpec = { kind: 'crossPolytope', bits, tables, size };
  check(spec);
  return spec;
}

function check(spec: FamilySpec): void {
  const { bits, tables, size } = spec as CrossPolytopeSpec;
  checkInteger('crossPolytope', 'bits', bits, 1, 24);
  checkInteger('crossPolytope', 'tables', tables, 1, 4096);
  checkInteger('crossPolytope', 'size', size, 1, 2 ** 16);
  if (!Number.isInteger(Math.log2(size))) {
    throw new RangeError(`crossPolytope: size is a power of 2; got ${size}.`);
  }
}

/** Coordinates of a code's polytopes, in their order. */
function sizesOf({ bits, size }: CrossPolytopeSpec): number[] {
  const each = Math.log2(size) + 1;
  return Array.from({ length: Math.ceil(bits / each) }, (_, i) => 2 ** (Math.min(each, bits - i * each) - 1));
}

export const crossPolytopeFamily: HashFamily = {
  kind: 'crossPolytope',
  similarity: 'cosine',
  options: OPTIONS,
  check,
  /**
   * The product over the polytopes of the probability that a Gaussian projection has the same closest corner: what a
   * random rotation tends to as dimensions grow, if `size` is below them. The README has by how much ours deviates.
   */
  collisionProbability(spec, similarity) {
    if (!(similarity >= -1 && similarity <= 1)) {
      throw new RangeError(`A cosine is from -1 to 1; got ${similarity}.`);
    }
    return sizesOf(spec as CrossPolytopeSpec).reduce((p, size) => p * polytopeLaw(size, similarity), 1);
  },
  bind: (spec, context) => new KernelHasher(context, polytopeKernel(spec as CrossPolytopeSpec, context)),
};

function polytopeKernel(spec: CrossPolytopeSpec, context: HasherContext): HashKernel {
  const { bits, tables, size } = spec;
  const { team } = context;
  const sizeLog2 = Math.log2(size);
  const outputs = tables * polytopeOutputs(bits, sizeLog2);
  const rotation = drawRotation('crossPolytope', context, 'crossPolytope', outputs, sizeLog2);
  const { memory, batch, log2, signs, additions, project } = rotation;
  return {
    tables,
    buckets: 2 ** bits,
    memory,
    batch,
    run(count) {
      hashPolytopes(team, { batch, signs, log2, sizeLog2, bits, tables }, count);
    },
    probing: {
      most: Math.min(2 ** bits, MOST_PROBES),
      projections: outputs,
      project,
      probe(codes, codeStride, probes, projections, count) {
        const from = { projections, stride: outputs, sizeLog2, bits, tables };
        probePolytopes(team, { codes, codeStride, probes, ...from }, count);
      },
    },
    operations: () => ({ additions, comparisons: outputs }),
  };
}
