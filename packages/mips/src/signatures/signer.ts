/** Signatures: the signs of a random rotation of a vector. Queries are rotated as well, and keep what the signs leave out. */
import type { Team } from '@hashgrad/kernels';
import { drawRotation, type Rotation } from '@hashgrad/lsh/vectors';

/** Name of the random stream of the rotation. */
const STREAM = 'mips signatures';

export class Signer implements Disposable {
  /** Bits of a signature, a multiple of 64. */
  readonly bits: number;
  /** Words of 64 bits that hold it. */
  readonly words: number;
  /** Standard deviation of the cosine that a signature and a query tell: see the constructor. */
  readonly deviation: number;
  /** Multiply-adds, additions in fact, of a rotation. */
  readonly multiplyAdds: number;
  readonly #team: Team;
  readonly #dimensions: number;
  readonly #rotation: Rotation;

  /** @throws {RangeError} if there is no room, or there are too many dimensions for a rotation. */
  constructor(bits: number, dimensions: number, seed: number, team: Team) {
    this.bits = bits;
    this.words = bits / 64;
    this.#team = team;
    this.#dimensions = dimensions;
    const context = { dimensions, tailWidth: 0, seed, team };
    this.#rotation = drawRotation('signatures', context, STREAM, bits);
    // Of a direction y in p coordinates, n of which have their signs kept, sum q_i sign(y_i) has the mean n sqrt(2 / (pi p))
    // times the cosine. Its variance around that is n / p less what the coordinates have in common: 2 n^2 / (pi p^2) where
    // all are kept.
    this.deviation = Math.sqrt((Math.PI / 2 - Math.min(1, bits / 2 ** this.#rotation.log2)) / bits);
    this.multiplyAdds = this.#rotation.additions;
  }

  /** Writes the projections of `count` rows, `stride` floats apart: `bits` floats each to `projections`. */
  project(rows: Float32Array, stride: number, count: number, projections: Float32Array): void {
    const shape = { stride, width: this.#dimensions, codeStride: 0, tailWidth: 0 };
    this.#rotation.batch.lay({ values: rows, ...shape });
    this.#rotation.project(count, projections);
  }

  [Symbol.dispose](): void {
    this.#team.arena.free(this.#rotation.memory);
  }
}
