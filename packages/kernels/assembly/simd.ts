// Helpers that every kernel shares: fused multiply-add where the build has it, horizontal sums in a fixed order.

/** a * b + c in each lane. One rounding in the relaxed-SIMD builds, two in the others. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** (x0 + x2) + (x1 + x3): the one order in which a vector is summed, so that every kernel gives the same bits. */
// @ts-ignore: decorator
@inline
export function sum(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
