// Hashing for the Euclidean distance (Datar et al., SoCG 2004): the cell of a line's grid that a projection falls into.
// The projections are a product or gathered rows, as for SimHash, on directions that have been divided by the width of a
// cell. Cells are numbered modulo a power of 2.

/** Samples whose codes are written together: those of a table share a cache line. */
const GROUP: i32 = 16;

/**
 * codes[t * codeStride + s] = the cells floor(projection + offset) modulo 2^cellBits of the `hashes` projections of table
 * t, the first in the highest bits, for samples begin..end; rows[s] in place of s unless `rows` is 0. `projections` has
 * `tables * hashes` floats a sample, `stride` floats apart, and `offsets` as many; the cells take their place. Cells beyond
 * 2^31 are one.
 */
export function packCells(
  codes: usize, codeStride: i32, rows: usize, projections: usize, stride: i32, offsets: usize, hashes: i32, cellBits: i32,
  tables: i32, begin: i32, end: i32,
): void {
  const padded = <usize>((hashes * tables + 3) >> 2) << 4;
  const mask = i32x4.splat((1 << cellBits) - 1);
  const step = <usize>stride << 2;
  for (let first = begin; first < end; first += GROUP) {
    const last = min(first + GROUP, end);
    // In place, whole vectors at a time: rows are padded.
    for (let s = first; s < last; s++) {
      const from = projections + <usize>s * step;
      for (let i: usize = 0; i < padded; i += 16) {
        const cell = f32x4.floor(f32x4.add(v128.load(from + i), v128.load(offsets + i)));
        v128.store(from + i, v128.and(i32x4.trunc_sat_f32x4_s(cell), mask));
      }
    }
    let table = codes;
    for (let at: usize = 0; at < <usize>(hashes * tables) << 2; at += <usize>hashes << 2) {
      for (let s = first; s < last; s++) {
        const column = rows ? load<i32>(rows + (<usize>s << 2)) : s;
        let from = projections + <usize>s * step + at;
        let code: u32 = 0;
        for (let j = 0; j < hashes; j++) {
          code = (code << cellBits) | load<u32>(from);
          from += 4;
        }
        store<u32>(table + (<usize>column << 2), code);
      }
      table += <usize>codeStride << 2;
    }
  }
}
