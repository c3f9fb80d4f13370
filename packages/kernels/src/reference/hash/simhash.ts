/** Reference of SimHash's codes. */

/**
 * The codes of one sample: bit j of code t = [projections[t * bits + j] >= 0] (Charikar 2002, section 3), for `tables`
 * codes of `bits` (1 to 32) bits.
 */
export function packSigns(projections: Float32Array, bits: number, tables: number): Uint32Array {
  const codes = new Uint32Array(tables);
  for (let t = 0; t < tables; t++) {
    for (let j = 0; j < bits; j++) {
      if (projections[t * bits + j] >= 0) codes[t] |= 1 << j;
    }
  }
  return codes;
}
