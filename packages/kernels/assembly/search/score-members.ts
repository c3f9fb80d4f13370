// Products of samples with lists of rows, list by list: what it takes to look through the clusters that samples ask for. Rows
// are 8-bit integers in the order of the lists, so that a list is one stretch of memory, a quarter of the rows' own, that is read
// once for all samples that ask for it. Samples are 7-bit integers: what is ranked by these products may be computed anew.

import { Members, Pairs, Rows } from '../layout';
import { prefetchWeights, touch } from '../rows/prefetch';

/** Rows whose cache lines are fetched at once: as many as stay in the first level. */
const TOUCHED: i32 = 16;

/** Added to a sample's integers, which are then 1 to 127. */
const OFFSET: i32 = 64;

/**
 * Rounds the rows list[i], i from begin to end, of `rows` (or rows begin..end, where `list` is 0) into their places, places[row]:
 * codes of `stride` bytes (a multiple of 16), 0 from the rows' width on; the row's scale, by which they are to be multiplied; what
 * the samples' offset adds to a product, negative; and the row's bias.
 */
export function quantizeMembers(
  membersAt: usize, rowsAt: usize, list: usize, places: usize, begin: i32, end: i32,
): void {
  const members = changetype<Members>(membersAt);
  const rows = changetype<Rows>(rowsAt);
  for (let i = begin; i < end; i++) {
    if (list && (i - begin) % TOUCHED == 0) touchMembers(members, rows, list, places, i, min(i + TOUCHED, end));
    const r = <usize>(list ? load<i32>(list + (<usize>i << 2)) : i);
    const place = <usize>load<i32>(places + (r << 2));
    const codes = members.codes + place * <usize>members.stride;
    const row = rows.weights + r * (<usize>rows.stride << 2);
    const scale = largest(row, rows.width) / 127;
    const total = round(codes, row, rows.width, members.stride, scale, 0);
    store<f32>(members.scales + (place << 2), scale);
    store<i32>(members.offsets + (place << 2), -OFFSET * total);
    store<f32>(members.biases + (place << 2), rows.bias ? load<f32>(rows.bias + (r << 2)) : 0);
  }
}

/** Reads a byte of each cache line that the listed rows begin..end take, so that their misses overlap. */
function touchMembers(members: Members, rows: Rows, list: usize, places: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const r = load<i32>(list + (<usize>i << 2));
    const place = <usize>load<i32>(places + (<usize>r << 2));
    prefetchWeights(rows, r);
    touch(members.codes + place * <usize>members.stride, members.stride);
    const at = place << 2;
    touch(members.scales + at, 1);
    touch(members.offsets + at, 1);
    touch(members.biases + at, 1);
  }
}

/** Rounds the samples begin..end, `xStride` floats apart, to `stride` bytes each, with their scales. */
export function quantizeSamples(
  codes: usize, scales: usize, stride: i32, x: usize, xStride: i32, width: i32, begin: i32, end: i32,
): void {
  for (let s = <usize>begin; s < <usize>end; s++) {
    const sample = x + s * (<usize>xStride << 2);
    const scale = largest(sample, width) / 63;
    round(codes + s * <usize>stride, sample, width, stride, scale, OFFSET);
    store<f32>(scales + (s << 2), scale);
  }
}

function largest(row: usize, width: i32): f32 {
  const fours = width & ~3;
  let four = f32x4.splat(0);
  for (let k = 0; k < fours; k += 4) four = f32x4.pmax(four, f32x4.abs(v128.load(row + (<usize>k << 2))));
  let most = max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
  for (let k = fours; k < width; k++) most = max(most, abs(load<f32>(row + (<usize>k << 2))));
  return most;
}

