/** Hashers whose codes come from a matrix product: projections on random normals, SimHash's and those of E2LSH. */
import {
  copyRows,
  gatherRows,
  gemm,
  gemmScratch,
  type Matrix,
  probeScratch,
  randomStream,
  type Team,
} from '@hashgrad/kernels';
import {
  checkDense,
  checkProbes,
  checkRows,
  checkSparse,
  checkTarget,
  type VectorShape,
} from './check-vectors.ts';
import { checkRoom } from './room.ts';
import type {
  BoundFamily,
  CodeTarget,
  DenseVectors,
  HasherContext,
  HashOperations,
  SparseVectors,
} from '../family.ts';

/** Floats that listed rows are brought together in, if that is enough for 16 of them: 16 MiB. */
const MOST_GATHERED = 2 ** 22;

/** Vectors projected at a time: their projections stay in the second-level cache. */
const BLOCK = 256;

/** The projections of a block of vectors, `stride` floats apart. */
export interface Projections {
  readonly values: Float32Array;
  readonly stride: number;
}

/** What a family makes of projections. */
export interface ProjectionCoder {
  readonly tables: number;
  readonly buckets: number;
  /** As in Hasher. */
  readonly mostProbes: number;
  /** Projections that a vector has. */
  readonly columns: number;
  /** Of the family, for messages. */
  readonly kind: string;
  /** Standard deviation of the normals. */
  readonly scale: number;
  /** Name of the stream of random numbers. */
  readonly stream: string;
  /** Floats of its own that the coder needs in the arena, behind the normals. */
  readonly own: number;
  /** Writes the codes of `count` vectors, to the columns that `rows` lists where it is given. */
  pack(
    codes: Uint32Array,
    stride: number,
    rows: Int32Array | undefined,
    from: Projections,
    count: number,
    own: Float32Array,
  ): void;
  /** Writes their probes. */
  probe(
    codes: Uint32Array,
    stride: number,
    probes: number,
    from: Projections,
    count: number,
    own: Float32Array,
  ): void;
}

export class ProjectionHasher implements BoundFamily {
  readonly tables: number;
  readonly buckets: number;
  readonly mostProbes: number;
  readonly #coder: ProjectionCoder;
  readonly #shape: VectorShape;
  readonly #team: Team;
  /** (dimensions + tailWidth) x stride: a direction is a column. */
  readonly #planes: Float32Array;
  readonly #stride: number;
  readonly #own: Float32Array;
  readonly #projections: Float32Array;

