/** Reference of integer hashing: the finalizer of MurmurHash3. Gives an integer from 0 to 2^32 - 1. */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The place of coordinate k in the random order of seeds a (odd) and b: different for all k. */
export function placeOf(k: number, a: number, b: number): number {
  return mix((Math.imul(k, a) + b) | 0);
}

/** Packs labels of `bits` bits into codes of `tables` tables: label j * tables + t is the j-th of table t. */
export function packLabels(labels: readonly number[], bits: number, tables: number): Uint32Array {
  const codes = new Uint32Array(tables);
  for (const [i, label] of labels.entries()) codes[i % tables] = (codes[i % tables] << bits) | label;
  return codes;
}
