/** Hashes vectors that lie anywhere, a block at a time: kernels read them from the arena, in rows. */
import type { Team } from '@hashgrad/kernels';
import type { FamilySpec, Hasher } from '../family.ts';
import { bindHasher } from '../registry.ts';
import { floatsOf, WorkMemory } from './work-memory.ts';

/** What is hashed: vector i, and the coordinate that is appended to it where the hasher has a tail. */
export interface VectorSource {
  readonly count: number;
  vector(i: number): Float32Array;
  tail(i: number): number;
}

/** Vectors that a thread hashes at a time, and floats of a block, at most. */
const BLOCK = 256;
const MOST_FLOATS = 2 ** 22;

export class VectorHasher implements Disposable {
  readonly hasher: Hasher;
  /** Bytes of the hasher and of the block. */
  readonly #hasherBytes: number;
  readonly #dimensions: number;
  readonly #tailWidth: 0 | 1;
  readonly #block: WorkMemory;
  readonly #blockSize: number;

  constructor(
    team: Team,
    spec: FamilySpec,
    shape: { readonly dimensions: number; readonly tailWidth: 0 | 1; readonly seed: number },
  ) {
    const before = team.arena.usedBytes;
    this.hasher = bindHasher(spec, { ...shape, team });
    this.#hasherBytes = team.arena.usedBytes - before;
    this.#dimensions = shape.dimensions;
    this.#tailWidth = shape.tailWidth;
    this.#blockSize = Math.max(1, Math.min(BLOCK * team.threads, Math.floor(MOST_FLOATS / shape.dimensions)));
    try {
      this.#block = new WorkMemory(team.arena);
    } catch (error) {
      this.hasher[Symbol.dispose]();
      throw error;
    }
  }

  get bytes(): number {
    return this.#hasherBytes + this.#block.bytes;
  }

  /**
   * Writes the codes of all vectors: probe p of vector i in table t goes to codes[(t * probes + p) * count + i].
   * @throws {RangeError} if there is no room for a block.
   */
  hash(source: VectorSource, codes: Uint32Array, probes: number = 1): void {
    const { count } = source;
    const size = Math.min(this.#blockSize, count);
    // Rows are zero up to a multiple of 4.
    const stride = Math.ceil(this.#dimensions / 4) * 4;
    const [words, tailWords] = this.#block.take([size * stride, size * this.#tailWidth]);
    const [values, tail] = [floatsOf(words), floatsOf(tailWords)];
    values.fill(0);
    const vectors = { values, stride, width: this.#dimensions, tail, tailWidth: this.#tailWidth };
    for (let first = 0; first < count; first += size) {
      const live = Math.min(size, count - first);
      for (let i = 0; i < live; i++) {
        values.set(source.vector(first + i), i * stride);
        if (this.#tailWidth === 1) tail[i] = source.tail(first + i);
      }
      const target = { codes, stride: count, first };
      if (probes === 1) this.hasher.hash(vectors, live, target);
      else this.hasher.probe?.(vectors, live, probes, target);
    }
  }

  [Symbol.dispose](): void {
    this.#block[Symbol.dispose]();
    this.hasher[Symbol.dispose]();
  }
}
