/** Signatures: all bits of a SimHash one after the other, whatever number of tables they were meant for. */
import type { Team } from '@hashgrad/kernels';
import { bindHasher, type FamilySpec, type Hasher } from '@hashgrad/lsh';

/** Vectors hashed at a time. */
const BATCH = 4096;

export class Signer implements Disposable {
  /** Bits of a signature. */
  readonly bits: number;
  /** Words of 64 bits that hold it; the last may have some to spare, which are 0. */
  readonly words: number;
  readonly #hasher: Hasher;
  readonly #team: Team;
  readonly #perCode: number;
  #codes: Uint32Array;

  /** @throws {RangeError} if the family is not one of bits. */
  constructor(family: FamilySpec, dimensions: number, seed: number, team: Team) {
    if (family.kind !== 'simHash') {
      throw new RangeError(
        `Signatures are made of the bits of simHash; got the family ${family.kind}: use it with method 'tables'.`,
      );
    }
    this.#team = team;
    this.#hasher = bindHasher(family, { dimensions, tailWidth: 0, seed, team });
    this.#perCode = Math.log2(this.#hasher.buckets);
    this.bits = this.#perCode * this.#hasher.tables;
    this.words = Math.ceil(this.bits / 64);
    this.#codes = team.arena.uint32(0);
  }

  /**
   * Writes the signatures of `count` rows of an arena, `stride` floats apart and of `dimensions` coordinates, from word
   * 2 * words * first of `to` on.
   */
  sign(
    rows: Float32Array,
    stride: number,
    dimensions: number,
    count: number,
    to: Uint32Array,
    first: number = 0,
  ): void {
    const { tables } = this.#hasher;
    for (let from = 0; from < count; from += BATCH) {
      const live = Math.min(BATCH, count - from);
      if (this.#codes.length < live * tables) {
        this.#team.arena.free(this.#codes);
        this.#codes = this.#team.arena.uint32(live * tables);
      }
      const values = rows.subarray(from * stride);
      this.#hasher.hash({ values, stride, width: dimensions }, live, { codes: this.#codes, stride: live });
      this.#pack(live, to, first + from);
    }
  }

  /** Puts the codes of `count` vectors together. */
  #pack(count: number, to: Uint32Array, first: number): void {
    const codes = this.#codes;
    const perCode = this.#perCode;
    const width = 2 * this.words;
    to.fill(0, first * width, (first + count) * width);
    for (let t = 0; t < this.#hasher.tables; t++) {
      const word = Math.floor((t * perCode) / 32);
      const shift = (t * perCode) % 32;
      const over = shift + perCode > 32;
      for (let i = 0, at = first * width + word; i < count; i++, at += width) {
        const code = codes[t * count + i] as number;
        to[at]! |= code << shift;
        if (over) to[at + 1]! |= code >>> (32 - shift);
      }
    }
  }

  /** Multiply-adds of a signature. */
  multiplyAdds(dimensions: number): number {
    return this.#hasher.multiplyAdds(dimensions);
  }

  get bytes(): number {
    return this.#codes.byteLength;
  }

  [Symbol.dispose](): void {
    this.#hasher[Symbol.dispose]();
    this.#team.arena.free(this.#codes);
  }
}

/**
 * How large the cosine may be where h of `bits` bits differ, for h from 0 to `bits`, to be written to `to`: the cosine of
 * the angle that h less `slack` standard deviations of it stand for; 0 where that is negative, because of vectors at such
 * an angle it is the shortest, not the longest of a block that has the greatest inner product. Descending.
 */
export function cosineBounds(bits: number, slack: number, to: Float32Array): void {
  let lowest = 1;
  for (let h = 0; h <= bits; h++) {
    const share = h / bits;
    const deviation = Math.sqrt(Math.max(share * (1 - share), 1 / bits) / bits);
    const angle = Math.PI * Math.min(1, Math.max(0, share - slack * deviation));
    lowest = Math.min(lowest, Math.max(0, Math.cos(angle)));
    to[h] = lowest;
  }
}
