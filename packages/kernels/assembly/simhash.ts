// SimHash (Charikar 2002): bit = [a . x >= 0]. The projections themselves are a product (gemm for a dense batch,
// gatherRows for a sparse one; both add in ascending order of the index, so they agree to the bit); this packs them.

/**
 * codes[t * codeStride + s] = the signs of the `bits` (1 to 32) projections of table t, the first in the lowest bit, for
 * samples begin..end; rows[s] in place of s unless `rows` is 0. `projections` has `tables * bits` floats a sample,
 * `stride` floats apart.
 */
export function packSigns(
  codes: usize, codeStride: i32, rows: usize, projections: usize, stride: i32, bits: i32, tables: i32,
  begin: i32, end: i32,
): void {
  for (let s = begin; s < end; s++) {
    const column = rows ? load<i32>(rows + (<usize>s << 2)) : s;
    packRow(codes + (<usize>column << 2), codeStride, projections + ((<usize>s * stride) << 2), bits, tables);
  }
}

/** The codes of one sample, whose projections start at `from`. */
// @ts-ignore: decorator
@inline
export function packRow(to: usize, codeStride: i32, from: usize, bits: i32, tables: i32): void {
  const zero = f32x4.splat(0);
  const mask: u64 = (<u64>1 << bits) - 1;
  let signs: u64 = 0;
  let held = 0;
  for (let t = 0; t < tables; t++) {
    while (held < bits) {
      signs |= <u64>i32x4.bitmask(f32x4.ge(v128.load(from), zero)) << held;
      held += 4;
      from += 16;
    }
    store<u32>(to, <u32>(signs & mask));
    signs >>= bits;
    held -= bits;
    to += <usize>codeStride << 2;
  }
}