  /** `fill` draws what the coder needs of its own; it does not fail. */
  constructor(coder: ProjectionCoder, context: HasherContext, fill?: (own: Float32Array) => void) {
    const { team, dimensions, tailWidth } = context;
    this.tables = coder.tables;
    this.buckets = coder.buckets;
    this.mostProbes = coder.mostProbes;
    this.#coder = coder;
    this.#shape = { dimensions, tailWidth };
    this.#team = team;
    this.#stride = Math.ceil(coder.columns / 16) * 16;
    const random = randomStream(context.seed, coder.stream);
    const wordsOf = (coordinates: number): number => (coordinates + BLOCK) * this.#stride + coder.own;
    const scratch = Math.max(gemmScratch(team.arena), probeScratch(team.arena, coder.mostProbes));
    checkRoom(coder.kind, context, (coordinates) => 4 * wordsOf(coordinates) + team.threads * scratch);
    // One piece, so that there is either room for all or nothing to give back.
    const planes = (dimensions + tailWidth) * this.#stride;
    const memory = team.arena.float32(wordsOf(dimensions + tailWidth));
    this.#planes = memory.subarray(0, planes);
    this.#own = memory.subarray(planes, planes + coder.own);
    this.#projections = memory.subarray(planes + coder.own);
    for (let k = 0; k < dimensions + tailWidth; k++) {
      for (let j = 0; j < coder.columns; j++) {
        this.#planes[k * this.#stride + j] = random.normal() * coder.scale;
      }
    }
    fill?.(this.#own);
  }

  /** The directions: column j is that of projection j. */
  get planes(): Projections {
    return { values: this.#planes, stride: this.#stride };
  }

  hash(vectors: DenseVectors, count: number, target: CodeTarget, rows?: Int32Array): void {
    const span = rows ? checkRows(rows, count) : count;
    checkDense(vectors, span, this.#shape);
    checkTarget(target, span, this.tables);
    const codes = codesOf(target);
    if (rows) this.#hashRows(vectors, count, target, rows);
    else {
      this.#project(vectors, count, (first, block, from) =>
        this.#coder.pack(codes.subarray(first), target.stride, undefined, from, block, this.#own),
      );
    }
  }

  hashSparse(vectors: SparseVectors, count: number, target: CodeTarget): void {
    checkSparse(vectors, count, this.#shape);
    checkTarget(target, count, this.tables);
    const codes = codesOf(target);
    this.#project(vectors, count, (first, block, from) =>
      this.#coder.pack(codes.subarray(first), target.stride, undefined, from, block, this.#own),
    );
  }

  probe(vectors: DenseVectors, count: number, probes: number, target: CodeTarget): void {
    checkDense(vectors, count, this.#shape);
    this.#probe(vectors, count, probes, target);
  }

  probeSparse(vectors: SparseVectors, count: number, probes: number, target: CodeTarget): void {
    checkSparse(vectors, count, this.#shape);
    this.#probe(vectors, count, probes, target);
  }

  operations(nonZeros: number): HashOperations {
    return { multiplyAdds: (nonZeros + this.#shape.tailWidth) * this.#coder.columns };
  }

  [Symbol.dispose](): void {
    // The start of the piece that all are in.
    this.#team.arena.free(this.#planes);
  }

  #probe(vectors: DenseVectors | SparseVectors, count: number, probes: number, target: CodeTarget): void {
    checkProbes(probes, this.mostProbes);
    checkTarget(target, count, this.tables * probes);
    const codes = codesOf(target);
    this.#project(vectors, count, (first, block, from) =>
      this.#coder.probe(codes.subarray(first), target.stride, probes, from, block, this.#own),
    );
  }

  /** Projects block after block, and gives each to `take`. */
  #project(
    vectors: DenseVectors | SparseVectors,
    count: number,
    take: (first: number, block: number, from: Projections) => void,
  ): void {
    const from = { values: this.#projections, stride: this.#stride };
    for (let first = 0; first < count; first += BLOCK) {
      const block = Math.min(BLOCK, count - first);
      if ('offsets' in vectors) this.#projectSparse(vectors, first, block);
      else {
        const values = vectors.values.subarray(first * vectors.stride);
        this.#multiply({ values, row: vectors.stride, column: 1 }, 0, block, this.#shape.dimensions);
      }
      this.#projectTail(vectors.tail, first, block);
      take(first, block, from);
    }
  }

  #projectSparse({ offsets, ids, values }: SparseVectors, first: number, block: number): void {
    gatherRows(
      this.#team,
      {
        out: this.#projections,
        outStride: this.#stride,
        rows: this.#planes,
        stride: this.#stride,
        width: this.#coder.columns,
        offsets: offsets.subarray(first),
        ids,
        coefficients: values,
      },
      block,
    );
  }

  /** Brings the rows together, tails and all, block by block: a product runs over rows that stand one after the other. */
  #hashRows(vectors: DenseVectors, count: number, target: CodeTarget, rows: Int32Array): void {
    const { arena } = this.#team;
    const { dimensions, tailWidth } = this.#shape;
    const { values, stride, tail } = vectors;
    const projected = { values: this.#projections, stride: this.#stride };
    const width = dimensions + tailWidth;
    const most = Math.min(BLOCK, count, Math.max(16, Math.floor(MOST_GATHERED / width)));
    const gathered = arena.float32(most * width);
    try {
      for (let first = 0; first < count; first += most) {
        const block = Math.min(most, count - first);
        const list = rows.subarray(first);
        const out = { outStride: width, list };
        copyRows(this.#team, { ...out, out: gathered, from: values, stride, width: dimensions }, block);
        if (tail && tailWidth > 0) {
          const behind = gathered.subarray(dimensions);
          const from = { from: tail, stride: tailWidth, width: tailWidth };
          copyRows(this.#team, { ...out, out: behind, ...from }, block);
        }
        this.#multiply({ values: gathered, row: width, column: 1 }, 0, block, width);
        this.#coder.pack(codesOf(target), target.stride, list, projected, block, this.#own);
      }
    } finally {
      arena.free(gathered);
    }
  }

  /** Adds the tail's part to the block's projections. */
  #projectTail(tail: Float32Array | undefined, first: number, block: number): void {
    const { dimensions, tailWidth } = this.#shape;
    if (!tail || tailWidth === 0) return;
    const values = tail.subarray(first * tailWidth);
    this.#multiply({ values, row: tailWidth, column: 1 }, dimensions, block, tailWidth);
  }

  /** Projects vectors whose first coordinate is coordinate `from`; what follows the first ones is added to them. */
  #multiply(vectors: Matrix, from: number, rows: number, depth: number): void {
    gemm(this.#team, {
      out: this.#projections,
      outStride: this.#stride,
      a: vectors,
      b: { values: this.#planes.subarray(from * this.#stride), row: this.#stride, column: 1 },
      rows,
      columns: this.#coder.columns,
      depth,
      accumulate: from > 0,
    });
  }
}

function codesOf(target: CodeTarget): Uint32Array {
  return target.codes.subarray(target.first ?? 0);
}
