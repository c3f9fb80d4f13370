/** Reference of MinHash (Broder 1997) with codes of a few bits (Li and Koenig, WWW 2010). */
import { packLabels, placeOf } from './mix.ts';

/** Hash functions in a block of `fillMinHash`. */
const BLOCK = 32;

/** What all sets are hashed with. */
export interface MinHashPlan {
  /** b[h] of all hash functions, padded to a multiple of 32, then their a[h], which are odd. */
  readonly seeds: Uint32Array;
  /** Bits that are kept of a winner. */
  readonly bits: number;
  /** Winners in a code. */
  readonly perCode: number;
  readonly tables: number;
}

/**
 * The places of all coordinates in all orders: place (h / 32 * coordinates + k) * 32 + h % 32 has that of coordinate k in
 * order h.
 */
export function fillMinHash(seeds: Uint32Array, coordinates: number): Uint32Array {
  const functions = seeds.length / 2;
  const orders = new Uint32Array(functions * coordinates);
  for (let h = 0; h < functions; h++) {
    for (let k = 0; k < coordinates; k++) {
      orders[(Math.floor(h / BLOCK) * coordinates + k) * BLOCK + (h % BLOCK)] = placeOf(
        k,
        seeds[functions + h],
        seeds[h],
      );
    }
  }
  return orders;
}

/** The codes of the set of these coordinates; 0 of an empty one. Winner j of table t is that of function j * tables + t. */
export function hashMin(set: readonly number[], { seeds, bits, perCode, tables }: MinHashPlan): Uint32Array {
  if (set.length === 0) return new Uint32Array(tables);
  const labels = Array.from({ length: perCode * tables }, (_, h) => {
    const least = Math.min(...set.map((k) => placeOf(k, seeds[seeds.length / 2 + h], seeds[h])));
    return Math.imul(least, 0x9e3779b1) >>> (32 - bits);
  });
  return packLabels(labels, bits, tables);
}