/** Writes a row's integers, more by `offset`, and `offset` up to the stride; the sum of the integers. */
function round(codes: usize, row: usize, width: i32, stride: i32, scale: f32, offset: i32): i32 {
  // Rows of the smallest floats get codes of 0.
  const inverse: f32 = scale > 1e-37 ? 1 / scale : 0;
  const sixteens = width & ~15;
  const factor = f32x4.splat(inverse);
  const more = i8x16.splat(<i8>offset);
  let totals = i32x4.splat(0);
  for (let k = 0; k < sixteens; k += 16) {
    const at = row + (<usize>k << 2);
    const a = rounded(v128.load(at), factor);
    const b = rounded(v128.load(at, 16), factor);
    const c = rounded(v128.load(at, 32), factor);
    const d = rounded(v128.load(at, 48), factor);
    totals = i32x4.add(totals, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
    const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
    v128.store(codes + <usize>k, i8x16.add(bytes, more));
  }
  let total = i32x4.extract_lane(totals, 0) + i32x4.extract_lane(totals, 1)
    + i32x4.extract_lane(totals, 2) + i32x4.extract_lane(totals, 3);
  for (let k = sixteens; k < width; k++) {
    const code = <i32>nearest(load<f32>(row + (<usize>k << 2)) * inverse);
    store<i8>(codes + <usize>k, <i8>(code + offset));
    total += code;
  }
  for (let k = width; k < stride; k++) store<i8>(codes + <usize>k, <i8>offset);
  return total;
}

/** To the nearest integers, of products below 2^22: the lowest bits of a float near 1.5 * 2^23 are whole numbers. */
// @ts-ignore: decorator
@inline
function rounded(four: v128, factor: v128): v128 {
  const whole = f32x4.add(f32x4.mul(four, factor), f32x4.splat(12582912));
  return i32x4.sub(whole, i32x4.splat(0x4b400000));
}

/**
 * For the lists begin..end of those that `pairs` has, whose samples ask for them: out[firsts[position] + m] = product of the
 * list's member m and the sample, with the member's bias, for the pair's `position`. List l has the places starts[l] to
 * starts[l + 1] - 1. Bytes of three places behind the last may be read.
 */
export function scoreMembers(
  out: usize, firsts: usize, membersAt: usize, starts: usize, pairsAt: usize, samples: usize, sampleScales: usize,
  begin: i32, end: i32,
): void {
  const members = changetype<Members>(membersAt);
  const pairs = changetype<Pairs>(pairsAt);
  const stride = <usize>members.stride;
  for (let v = begin; v < end; v++) {
    const list = starts + (<usize>load<i32>(pairs.rows + (<usize>v << 2)) << 2);
    const first = load<i32>(list);
    const last = load<i32>(list, 4);
    const begins = load<i32>(pairs.starts + (<usize>v << 2));
    const stops = load<i32>(pairs.starts + (<usize>v << 2), 4);
    for (let place = first; place < last; place += 4) {
      const codes = members.codes + <usize>place * stride;
      const at = <usize>place << 2;
      const scales = v128.load(members.scales + at);
      const offsets = v128.load(members.offsets + at);
      const biases = v128.load(members.biases + at);
      const live = last - place;
      const member = out + (<usize>(place - first) << 2);
      for (let i = begins; i < stops; i += 2) {
        // The last of an odd number is scored twice, and written twice.
        const j = min(i + 1, stops - 1);
        const s = <usize>load<i32>(pairs.samples + (<usize>i << 2));
        const t = <usize>load<i32>(pairs.samples + (<usize>j << 2));
        const x = samples + s * stride;
        const y = samples + t * stride;
        let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
        let b0 = i32x4.splat(0), b1 = i32x4.splat(0), b2 = i32x4.splat(0), b3 = i32x4.splat(0);
        for (let k: usize = 0; k < stride; k += 16) {
          const p = v128.load(x + k), q = v128.load(y + k);
          let c = v128.load(codes + k);
          a0 = dotInto(a0, c, p);
          b0 = dotInto(b0, c, q);
          c = v128.load(codes + stride + k);
          a1 = dotInto(a1, c, p);
          b1 = dotInto(b1, c, q);
          c = v128.load(codes + stride * 2 + k);
          a2 = dotInto(a2, c, p);
          b2 = dotInto(b2, c, q);
          c = v128.load(codes + stride * 3 + k);
          a3 = dotInto(a3, c, p);
          b3 = dotInto(b3, c, q);
        }
        const toA = member + placeOf(firsts, pairs, i);
        const toB = member + placeOf(firsts, pairs, j);
        write(toA, live, scored(sum4(a0, a1, a2, a3), offsets, scales, load<f32>(sampleScales + (s << 2)), biases));
        write(toB, live, scored(sum4(b0, b1, b2, b3), offsets, scales, load<f32>(sampleScales + (t << 2)), biases));
      }
    }
  }
}

/** Adds the products of sixteen signed and sixteen unsigned integers. */
// @ts-ignore: decorator
@inline
function dotInto(total: v128, codes: v128, sample: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(codes, sample, total);
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(codes), i16x8.extend_low_i8x16_s(sample));
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(codes), i16x8.extend_high_i8x16_s(sample));
  return i32x4.add(total, i32x4.add(low, high));
}

/** The sums of the lanes of four vectors. */
// @ts-ignore: decorator
@inline
function sum4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}

// @ts-ignore: decorator
@inline
function scored(products: v128, offsets: v128, scales: v128, scale: f32, biases: v128): v128 {
  const whole = f32x4.convert_i32x4_s(i32x4.add(products, offsets));
  return f32x4.add(f32x4.mul(whole, f32x4.mul(scales, f32x4.splat(scale))), biases);
}

/** Writes the scores of four members, or of those that are left. */
// @ts-ignore: decorator
@inline
function write(to: usize, live: i32, scores: v128): void {
  if (live >= 4) {
    v128.store(to, scores);
    return;
  }
  v128.store32_lane(to, scores, 0);
  if (live > 1) v128.store32_lane(to, scores, 1, 4);
  if (live > 2) v128.store32_lane(to, scores, 2, 8);
}

/** How many bytes from the start of `out` the scores of a pair start. */
// @ts-ignore: decorator
@inline
function placeOf(firsts: usize, pairs: Pairs, i: i32): usize {
  const position = <usize>load<i32>(pairs.positions + (<usize>i << 2));
  return <usize>load<i32>(firsts + (position << 2)) << 2;
}
