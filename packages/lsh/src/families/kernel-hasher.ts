/** A hasher whose family is a kernel: what all of them check, and how they put a batch before it. */
import { HASH_BATCH_WORDS, type Team, writeHashBatch } from '@hashgrad/kernels';
import {
  checkDense,
  checkProbes,
  checkRows,
  checkSparse,
  checkTarget,
  type Extent,
  type VectorShape,
} from './check-vectors.ts';
import type { BoundFamily, CodeTarget, DenseVectors, HasherContext, SparseVectors } from '../family.ts';

/** A family's kernel, bound to its tables of random numbers. */
export interface HashKernel {
  readonly tables: number;
  readonly buckets: number;
  /** One piece of the arena, so that there is either room for all or nothing to give back. It starts with the record. */
  readonly memory: Int32Array;
  /** Hashes the batch whose record is at `batch`. It writes nothing before it has the scratch that it needs. */
  run(batch: number, count: number, extent: Extent): void;
  /** Set where the family has probes. */
  readonly probing?: KernelProbing;
  /** Set where the family does not take all values. @throws {RangeError} if one is refused. */
  checkValues?(vectors: DenseVectors | SparseVectors, count: number, rows?: Int32Array): void;
  /** As in Hasher. */
  multiplyAdds(nonZeros: number): number;
}

/** How a kernel's family makes probes: from its projections, for a few vectors at a time. */
export interface KernelProbing {
  /** As Hasher's `mostProbes`. */
  readonly most: number;
  /** Floats that a vector's projections are. */
  readonly projections: number;
  /** Writes the projections of the batch, row by row, `projections` floats a row. */
  project(batch: number, count: number, to: number): void;
  /** Writes the probes of vectors whose projections are at `from`. */
  probe(codes: number, codeStride: number, probes: number, from: number, count: number): void;
}

/** Floats of projections that are made at a time, if that is enough for one vector: 4 MiB. */
const MOST_PROJECTED = 2 ** 20;

/**
 * A kernel's memory: the record, then arrays of so many words each, all in one piece, which `fill` fills.
 * @throws {RangeError} if there is no room for it. @throws what `fill` throws; the memory is then given back.
 */
export function allocateKernel<const Sizes extends readonly number[]>(
  team: Team,
  sizes: Sizes,
  fill: (arrays: { [I in keyof Sizes]: Uint32Array }) => void,
): { memory: Int32Array; arrays: { [I in keyof Sizes]: Uint32Array } } {
  const memory = team.arena.int32(sizes.reduce((sum, size) => sum + size, HASH_BATCH_WORDS));
  let at = memory.byteOffset + HASH_BATCH_WORDS * 4;
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
  return { memory, arrays };
}

/** Items that a thread claims at a time: some chunks each, whole groups of the vectors that a kernel takes at once. */
export function grainOf(team: Team, count: number, group: number): number {
  const chunks = team.threads === 1 ? 1 : 4 * team.threads;
  return Math.max(1, Math.ceil(count / chunks / group)) * group;
}

export class KernelHasher implements BoundFamily {
  readonly tables: number;
  readonly buckets: number;
  readonly mostProbes?: number;
  readonly probe?: NonNullable<BoundFamily['probe']>;
  readonly probeSparse?: NonNullable<BoundFamily['probeSparse']>;
  readonly #kernel: HashKernel;
  readonly #record: Int32Array;
  readonly #shape: VectorShape;
  readonly #team: Team;

  constructor({ team, dimensions, tailWidth }: HasherContext, kernel: HashKernel) {
    this.tables = kernel.tables;
    this.buckets = kernel.buckets;
    this.#kernel = kernel;
    this.#record = kernel.memory.subarray(0, HASH_BATCH_WORDS);
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
    const batch = this.#write(vectors, 0, target.codes.subarray(target.first ?? 0), target.stride, rows);
    this.#kernel.checkValues?.(vectors, count, rows);
    this.#kernel.run(batch, count, extent);
  }

  hashSparse(vectors: SparseVectors, count: number, target: CodeTarget): void {
    const extent = checkSparse(vectors, count, this.#shape);
    checkTarget(target, count, this.tables);
    const batch = this.#write(vectors, 0, target.codes.subarray(target.first ?? 0), target.stride);
    this.#kernel.checkValues?.(vectors, count);
    this.#kernel.run(batch, count, extent);
  }

  multiplyAdds(nonZeros: number): number {
    return this.#kernel.multiplyAdds(nonZeros);
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
      const from = arena.address(projections);
      const codes = arena.address(target.codes) + (target.first ?? 0) * 4;
      for (let first = 0; first < count; first += block) {
        const live = Math.min(block, count - first);
        probing.project(this.#write(vectors, first, target.codes, target.stride), live, from);
        probing.probe(codes + first * 4, target.stride, probes, from, live);
      }
    } finally {
      arena.free(projections);
    }
  }

  /** Writes the record of the vectors from `first` on, and gives its address. */
  #write(
    vectors: DenseVectors | SparseVectors,
    first: number,
    codes: Uint32Array,
    codeStride: number,
    rows?: Int32Array,
  ): number {
    const { arena } = this.#team;
    const { dimensions: width, tailWidth } = this.#shape;
    const tail = vectors.tail?.subarray(first * tailWidth);
    const to = { codes, codeStride, rows, width, tail, tailWidth };
    if ('offsets' in vectors) {
      const { offsets, ids, values } = vectors;
      writeHashBatch(this.#record, arena, {
        ...to,
        offsets: offsets.subarray(first),
        ids,
        values,
        stride: 0,
      });
    } else {
      const { values, stride } = vectors;
      writeHashBatch(this.#record, arena, { ...to, values: values.subarray(first * stride), stride });
    }
    return arena.address(this.#record);
  }
}
