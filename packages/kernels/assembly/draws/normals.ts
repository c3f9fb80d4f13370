// Normal numbers: those of a random stream (src/random/random.ts), rounded to 32 bits, in its order, by the polar method (Marsaglia
// and Bray 1964). A stream is one sequence, of which each pair of numbers takes as much as it happens to take: so one thread draws
// the points of the unit disc that pairs are made of, and then all make the pairs, which takes most of the time.

/** Bytes of a point: two f64. */
const POINT: usize = 16;

/**
 * Draws `count` points of the unit disc, but its centre, to points + 16 i. The generator is xoroshiro128+ (Blackman and Vigna 2018), of
 * whose outputs the lower 32 bits are used; its two words at `state` are left as they are after the last point. A point is
 * stored before it is known whether it is in the disc, so that there is no branch to mispredict.
 */
export function drawPoints(points: usize, state: usize, count: i32): void {
  let s0 = load<u64>(state), s1 = load<u64>(state, 8);
  const end = points + <usize>count * POINT;
  while (points < end) {
    const a = s0 + s1;
    let s = s0 ^ s1;
    s0 = rotl(s0, 24) ^ s ^ (s << 16), s1 = rotl(s, 37);
    const b = s0 + s1;
    s = s0 ^ s1;
    s0 = rotl(s0, 24) ^ s ^ (s << 16), s1 = rotl(s, 37);
    const c = s0 + s1;
    s = s0 ^ s1;
    s0 = rotl(s0, 24) ^ s ^ (s << 16), s1 = rotl(s, 37);
    const d = s0 + s1;
    s = s0 ^ s1;
    s0 = rotl(s0, 24) ^ s ^ (s << 16), s1 = rotl(s, 37);
    const x = fromMinus1(a, b), y = fromMinus1(c, d);
    const r = x * x + y * y;
    store<f64>(points, x);
    store<f64>(points, y, 8);
    points += <usize>(i32(r <= 1) & i32(r != 0)) * POINT;
  }
  store<u64>(state, s0);
  store<u64>(state, s1, 8);
}

/** From -1 to 1, of the lower 26 bits of one output and 27 of the next one. */
// @ts-ignore: decorator
@inline
function fromMinus1(high: u64, low: u64): f64 {
  return <f64>(<i64>(((high & 0x3ffffff) << 27) | (low & 0x7ffffff))) * (2.0 / 9007199254740992.0) - 1;
}

/**
 * Makes points begin..end pairs of numbers, times `deviation`: that of point i goes to places first + 2 i and first + 2 i + 1 of rows
 * of `width` numbers, `stride` floats apart.
 */
export function drawNormals(
  out: usize, stride: i32, width: i32, deviation: f64, points: usize, first: i32, begin: i32, end: i32,
): void {
  const scale = f64x2.splat(deviation);
  const place = first + 2 * begin;
  const row = place / width;
  let column = place - row * width;
  let at = out + (<usize>row * stride + column << 2);
  const gap = <usize>(stride - width) << 2;
  for (let i = begin; i < end; i += 2) {
    const point = points + <usize>i * POINT;
    const a = v128.load(point);
    const b = i + 1 < end ? v128.load(point, POINT) : a;
    const x = v128.shuffle<f64>(a, b, 0, 2), y = v128.shuffle<f64>(a, b, 1, 3);
    const r = f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y));
    const factor = f64x2.sqrt(f64x2.div(f64x2.mul(f64x2.splat(-2), logarithms(r)), r));
    const four = v128.shuffle<f32>(rounded(y, factor, scale), rounded(x, factor, scale), 0, 4, 1, 5);
    const numbers = min(4, 2 * (end - i));
    if (numbers == 4 && column + 4 < width) {
      v128.store(at, four);
      at += 16;
      column += 4;
    } else for (let j = 0; j < numbers; j++) {
      store<f32>(at, lane(four, j));
      at += 4;
      if (++column == width) {
        column = 0;
        at += gap;
      }
    }
  }
}

/** scale * (z * factor), as 32-bit floats; what is 0 has no sign. */
// @ts-ignore: decorator
@inline
function rounded(z: v128, factor: v128, scale: v128): v128 {
  return f32x4.demote_f64x2_zero(f64x2.mul(scale, f64x2.add(f64x2.splat(0), f64x2.mul(z, factor))));
}

// @ts-ignore: decorator
@inline
function lane(four: v128, j: i32): f32 {
  return j == 0 ? f32x4.extract_lane(four, 0) : j == 1 ? f32x4.extract_lane(four, 1)
    : j == 2 ? f32x4.extract_lane(four, 2) : f32x4.extract_lane(four, 3);
}

/**
 * Natural logarithms of two numbers x, 0 < x <= 1 and none subnormal, as fdlibm and V8 compute them (Sun 1993), but by one formula for
 * all x: x = 2^k (1 + f), and log(1 + f) = f - (h - s (h + R)), with h = f^2 / 2, s = f / (2 + f) and R a polynomial of s^2. The last
 * of 53 bits is another one now and then; of the 24 bits that are kept, in one of 10^11 numbers.
 */
// @ts-ignore: decorator
@inline
function logarithms(x: v128): v128 {
  const high = v128.and(i64x2.shr_u(x, 32), i64x2.splat(0xfffff));
  const carry = v128.and(i64x2.add(high, i64x2.splat(0x95f64)), i64x2.splat(0x100000));
  const k = i64x2.add(i64x2.sub(i64x2.shr_u(x, 52), i64x2.splat(1023)), i64x2.shr_u(carry, 20));
  const dk = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(k, k, 0, 2, 0, 2));
  const exponent = i64x2.shl(v128.xor(carry, i64x2.splat(0x3ff00000)), 32);
  const f = f64x2.sub(v128.or(v128.and(x, i64x2.splat(0xfffffffffffff)), exponent), f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  const even = f64x2.mul(w, polynomial(w, polynomial(w, f64x2.splat(L6), L4), L2));
  const odd = f64x2.mul(z, polynomial(w, polynomial(w, polynomial(w, f64x2.splat(L7), L5), L3), L1));
  const h = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const low = f64x2.add(f64x2.mul(s, f64x2.add(h, f64x2.add(odd, even))), f64x2.mul(dk, f64x2.splat(LN2_LOW)));
  return f64x2.sub(f64x2.mul(dk, f64x2.splat(LN2_HIGH)), f64x2.sub(f64x2.sub(h, low), f));
}

/** c + w * p. */
// @ts-ignore: decorator
@inline
function polynomial(w: v128, p: v128, c: f64): v128 {
  return f64x2.add(f64x2.splat(c), f64x2.mul(w, p));
}

const LN2_HIGH: f64 = 6.93147180369123816490e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const L1: f64 = 6.666666666666735130e-1;
const L2: f64 = 3.999999999940941908e-1;
const L3: f64 = 2.857142874366239149e-1;
const L4: f64 = 2.222219843214978396e-1;
const L5: f64 = 1.818357216161805012e-1;
const L6: f64 = 1.531383769920937332e-1;
const L7: f64 = 1.479819860511658591e-1;
