/** A hasher whose family is a kernel: what all of them check, and how they put a batch before it. */
import { HashBatch, type Team } from '@hashgrad/kernels';
import {
  checkDense,
  checkProbes,
  checkRows,
  checkSparse,
  checkTarget,
  type Extent,
  type VectorShape,
} from './check-vectors.ts';
import type {
  BoundFamily,
  CodeTarget,
  DenseVectors,
  HasherContext,
  HashOperations,
  SparseVectors,
} from '../family.ts';

/** A family's kernel, bound to its tables of random numbers. */
export interface HashKernel {
  readonly tables: number;
  readonly buckets: number;
  /** One piece of the arena, so that there is either room for all or nothing to give back. */
  readonly memory: Int32Array;
  /** In that piece: what the hasher lays its vectors in. */
  readonly batch: HashBatch;
  /** Hashes the batch's vectors. It writes nothing before it has the scratch that it needs. */
  run(count: number, extent: Extent): void;
  /** Set where the family has probes. */
  readonly probing?: KernelProbing;
  /** Set where the family does not take all values. @throws {RangeError} if one is refused. */
  checkValues?(vectors: DenseVectors | SparseVectors, count: number, rows?: Int32Array): void;
  /** As BoundFamily's. */
  operations(nonZeros: number): HashOperations;
}

/** How a kernel's family makes probes: from its projections, for a few vectors at a time. */
export interface KernelProbing {
  /** As Hasher's `mostProbes`. */
  readonly most: number;
  /** Floats that a vector's projections are. */
  readonly projections: number;
  /** Writes the projections of the batch, row by row, `projections` floats a row. */
  project(count: number, to: Float32Array): void;
  /** Writes the probes of vectors that have these projections. */
  probe(codes: Uint32Array, codeStride: number, probes: number, from: Float32Array, count: number): void;
}

/** Floats of projections that are made at a time, if that is enough for one vector: 4 MiB. */
const MOST_PROJECTED = 2 ** 20;

/** A kernel's memory in one piece, and what is in it. */
interface KernelMemory<Sizes extends readonly number[]> {
  readonly memory: Int32Array;
  readonly batch: HashBatch;
  readonly arrays: { [I in keyof Sizes]: Uint32Array };
}

/**
 * A kernel's memory: its batch, then arrays of so many words each, all in one piece, which `fill` fills.
 * @throws {RangeError} if there is no room for it. @throws what `fill` throws; the memory is then given back.
 */
export function allocateKernel<const Sizes extends readonly number[]>(
  team: Team,
  sizes: Sizes,
  fill: (arrays: { [I in keyof Sizes]: Uint32Array }) => void,
): KernelMemory<Sizes> {
  const memory = team.arena.int32(sizes.reduce((sum, size) => sum + size, HashBatch.WORDS));
  let at = memory.byteOffset + HashBatch.WORDS * 4;
  const arrays = sizes.map((size) => {
    const array = new Uint32Array(memory.buffer, at, size);
    at += size * 4;
    return array;
  }) as { [I in keyof Sizes]: Uint32Array };
  try {
    fill(arrays);
  } catch (error) {
    team.arena.free(memory);
    throw error;
  }
  return { memory, batch: new HashBatch(team.arena, memory.subarray(0, HashBatch.WORDS)), arrays };
}

export class KernelHasher implements BoundFamily {
  readonly tables: number;
  readonly buckets: number;
  readonly mostProbes?: number;
  readonly probe?: NonNullable<BoundFamily['probe']>;
  readonly probeSparse?: NonNullable<BoundFamily['probeSparse']>;
  readonly #kernel: HashKernel;
  readonly #shape: VectorShape;
  readonly #team: Team;

  constructor({ team, dimensions, tailWidth }: HasherContext, kernel: HashKernel) {
    this.tables = kernel.tables;
    this.buckets = kernel.buckets;
    this.#kernel = kernel;
    this.#shape = { dimensions, tailWidth };
    this.#team = team;
    const { probing } = kernel;
    if (!probing) return;
    this.mostProbes = probing.most;
    this.probe = (vectors, count, probes, target) => {
      checkDense(vectors, count, this.#shape);
      this.#probe(vectors, count, probes, target, probing);
    };
    this.probeSparse = (vectors, count, probes, target) => {
      checkSparse(vectors, count, this.#shape);
      this.#probe(vectors, count, probes, target, probing);
    };
  }

  hash(vectors: DenseVectors, count: number, target: CodeTarget, rows?: Int32Array): void {
    const span = rows ? checkRows(rows, count) : count;
    const extent = checkDense(vectors, span, this.#shape);
    checkTarget(target, span, this.tables);
    this.#lay(vectors, 0, target.codes.subarray(target.first ?? 0), target.stride, rows);
    this.#kernel.checkValues?.(vectors, count, rows);
    this.#kernel.run(count, extent);
  }

  hashSparse(vectors: SparseVectors, count: number, target: CodeTarget): void {
    const extent = checkSparse(vectors, count, this.#shape);
    checkTarget(target, count, this.tables);
    this.#lay(vectors, 0, target.codes.subarray(target.first ?? 0), target.stride);
    this.#kernel.checkValues?.(vectors, count);
    this.#kernel.run(count, extent);
  }

  operations(nonZeros: number): HashOperations {
    return this.#kernel.operations(nonZeros);
  }

  [Symbol.dispose](): void {
    this.#team.arena.free(this.#kernel.memory);
  }

  #probe(
    vectors: DenseVectors | SparseVectors,
    count: number,
    probes: number,
    target: CodeTarget,
    probing: KernelProbing,
  ): void {
    checkProbes(probes, probing.most);
    checkTarget(target, count, this.tables * probes);
    const { arena } = this.#team;
    const block = Math.max(1, Math.min(count, Math.floor(MOST_PROJECTED / probing.projections)));
    const projections = arena.float32(block * probing.projections);
    try {
      const codes = target.codes.subarray(target.first ?? 0);
      for (let first = 0; first < count; first += block) {
        const live = Math.min(block, count - first);
        this.#lay(vectors, first, codes, target.stride);
        probing.project(live, projections);
        probing.probe(codes.subarray(first), target.stride, probes, projections, live);
      }
    } finally {
      arena.free(projections);
    }
  }

  /** Lays the vectors from `first` on in the kernel's batch. */
  #lay(
    vectors: DenseVectors | SparseVectors,
    first: number,
    codes: Uint32Array,
    codeStride: number,
    rows?: Int32Array,
  ): void {
    const { dimensions: width, tailWidth } = this.#shape;
    const tail = vectors.tail?.subarray(first * tailWidth);
    const to = { codes, codeStride, rows, width, tail, tailWidth };
    const { batch } = this.#kernel;
    if ('offsets' in vectors) {
      const { ids, values } = vectors;
      const offsets = vectors.offsets.subarray(first);
      batch.lay({ ...to, offsets, ids, values, stride: 0 });
    } else {
      const { values, stride } = vectors;
      batch.lay({ ...to, values: values.subarray(first * stride), stride });
    }
  }
}
