/** A hasher whose family is a kernel: what all of them check, and how they put a batch before it. */
import { HASH_BATCH_WORDS, type Team, writeHashBatch } from '@hashgrad/kernels';
import { checkDense, checkRows, checkSparse, checkTarget, type VectorShape } from './check-vectors.ts';
import type { CodeTarget, DenseVectors, Hasher, HasherContext, SparseVectors } from './family.ts';

/** A family's kernel, bound to its tables of random numbers. */
export interface HashKernel {
  readonly tables: number;
  readonly buckets: number;
  /** One piece of the arena, so that there is either room for all or nothing to give back. It starts with the record. */
  readonly memory: Int32Array;
  /** Hashes the batch whose record is at `batch`. Sparse vectors have so many non-zeros together. */
  run(batch: number, count: number, nonZeros?: number): void;
  /** As in Hasher. */
  multiplyAdds(nonZeros: number): number;
}

/**
 * A kernel's memory: the record, then arrays of so many words each, all in one piece.
 * @throws {RangeError} if there is no room for it.
 */
export function allocateKernel<const Sizes extends readonly number[]>(
  team: Team,
  sizes: Sizes,
): { memory: Int32Array; arrays: { [I in keyof Sizes]: Uint32Array } } {
  const memory = team.arena.int32(sizes.reduce((sum, size) => sum + size, HASH_BATCH_WORDS));
  let at = memory.byteOffset + HASH_BATCH_WORDS * 4;
  const arrays = sizes.map((size) => {
    const array = new Uint32Array(memory.buffer, at, size);
    at += size * 4;
    return array;
  });
  return { memory, arrays: arrays as { [I in keyof Sizes]: Uint32Array } };
}

/** Items that a thread claims at a time: some chunks each, whole groups of the vectors that a kernel takes at once. */
export function grainOf(team: Team, count: number, group: number): number {
  const chunks = team.threads === 1 ? 1 : 4 * team.threads;
  return Math.max(1, Math.ceil(count / chunks / group)) * group;
}

export class KernelHasher implements Hasher {
  readonly tables: number;
  readonly buckets: number;
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
  }

  hash(vectors: DenseVectors, count: number, target: CodeTarget, rows?: Int32Array): void {
    const span = rows ? checkRows(rows, count) : count;
    checkDense(vectors, span, this.#shape);
    checkTarget(target, span, this.tables);
    const { arena } = this.#team;
    const { values, stride, width, tail } = vectors;
    const { tailWidth } = this.#shape;
    writeHashBatch(this.#record, arena, {
      ...this.#target(target),
      rows,
      values,
      stride,
      width,
      tail,
      tailWidth,
    });
    this.#kernel.run(arena.address(this.#record), count);
  }

  hashSparse(vectors: SparseVectors, count: number, target: CodeTarget): void {
    checkSparse(vectors, count, this.#shape);
    checkTarget(target, count, this.tables);
    const { arena } = this.#team;
    const { offsets, ids, values, tail } = vectors;
    const { dimensions, tailWidth } = this.#shape;
    const given = { offsets, ids, values, stride: 0, width: dimensions, tail, tailWidth };
    writeHashBatch(this.#record, arena, { ...this.#target(target), ...given });
    this.#kernel.run(arena.address(this.#record), count, (offsets[count] ?? 0) - (offsets[0] ?? 0));
  }

  multiplyAdds(nonZeros: number): number {
    return this.#kernel.multiplyAdds(nonZeros);
  }

  [Symbol.dispose](): void {
    this.#team.arena.free(this.#kernel.memory);
  }

  #target({ codes, stride, first = 0 }: CodeTarget): { codes: Uint32Array; codeStride: number } {
    return { codes: codes.subarray(first), codeStride: stride };
  }
}
