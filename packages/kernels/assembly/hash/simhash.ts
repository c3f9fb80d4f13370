// SimHash (Charikar 2002): bit = [a . x >= 0]. The projections themselves are a product (gemm for a dense batch,
// gatherRows for a sparse one; both add in ascending order of the index, so they agree to the bit); this packs them.

/** Samples whose codes are written together: those of a table share a cache line. */
const GROUP: i32 = 16;

/** Bytes of scratch that packSigns needs for each thread. */
export function packSignsScratchBytes(bits: i32, tables: i32): i32 {
  return GROUP * signBytes(bits * tables);
}

/** Bytes of a sample's signs, and eight more: codes are taken out of words of eight bytes. */
// @ts-ignore: decorator
@inline
function signBytes(planes: i32): i32 {
  return ((planes + 63) >> 6 << 3) + 8;
}

/**
 * codes[t * codeStride + s] = the signs of the `bits` (1 to 32) projections of table t, the first in the lowest bit, for
 * samples begin..end; rows[s] in place of s unless `rows` is 0. `projections` has `tables * bits` floats a sample,
 * `stride` floats apart.
 */
export function packSigns(
  codes: usize, codeStride: i32, rows: usize, projections: usize, stride: i32, bits: i32, tables: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const planes = bits * tables;
  const bytes = <usize>signBytes(planes);
  const mask: u64 = (<u64>1 << bits) - 1;
  const step = <usize>codeStride << 2;
  for (let first = begin; first < end; first += GROUP) {
    const count = min(GROUP, end - first);
    for (let i = 0; i < count; i++) {
      collectSigns(scratch + <usize>i * bytes, projections + ((<usize>(first + i) * stride) << 2), planes);
    }
    let table = codes;
    for (let bit = 0; bit < planes; bit += bits) {
      let from = scratch + <usize>(bit >> 3);
      const shift = <u64>(bit & 7);
      for (let s = first; s < first + count; s++) {
        const column = rows ? load<i32>(rows + (<usize>s << 2)) : s;
        store<u32>(table + (<usize>column << 2), <u32>((load<u64>(from) >> shift) & mask));
        from += bytes;
      }
      table += step;
    }
  }
}

/** Writes which of the projections are 0 or more, a bit each. */
// @ts-ignore: decorator
@inline
function collectSigns(to: usize, from: usize, planes: i32): void {
  const zero = f32x4.splat(0);
  let left = planes;
  for (; left >= 16; left -= 16) {
    // Sixteen comparisons, narrowed to bytes, have their signs taken at once.
    const low = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(from), zero), f32x4.ge(v128.load(from, 16), zero));
    const high = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(from, 32), zero), f32x4.ge(v128.load(from, 48), zero));
    store<u16>(to, <u16>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)));
    from += 64;
    to += 2;
  }
  let signs: u32 = 0;
  for (let at = 0; at < left; at += 4) {
    signs |= <u32>i32x4.bitmask(f32x4.ge(v128.load(from), zero)) << at;
    from += 16;
  }
  store<u16>(to, <u16>signs);
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
