/** Reference of the cells of projections (Datar et al., SoCG 2004). */

/**
 * The codes of one sample: the cells floor(projection + offset) modulo 2^cellBits of `hashes` projections a code, the
 * first in the highest bits. Sums are rounded to 32 bits, as in the kernel.
 */
export function packCells(
  projections: Float32Array,
  offsets: Float32Array,
  hashes: number,
  cellBits: number,
): Uint32Array {
  return Uint32Array.from({ length: Math.floor(projections.length / hashes) }, (_, t) => {
    let code = 0;
    for (let i = t * hashes; i < (t + 1) * hashes; i++) {
      code = (code << cellBits) | cellOf(projections[i] + offsets[i], cellBits);
    }
    return code;
  });
}

/** The cell of a place, modulo 2^cellBits; cells beyond 2^31 are one. */
function cellOf(place: number, cellBits: number): number {
  const cell = Math.floor(Math.fround(place));
  return Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), cell)) & (2 ** cellBits - 1);
}
