// What winner-take-all hashes share: which of a bin's coordinates is the largest, in four vectors side by side, and codes
// mixed into fewer buckets.

import { select } from '../simd';

/** The position of the largest of `size` members, the first of equal ones, or -1 if all are absent; four lanes of it. */
// @ts-ignore: decorator
@inline
export function winnerOf(x: usize, member: usize, size: i32): v128 {
  let winner = i32x4.splat(0);
  let position = winner;
  let best = lanes(x, load<u32>(member));
  for (let i = 1; i < size; i++) {
    member += 4;
    const next = lanes(x, load<u32>(member));
    position = i32x4.add(position, i32x4.splat(1));
    winner = select(position, winner, f32x4.lt(best, next));
    best = f32x4.pmax(best, next);
  }
  return v128.or(winner, f32x4.eq(best, f32x4.splat(-Infinity)));
}

/** The same for 8 members, as a knock-out. A later member wins only if it is larger. */
// @ts-ignore: decorator
@inline
export function winnerOf8(x: usize, member: usize): v128 {
  const a = lanes(x, load<u32>(member));
  const b = lanes(x, load<u32>(member, 4));
  const c = lanes(x, load<u32>(member, 8));
  const d = lanes(x, load<u32>(member, 12));
  const e = lanes(x, load<u32>(member, 16));
  const f = lanes(x, load<u32>(member, 20));
  const g = lanes(x, load<u32>(member, 24));
  const h = lanes(x, load<u32>(member, 28));
  // Whether the second of two won: a lane of a comparison is 0 or -1.
  const ab = f32x4.lt(a, b);
  const cd = f32x4.lt(c, d);
  const ef = f32x4.lt(e, f);
  const gh = f32x4.lt(g, h);
  const bestAb = f32x4.pmax(a, b);
  const bestCd = f32x4.pmax(c, d);
  const bestEf = f32x4.pmax(e, f);
  const bestGh = f32x4.pmax(g, h);
  const abcd = f32x4.lt(bestAb, bestCd);
  const efgh = f32x4.lt(bestEf, bestGh);
  const bestAbcd = f32x4.pmax(bestAb, bestCd);
  const bestEfgh = f32x4.pmax(bestEf, bestGh);
  const high = f32x4.lt(bestAbcd, bestEfgh);
  const middle = select(efgh, abcd, high);
  const low = select(select(gh, ef, efgh), select(cd, ab, abcd), high);
  const upper = i32x4.add(i32x4.add(high, high), middle);
  const winner = i32x4.neg(i32x4.add(i32x4.add(upper, upper), low));
  return v128.or(winner, f32x4.eq(f32x4.pmax(bestAbcd, bestEfgh), f32x4.splat(-Infinity)));
}

/** The four lanes of coordinate k. */
// @ts-ignore: decorator
@inline
function lanes(at: usize, k: u32): v128 {
  return v128.load(at + (<usize>k << 4));
}

/** A code of table t mixed into 0 to buckets - 1. */
export function fold(code: u32, t: i32, buckets: i32): u32 {
  // The finalizer of MurmurHash3; the table goes in so that codes which share a bucket in one do not in all.
  let h = code + <u32>t * 0x9e3779b9;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  h ^= h >> 16;
  return <u32>((<u64>h * <u64>buckets) >> 32);
}

export function fold4(code: v128, t: i32, buckets: i32): v128 {
  let folded = i32x4.splat(fold(v128.extract_lane<u32>(code, 0), t, buckets));
  folded = v128.replace_lane<u32>(folded, 1, fold(v128.extract_lane<u32>(code, 1), t, buckets));
  folded = v128.replace_lane<u32>(folded, 2, fold(v128.extract_lane<u32>(code, 2), t, buckets));
  return v128.replace_lane<u32>(folded, 3, fold(v128.extract_lane<u32>(code, 3), t, buckets));
}
