// SimHash whose hyperplanes have entries 1 and -1 at a few random coordinates and 0 elsewhere (Achlioptas 2003; SLIDE's
// form has as many non-zeros in each hyperplane). A projection is the sum of some coordinates less the sum of others,
// each summed in ascending order of the coordinate: so the walk over coordinates below, which suits sparse vectors, gives
// the same bits as the walk over hyperplanes, which suits dense ones.

import { HashBatch, loadFour, rowOf, storeFour } from './hash-batch';
import { packRow } from './simhash';

/** Vectors side by side: how often a hyperplane's coordinates are used once they are read. */
const LANES: i32 = 16;

/** Bytes of scratch that hashTernary needs for each thread. */
export function ternaryScratchBytes(coordinates: i32): i32 {
  return coordinates * (LANES << 2);
}

/**
 * Codes of vectors begin..end, dense or sparse. Hyperplane h, bit h % bits of table h / bits, adds coordinates
 * members[starts[2 h]] to members[starts[2 h + 1]] and subtracts those from there to members[starts[2 h + 2]].
 */
export function hashTernary(
  batchAt: usize, starts: usize, members: usize, bits: i32, tables: i32, begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const zero = f32x4.splat(0);
  for (let s = begin; s < end; s += LANES) {
    const live = min(LANES, end - s);
    for (let i = 0; i < LANES; i += 4) {
      // Lanes without a vector get the first ones again.
      const from = i < live ? i : 0;
      loadFour(batch, scratch + (<usize>i << 2), LANES << 2, s + from, min(4, live - from));
    }
    for (let t = 0; t < tables; t++) {
      let c0 = zero, c1 = zero, c2 = zero, c3 = zero;
      for (let h = (t + 1) * bits - 1; h >= t * bits; h--) {
        const start = starts + (<usize>h << 3);
        let p = members + (<usize>load<i32>(start) << 2);
        const middle = members + (<usize>load<i32>(start, 4) << 2);
        const stop = members + (<usize>load<i32>(start, 8) << 2);
        let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        for (; p < middle; p += 4) {
          const x = scratch + (<usize>load<u32>(p) << 6);
          a0 = f32x4.add(a0, v128.load(x));
          a1 = f32x4.add(a1, v128.load(x, 16));
          a2 = f32x4.add(a2, v128.load(x, 32));
          a3 = f32x4.add(a3, v128.load(x, 48));
        }
        let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        for (; p < stop; p += 4) {
          const x = scratch + (<usize>load<u32>(p) << 6);
          b0 = f32x4.add(b0, v128.load(x));
          b1 = f32x4.add(b1, v128.load(x, 16));
          b2 = f32x4.add(b2, v128.load(x, 32));
          b3 = f32x4.add(b3, v128.load(x, 48));
        }
        c0 = withBit(c0, a0, b0);
        c1 = withBit(c1, a1, b1);
        c2 = withBit(c2, a2, b2);
        c3 = withBit(c3, a3, b3);
      }
      storeFour(batch, t, s, min(4, live), c0);
      if (live > 4) storeFour(batch, t, s + 4, min(4, live - 4), c1);
      if (live > 8) storeFour(batch, t, s + 8, min(4, live - 8), c2);
      if (live > 12) storeFour(batch, t, s + 12, live - 12, c3);
    }
  }
}

/** Bytes of scratch that projectTernary needs for each thread. */
export function projectTernaryScratchBytes(coordinates: i32): i32 {
  return coordinates << 4;
}

/** The projections themselves, on `planes` hyperplanes, at projections + s * stride (floats) for vectors begin..end. */
export function projectTernary(
  batchAt: usize, starts: usize, members: usize, planes: i32, projections: usize, stride: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const row = <usize>stride << 2;
  for (let s = begin; s < end; s += 4) {
    const live = min(4, end - s);
    loadFour(batch, scratch, 16, s, live);
    for (let h = 0; h < planes; h++) {
      const start = starts + (<usize>h << 3);
      let p = members + (<usize>load<i32>(start) << 2);
      const middle = members + (<usize>load<i32>(start, 4) << 2);
      const stop = members + (<usize>load<i32>(start, 8) << 2);
      let a = f32x4.splat(0), b = a;
      for (; p < middle; p += 4) a = f32x4.add(a, v128.load(scratch + (<usize>load<u32>(p) << 4)));
      for (; p < stop; p += 4) b = f32x4.add(b, v128.load(scratch + (<usize>load<u32>(p) << 4)));
      const difference = f32x4.sub(a, b);
      const to = projections + <usize>s * row + (<usize>h << 2);
      store<f32>(to, f32x4.extract_lane(difference, 0));
      if (live > 1) store<f32>(to + row, f32x4.extract_lane(difference, 1));
      if (live > 2) store<f32>(to + row * 2, f32x4.extract_lane(difference, 2));
      if (live > 3) store<f32>(to + row * 3, f32x4.extract_lane(difference, 3));
    }
  }
}

/** The code with one more bit below: whether a - b is 0 or more. A lane of the comparison is 0 or -1. */
// @ts-ignore: decorator
@inline
function withBit(code: v128, a: v128, b: v128): v128 {
  return i32x4.sub(i32x4.add(code, code), f32x4.ge(f32x4.sub(a, b), f32x4.splat(0)));
}

/** Bytes of scratch that hashTernarySparse needs for each thread. */
export function ternarySparseScratchBytes(planes: i32): i32 {
  return ((planes + 3) & ~3) << 3;
}

/**
 * The same for sparse vectors, ids ascending: coordinate k is added to the sums that entries[starts[k]] to
 * entries[starts[k + 1]] name: h for hyperplane h's positive sum; h more than the next multiple of 4 from the number of
 * hyperplanes for its negative one.
 */
export function hashTernarySparse(
  batchAt: usize, starts: usize, entries: usize, bits: i32, tables: i32, begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const bytes = <usize>((bits * tables + 3) & ~3) << 2;
  for (let s = begin; s < end; s++) {
    memory.fill(scratch, 0, bytes << 1);
    const row = rowOf(batch, s);
    const stop = <usize>load<i32>(batch.offsets + (<usize>s << 2), 4) << 2;
    for (let i = <usize>load<i32>(batch.offsets + (<usize>s << 2)) << 2; i < stop; i += 4) {
      spread(scratch, starts, entries, load<i32>(batch.ids + i), load<f32>(batch.values + i));
    }
    const tail = batch.tail + ((<usize>row * batch.tailWidth) << 2);
    for (let k = 0; k < batch.tailWidth; k++) {
      spread(scratch, starts, entries, batch.width + k, load<f32>(tail + (<usize>k << 2)));
    }
    for (let i: usize = 0; i < bytes; i += 16) {
      const sums = scratch + i;
      v128.store(sums, f32x4.sub(v128.load(sums), v128.load(sums + bytes)));
    }
    packRow(batch.codes + (<usize>row << 2), batch.codeStride, scratch, bits, tables);
  }
}

/** Adds the value of coordinate k to the sums that it belongs to. */
// @ts-ignore: decorator
@inline
function spread(sums: usize, starts: usize, entries: usize, k: i32, value: f32): void {
  const stop = entries + (<usize>load<i32>(starts + (<usize>k << 2), 4) << 2);
  for (let e = entries + (<usize>load<i32>(starts + (<usize>k << 2)) << 2); e < stop; e += 4) {
    const sum = sums + (<usize>load<u32>(e) << 2);
    store<f32>(sum, load<f32>(sum) + value);
  }
}
