/** Reference of signatures of sets by MinHash (Broder 1997). */
import { mix } from './mix.ts';

/** The hash functions of a signature. */
export interface SignaturePlan {
  /** b[h] of all hash functions, padded to a multiple of 32, then their a[h], which are odd. */
  readonly seeds: Uint32Array;
  readonly salt: number;
}

/**
 * The signature of a set of 32-bit integers: for each function the least a[h] * y + b[h] (modulo 2^32) over its elements x,
 * with y = mix(x ^ salt). That of an empty set is 2^32 - 1 throughout.
 */
export function signSets(set: readonly number[], { seeds, salt }: SignaturePlan): Uint32Array {
  const functions = seeds.length / 2;
  return Uint32Array.from({ length: functions }, (_, h) =>
    set.reduce((least, x) => {
      const y = mix((x ^ salt) >>> 0);
      return Math.min(least, (Math.imul(seeds[functions + h] as number, y) + (seeds[h] as number)) >>> 0);
    }, 0xffffffff),
  );
}
