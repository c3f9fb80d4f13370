/** Reference of cross-polytope hashing (Andoni et al., NIPS 2015). */
import { projectHadamard } from './hadamard.ts';

/**
 * The codes of one vector, of `bits` bits in polytopes of 2^sizeLog2 coordinates and one of as many bits as are left, the
 * first in the highest bits. A polytope's sub-code is the position i of its largest output by magnitude, the first of
 * equal ones; 2^n + i where that is negative, 2^n being its number of outputs. `signs` as for `hashHadamard`.
 */
export function hashPolytopes(
  x: ArrayLike<number>,
  signs: Uint32Array,
  log2: number,
  sizeLog2: number,
  bits: number,
  tables: number,
): Uint32Array {
  const sizes = polytopesOf(sizeLog2, bits);
  const outputs = projectHadamard(x, signs, log2, tables * sizes.reduce((sum, size) => sum + size, 0));
  const codes = new Uint32Array(tables);
  let first = 0;
  for (const size of sizes) {
    for (let t = 0; t < tables; t++) {
      const lengths = outputs.subarray(first, first + size).map(Math.abs);
      const i = lengths.indexOf(Math.max(...lengths));
      codes[t] = codes[t] * 2 * size + (outputs[first + i] < 0 ? size + i : i);
      first += size;
    }
  }
  return codes;
}

/** Coordinates of a code's polytopes, in their order. */
export function polytopesOf(sizeLog2: number, bits: number): number[] {
  const sizes: number[] = [];
  for (let left = bits; left > 0; left -= sizeLog2 + 1) sizes.push(2 ** (Math.min(left, sizeLog2 + 1) - 1));
  return sizes;
}
