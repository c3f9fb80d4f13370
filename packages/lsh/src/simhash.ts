/**
 * SimHash (Charikar, STOC 2002): a bit is the side of a random hyperplane on which a vector lies, so two vectors at an
 * angle theta share it with probability 1 - theta / pi. A code is `bits` (K) of them.
 */
import { multiply, randomStream, type Strided, type Team } from '@hashgrad/kernels';
import { checkDense, checkSparse, checkTarget, type VectorShape } from './check-vectors.ts';
import {
  checkInteger,
  type CodeTarget,
  type DenseVectors,
  type FamilySpec,
  type HashFamily,
  type Hasher,
  type HasherContext,
  type SparseVectors,
} from './family.ts';

export interface SimHashSpec extends FamilySpec {
  readonly kind: 'simHash';
  /** Hyperplanes a code, K in the papers; 1 to 24. */
  readonly bits: number;
}

/** SimHash with Gaussian projections: `tables` (1 to 4,096) codes of `bits` (1 to 24) bits. Scale does not matter. */
export function simHash(parameters: { readonly bits: number; readonly tables: number }): SimHashSpec {
  const spec: SimHashSpec = { kind: 'simHash', bits: parameters.bits, tables: parameters.tables };
  check(spec);
  return spec;
}

function check(spec: FamilySpec): void {
  checkInteger('simHash', 'bits', spec['bits'], 1, 24);
  checkInteger('simHash', 'tables', spec.tables, 1, 4096);
}

export const simHashFamily: HashFamily = {
  kind: 'simHash',
  similarity: 'cosine',
  check,
  /** (1 - theta / pi)^K, exact for Gaussian hyperplanes. */
  collisionProbability(spec, similarity) {
    if (!(similarity >= -1 && similarity <= 1)) {
      throw new RangeError(`A cosine is from -1 to 1; got ${similarity}.`);
    }
    return (1 - Math.acos(similarity) / Math.PI) ** (spec as SimHashSpec).bits;
  },
  bind: (spec, context) => new SimHasher(spec as SimHashSpec, context),
};

/** Vectors projected at a time: their projections stay in the second-level cache. */
const BLOCK = 256;

class SimHasher implements Hasher {
  readonly tables: number;
  readonly buckets: number;
  readonly #bits: number;
  readonly #shape: VectorShape;
  readonly #team: Team;
  /** (dimensions + tailWidth) x stride: column t * bits + j is hyperplane j of table t. */
  readonly #planes: Float32Array;
  readonly #stride: number;
  readonly #projections: Float32Array;

  constructor(spec: SimHashSpec, context: HasherContext) {
    const { team, dimensions, tailWidth } = context;
    this.tables = spec.tables;
    this.buckets = 2 ** spec.bits;
    this.#bits = spec.bits;
    this.#shape = { dimensions, tailWidth };
    this.#team = team;
    const columns = spec.bits * spec.tables;
    this.#stride = Math.ceil(columns / 16) * 16;
    // One piece, so that there is either room for both or nothing to give back.
    const planes = (dimensions + tailWidth) * this.#stride;
    const memory = team.arena.float32(planes + BLOCK * this.#stride);
    this.#planes = memory.subarray(0, planes);
    this.#projections = memory.subarray(planes);
    const random = randomStream(context.seed, 'simHash');
    for (let k = 0; k < dimensions + tailWidth; k++) {
      for (let j = 0; j < columns; j++) this.#planes[k * this.#stride + j] = random.normal();
    }
  }

  hash(vectors: DenseVectors, count: number, target: CodeTarget): void {
    checkDense(vectors, count, this.#shape);
    checkTarget(target, count, this.tables);
    const { arena } = this.#team;
    for (let first = 0; first < count; first += BLOCK) {
      const rows = Math.min(BLOCK, count - first);
      const address = arena.address(vectors.values) + first * vectors.stride * 4;
      this.#project({ address, row: vectors.stride, column: 1 }, 0, rows, this.#shape.dimensions);
      this.#finish(vectors.tail, first, rows, target);
    }
  }

  hashSparse(vectors: SparseVectors, count: number, target: CodeTarget): void {
    checkSparse(vectors, count, this.#shape);
    checkTarget(target, count, this.tables);
    const { arena } = this.#team;
    for (let first = 0; first < count; first += BLOCK) {
      const rows = Math.min(BLOCK, count - first);
      this.#team.run(
        'gatherRows',
        [
          arena.address(this.#projections),
          this.#stride,
          0,
          arena.address(this.#planes),
          this.#stride,
          this.#bits * this.tables,
          arena.address(vectors.offsets) + first * 4,
          arena.address(vectors.ids),
          arena.address(vectors.values),
        ],
        rows,
      );
      this.#finish(vectors.tail, first, rows, target);
    }
  }

  multiplyAdds(nonZeros: number): number {
    return (nonZeros + this.#shape.tailWidth) * this.#bits * this.tables;
  }

  [Symbol.dispose](): void {
    // The start of the piece that both are in.
    this.#team.arena.free(this.#planes);
  }

  /** Adds the tail's part to the block's projections and packs their signs. */
  #finish(tail: Float32Array | undefined, first: number, rows: number, target: CodeTarget): void {
    const { arena } = this.#team;
    const { dimensions, tailWidth } = this.#shape;
    if (tail && tailWidth > 0) {
      const address = arena.address(tail) + first * tailWidth * 4;
      this.#project({ address, row: tailWidth, column: 1 }, dimensions, rows, tailWidth);
    }
    const codes = arena.address(target.codes) + ((target.first ?? 0) + first) * 4;
    const projections = arena.address(this.#projections);
    this.#team.run(
      'packSigns',
      [codes, target.stride, projections, this.#stride, this.#bits, this.tables],
      rows,
    );
  }

  /** Projects vectors whose first coordinate is coordinate `from`; what follows the first ones is added to them. */
  #project(vectors: Strided, from: number, rows: number, depth: number): void {
    const { arena } = this.#team;
    const planes = {
      address: arena.address(this.#planes) + from * this.#stride * 4,
      row: this.#stride,
      column: 1,
    };
    multiply(this.#team, arena.address(this.#projections), this.#stride, vectors, planes, {
      rows,
      columns: this.#bits * this.tables,
      depth,
      accumulate: from > 0,
    });
  }
}
