// Directions of vectors in blocks (see blocks.ts), for parting them: cosines, sums, and the block that a vector is for. A
// direction is read off the int8 copy, which every block has, so that it is the same whether or not rows are kept.

import { entryAt } from './blocks';
import { Blocks, Groups } from '../layout';
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

/** Groups of a large band in which a vector's block is looked for. */
const NEAREST = 8;

/** Scratch of routePlaces: a direction, the nearest groups, and the nearest block. */
export function routeScratchBytes(stride: i32): i32 {
  return (stride << 2) + 8 * NEAREST + 8;
}

/**
 * numbers[i] = the block whose centre is nearest to the direction at places[i], for i in begin..end; of equal ones the first.
 * bandOf[i] is the band that the vector is for; one without blocks gives -1. Of a band with groups only the blocks of the
 * NEAREST groups are compared.
 */
export function routePlaces(
  numbers: usize, blocksAt: usize, groupsAt: usize, places: usize, bandOf: usize, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const groups = changetype<Groups>(groupsAt);
  const bytes = <usize>blocks.stride << 2;
  const near = scratch + bytes;
  const best = near + 8 * NEAREST;
  for (let i = begin; i < end; i++) {
    const band = <usize>load<i32>(bandOf + (<usize>i << 2)) << 2;
    const first = load<i32>(blocks.bands + band);
    const last = load<i32>(blocks.bands + band, 4);
    startNearest(best, 1);
    if (last - first == 1) store<i32>(best, load<i32>(blocks.order + (<usize>first << 2)));
    else if (last > first) {
      directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
      const firstGroup = load<i32>(groups.bands + band);
      const lastGroup = load<i32>(groups.bands + band, 4);
      if (firstGroup == lastGroup) nearestRows(best, 1, blocks.centres, blocks.order, first, last, scratch, bytes);
      else {
        startNearest(near, NEAREST);
        nearestRows(near, NEAREST, groups.centres, 0, firstGroup, lastGroup, scratch, bytes);
        for (let g = 0; g < NEAREST; g++) {
          const group = load<i32>(near + (<usize>g << 3));
          if (group < 0) break;
          const starts = groups.starts + (<usize>group << 2);
          const from = load<i32>(starts);
          nearestRows(best, 1, blocks.centres, groups.members, from, load<i32>(starts, 4), scratch, bytes);
        }
      }
    }
    store<i32>(numbers + (<usize>i << 2), load<i32>(best));
  }
}

/**
 * nearest[i] = the row of `rows`, of `count`, with the greatest inner product with the centre of block numbers[i], for i in
 * begin..end; of equal ones the first.
 */
export function nearestToCentres(
  nearest: usize, blocksAt: usize, numbers: usize, rows: usize, count: i32, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let i = begin; i < end; i++) {
    const centre = blocks.centres + <usize>load<i32>(numbers + (<usize>i << 2)) * bytes;
    startNearest(scratch, 1);
    nearestRows(scratch, 1, rows, 0, 0, count, centre, bytes);
    store<i32>(nearest + (<usize>i << 2), load<i32>(scratch));
  }
}

/** Empties a list of the `keep` nearest: an i32 and its f32 each, best first. */
function startNearest(nearest: usize, keep: i32): void {
  for (let i: usize = 0; i < <usize>keep << 3; i += 8) {
    store<i32>(nearest + i, -1);
    store<f32>(nearest + i, -Infinity, 4);
  }
}

/** Keeps, of the rows list[first..last] (of first..last where `list` is 0), those with the greatest products with `row`. */
function nearestRows(
  nearest: usize, keep: i32, rows: usize, list: usize, first: i32, last: i32, row: usize, bytes: usize,
): void {
  const worst = nearest + (<usize>(keep - 1) << 3);
  for (let at = first; at < last; at += 4) {
    const p0 = rows + <usize>rowAt(list, at) * bytes;
    const p1 = at + 1 < last ? rows + <usize>rowAt(list, at + 1) * bytes : p0;
    const p2 = at + 2 < last ? rows + <usize>rowAt(list, at + 2) * bytes : p0;
    const p3 = at + 3 < last ? rows + <usize>rowAt(list, at + 3) * bytes : p0;
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
    const products = sum4(a, b, c, d);
    for (let j = 0; j < min(4, last - at); j++) {
      const product = laneOf(products, j);
      if (!(product > load<f32>(worst, 4))) continue;
      let to = worst;
      for (; to > nearest && product > load<f32>(to - 8, 4); to -= 8) store<u64>(to, load<u64>(to - 8));
      store<i32>(to, rowAt(list, at + j));
      store<f32>(to, product, 4);
    }
  }
}

// @ts-ignore: decorator
@inline
function rowAt(list: usize, at: i32): i32 {
  return list ? load<i32>(list + (<usize>at << 2)) : at;
}
