/** Reference of one-permutation hashing with optimal densification (Shrivastava, ICML 2017). */
import { donorOf } from './dwta.ts';
import { mix, packLabels, placeOf } from './mix.ts';

/** What all sets are hashed with. */
export interface DophPlan {
  /** b[j] of the `perCode` orders, padded to a multiple of 4, then their a[j], which are odd. */
  readonly seeds: Uint32Array;
  /** Two random 64-bit integers, low words first. */
  readonly probes: Uint32Array;
  /** Bits that are kept of a winner. */
  readonly bits: number;
  /** Winners in a code. */
  readonly perCode: number;
  readonly tables: number;
}

/**
 * Where all coordinates stand in all orders: words 2 (k * perCode + j) and the next are, for coordinate k in order j, the
 * byte offset of its bin, of bins of 4 bytes and `tables` of them for each order, and its place.
 */
export function fillDoph(
  seeds: Uint32Array,
  perCode: number,
  tables: number,
  coordinates: number,
): Uint32Array {
  return Uint32Array.from({ length: 2 * perCode * coordinates }, (_, i) => {
    const j = Math.floor(i / 2) % perCode;
    const place = placeOf(Math.floor(i / 2 / perCode), seeds[seeds.length / 2 + j], seeds[j]);
    return i % 2 ? place >>> 1 : 4 * (j * tables + binOf(place, tables));
  });
}

/** The bin of a place, of so many: by its high 20 bits. */
function binOf(place: number, tables: number): number {
  return Math.floor(((place >>> 12) * tables) / 2 ** 20);
}

/** The codes of the set of these coordinates; 0 of an empty one. Winner j of table t is that of bin t of order j. */
export function hashDoph(set: readonly number[], plan: DophPlan): Uint32Array {
  const { seeds, bits, perCode, tables } = plan;
  if (set.length === 0) return new Uint32Array(tables);
  const labels = Array.from({ length: perCode * tables }, () => 0);
  for (let j = 0; j < perCode; j++) {
    const winners = Array.from({ length: tables }, () => -1);
    for (const k of set) {
      const place = placeOf(k, seeds[seeds.length / 2 + j], seeds[j]);
      const bin = binOf(place, tables);
      const value = place >>> 1;
      if (winners[bin] < 0 || value < winners[bin]) winners[bin] = value;
    }
    for (let t = 0; t < tables; t++) {
      const winner = winners[donorOf(t, winners, plan)];
      labels[j * tables + t] = mix((winner + Math.imul(t, 0x9e3779b9)) | 0) >>> (32 - bits);
    }
  }
  return packLabels(labels, bits, tables);
}
