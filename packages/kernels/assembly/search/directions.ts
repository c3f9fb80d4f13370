// Directions of vectors in blocks (see blocks.ts), for parting them: cosines, sums, and the block that a vector is for. A
// direction is read off the int8 copy, which every block has, so that it is the same whether or not rows are kept.

import { entryAt } from './blocks';
import { Blocks } from '../layout';
import { dot, sum4 } from './scan';
import { laneOf, madd } from '../simd';

/** Sixteen codes from `codes` on as floats, times a factor, to `to`. */
// @ts-ignore: decorator
@inline
function widenCodes(to: usize, codes: usize, factor: v128): void {
  const x = v128.load(codes);
  const low = i16x8.extend_low_i8x16_s(x);
  const high = i16x8.extend_high_i8x16_s(x);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), factor));
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), factor), 16);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), factor), 32);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), factor), 48);
}

/** The direction of the vector at a place, from its codes: `stride` floats of length 1, or of 0 for a vector of zeros. */
function directionOf(to: usize, blocks: Blocks, place: i32): void {
  const stride = <usize>blocks.stride;
  const codes = entryAt(blocks, place);
  const length = load<f32>(codes + stride, 12);
  const factor: f32 = length > 0 ? load<f32>(codes + stride) / length : 0;
  for (let k: usize = 0; k < stride; k += 16) widenCodes(to + (k << 2), codes + k, f32x4.splat(factor));
}

/** Scratch of the kernels below: two directions. */
export function directionScratchBytes(stride: i32): i32 {
  return stride << 3;
}

/** cosines[i] = that of the directions at places[i] and others[i], for i in begin..end. */
export function pairPlaces(
  cosines: usize, blocksAt: usize, places: usize, others: usize, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let i = begin; i < end; i++) {
    directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
    directionOf(scratch + bytes, blocks, load<i32>(others + (<usize>i << 2)));
    store<f32>(cosines + (<usize>i << 2), dot(scratch, scratch + bytes, bytes));
  }
}

/** cosines[i] = the inner product of the direction at places[i] and `direction`, for i in begin..end. */
export function projectPlaces(
  cosines: usize, blocksAt: usize, places: usize, direction: usize, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let i = begin; i < end; i++) {
    directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
    store<f32>(cosines + (<usize>i << 2), dot(scratch, direction, bytes));
  }
}

/**
 * Sums of directions: that of list l, of begin..end, whose `count` places start at places[l * count], goes to totals + l rows of
 * `stride` floats. Directions are added in the order of the list; where `signs` is not 0, those with signs[i] < 0 are subtracted.
 */
export function sumDirections(
  totals: usize, blocksAt: usize, places: usize, signs: usize, count: i32, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let l = begin; l < end; l++) {
    const total = totals + <usize>l * bytes;
    memory.fill(total, 0, bytes);
    for (let i = l * count; i < (l + 1) * count; i++) {
      directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
      const sign = f32x4.splat(signs && load<f32>(signs + (<usize>i << 2)) < 0 ? -1 : 1);
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(total + at, madd(v128.load(scratch + at), sign, v128.load(total + at)));
      }
    }
  }
}

/**
 * numbers[i] = the block, of those in `order` from bands[band] on, whose centre is nearest to the direction at places[i], for
 * i in begin..end; of equal ones the first. band[i] is the band that the vector is for; one without blocks gives -1.
 */
export function routePlaces(
  numbers: usize, blocksAt: usize, places: usize, bandOf: usize, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let i = begin; i < end; i++) {
    const band = blocks.bands + (<usize>load<i32>(bandOf + (<usize>i << 2)) << 2);
    const first = load<i32>(band);
    const last = load<i32>(band, 4);
    let best = first < last ? load<i32>(blocks.order + (<usize>first << 2)) : -1;
    if (last - first > 1) {
      directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
      let most: f32 = -Infinity;
      for (let at = first; at < last; at += 4) {
        const cosines = fourCosines(blocks, at, last, scratch, bytes);
        for (let j = 0; j < min(4, last - at); j++) {
          const cosine = laneOf(cosines, j);
          if (cosine > most) {
            most = cosine;
            best = load<i32>(blocks.order + (<usize>(at + j) << 2));
          }
        }
      }
    }
    store<i32>(numbers + (<usize>i << 2), best);
  }
}

/** Inner products of `row` with the centres of the four blocks in `order` from `at` on; past `last` the first one again. */
// @ts-ignore: decorator
@inline
function fourCosines(blocks: Blocks, at: i32, last: i32, row: usize, bytes: usize): v128 {
  const list = blocks.order + (<usize>at << 2);
  const centres = blocks.centres;
  const p0 = centres + <usize>load<i32>(list) * bytes;
  const p1 = at + 1 < last ? centres + <usize>load<i32>(list, 4) * bytes : p0;
  const p2 = at + 2 < last ? centres + <usize>load<i32>(list, 8) * bytes : p0;
  const p3 = at + 3 < last ? centres + <usize>load<i32>(list, 12) * bytes : p0;
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  for (let k: usize = 0; k < bytes; k += 16) {
    const x = v128.load(row + k);
    a = madd(v128.load(p0 + k), x, a);
    b = madd(v128.load(p1 + k), x, b);
    c = madd(v128.load(p2 + k), x, c);
    d = madd(v128.load(p3 + k), x, d);
  }
  return sum4(a, b, c, d);
}
