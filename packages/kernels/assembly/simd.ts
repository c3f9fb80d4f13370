// Helpers that kernels share: fused multiply-add where the build has it, horizontal sums in a fixed order, lanes, a transpose.

/** a * b + c in each lane. One rounding in the relaxed-SIMD builds, two in the others. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** a where a lane of the mask is -1, b where it is 0: the same bits in all builds, in fewer instructions with relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function select(a: v128, b: v128, mask: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_laneselect(a, b, mask);
  return v128.bitselect(a, b, mask);
}

/** (x0 + x2) + (x1 + x3): the one order in which a vector is summed, so that every kernel gives the same bits. */
// @ts-ignore: decorator
@inline
export function sum(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** One lane of a vector, where the number of the lane is not known to the compiler. */
// @ts-ignore: decorator
@inline
export function laneOf(four: v128, lane: i32): f32 {
  return lane == 0 ? f32x4.extract_lane(four, 0)
    : lane == 1 ? f32x4.extract_lane(four, 1)
    : lane == 2 ? f32x4.extract_lane(four, 2)
    : f32x4.extract_lane(four, 3);
}

/** Writes the transpose of four vectors, those at p0 to p3, to `to` (rows `step` bytes apart). */
// @ts-ignore: decorator
@inline
export function transpose4(to: usize, step: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  const a = v128.load(p0);
  const b = v128.load(p1);
  const c = v128.load(p2);
  const d = v128.load(p3);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(to + (step << 1), v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(to + step * 3, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}
