/** Reference of winner-take-all hashing (Yagnik et al., ICCV 2011). */
import { fold } from './dwta.ts';

/** What all vectors are hashed with. */
export interface WtaPlan {
  /** Bins of 2^binBits coordinates. */
  readonly binBits: number;
  /** Sub-codes in a code. */
  readonly perCode: number;
  readonly tables: number;
  /** How many codes are mixed into; 0 where they are not. */
  readonly buckets: number;
}

/**
 * The codes of one vector. Bin b holds coordinates members[b * size] to members[(b + 1) * size], `size` being 2^binBits.
 * Its sub-code is the position of the largest of them, the first of equal ones.
 */
export function hashWta(x: ArrayLike<number>, members: Uint32Array, plan: WtaPlan): Uint32Array {
  const { binBits, perCode, tables, buckets } = plan;
  const size = 2 ** binBits;
  return Uint32Array.from({ length: tables }, (_, t) => {
    let code = 0;
    for (let b = t * perCode; b < (t + 1) * perCode; b++) {
      const bin = Array.from(members.subarray(b * size, (b + 1) * size), (member) => x[member]);
      code = (code << binBits) | bin.indexOf(Math.max(...bin));
    }
    return buckets > 0 ? fold(code, t, buckets) : code;
  });
}
