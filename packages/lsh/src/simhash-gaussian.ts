/** SimHash with Gaussian hyperplanes: a matrix product. The one form whose collision law is exact. */
import { multiply, randomStream, type Strided, type Team } from '@hashgrad/kernels';
import { checkDense, checkRows, checkSparse, checkTarget, type VectorShape } from './check-vectors.ts';
import type { CodeTarget, DenseVectors, Hasher, HasherContext, SparseVectors } from './family.ts';

/** Floats that listed rows are brought together in, if that is enough for 16 of them: 16 MiB. */
const MOST_GATHERED = 2 ** 22;

/** Vectors projected at a time: their projections stay in the second-level cache. */
const BLOCK = 256;

export class GaussianHasher implements Hasher {
  readonly tables: number;
  readonly buckets: number;
  readonly #bits: number;
  readonly #shape: VectorShape;
  readonly #team: Team;
  /** (dimensions + tailWidth) x stride: column t * bits + j is hyperplane j of table t. */
  readonly #planes: Float32Array;
  readonly #stride: number;
  readonly #projections: Float32Array;

  constructor(bits: number, tables: number, context: HasherContext) {
    const { team, dimensions, tailWidth } = context;
    this.tables = tables;
    this.buckets = 2 ** bits;
    this.#bits = bits;
    this.#shape = { dimensions, tailWidth };
    this.#team = team;
    const columns = bits * tables;
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

  hash(vectors: DenseVectors, count: number, target: CodeTarget, rows?: Int32Array): void {
    const span = rows ? checkRows(rows, count) : count;
    checkDense(vectors, span, this.#shape);
    checkTarget(target, span, this.tables);
    if (rows) {
      this.#hashRows(vectors, count, target, rows);
      return;
    }
    const { arena } = this.#team;
    const { dimensions } = this.#shape;
    const codes = arena.address(target.codes) + (target.first ?? 0) * 4;
    for (let first = 0; first < count; first += BLOCK) {
      const block = Math.min(BLOCK, count - first);
      const address = arena.address(vectors.values) + first * vectors.stride * 4;
      this.#project({ address, row: vectors.stride, column: 1 }, 0, block, dimensions);
      this.#projectTail(vectors.tail, first, block);
      this.#pack(codes + first * 4, target.stride, 0, block);
    }
  }

  hashSparse(vectors: SparseVectors, count: number, target: CodeTarget): void {
    checkSparse(vectors, count, this.#shape);
    checkTarget(target, count, this.tables);
    const { arena } = this.#team;
    const codes = arena.address(target.codes) + (target.first ?? 0) * 4;
    for (let first = 0; first < count; first += BLOCK) {
      const block = Math.min(BLOCK, count - first);
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
        block,
      );
      this.#projectTail(vectors.tail, first, block);
      this.#pack(codes + first * 4, target.stride, 0, block);
    }
  }

  /** Brings the rows together, tails and all, block by block: a product runs over rows that stand one after the other. */
  #hashRows(vectors: DenseVectors, count: number, target: CodeTarget, rows: Int32Array): void {
    const { arena } = this.#team;
    const { dimensions, tailWidth } = this.#shape;
    const { values, stride, tail } = vectors;
    const codes = arena.address(target.codes) + (target.first ?? 0) * 4;
    const width = dimensions + tailWidth;
    const most = Math.min(BLOCK, count, Math.max(16, Math.floor(MOST_GATHERED / width)));
    const gathered = arena.float32(most * width);
    const to = arena.address(gathered);
    try {
      for (let first = 0; first < count; first += most) {
        const block = Math.min(most, count - first);
        const list = arena.address(rows) + first * 4;
        this.#team.run('copyRows', [to, width, arena.address(values), stride, dimensions, list], block);
        if (tail && tailWidth > 0) {
          const tails = [
            to + dimensions * 4,
            width,
            arena.address(tail),
            tailWidth,
            tailWidth,
            list,
          ] as const;
          this.#team.run('copyRows', [...tails], block);
        }
        this.#project({ address: to, row: width, column: 1 }, 0, block, width);
        this.#pack(codes, target.stride, list, block);
      }
    } finally {
      arena.free(gathered);
    }
  }

  multiplyAdds(nonZeros: number): number {
    return (nonZeros + this.#shape.tailWidth) * this.#bits * this.tables;
  }

  [Symbol.dispose](): void {
    // The start of the piece that both are in.
    this.#team.arena.free(this.#planes);
  }

  /** Adds the tail's part to the block's projections. */
  #projectTail(tail: Float32Array | undefined, first: number, block: number): void {
    const { dimensions, tailWidth } = this.#shape;
    if (!tail || tailWidth === 0) return;
    const address = this.#team.arena.address(tail) + first * tailWidth * 4;
    this.#project({ address, row: tailWidth, column: 1 }, dimensions, block, tailWidth);
  }

  /** Packs the signs of the block's projections; `rows`, if not 0, is the address of the list of their columns. */
  #pack(codes: number, stride: number, rows: number, block: number): void {
    const from = this.#team.arena.address(this.#projections);
    this.#team.run('packSigns', [codes, stride, rows, from, this.#stride, this.#bits, this.tables], block);
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
