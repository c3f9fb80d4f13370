// Consistent weighted sampling (Ioffe, ICDM 2010) of non-negative weights: hash function h draws a coordinate k and an
// integer t, such that two vectors draw the same with probability sum min / sum max. Of the draw a code keeps `bits` bits.
// There is no product that could be fused, so the bits are the same with and without relaxed SIMD.

import { HashBatch, listNonZeros } from './hash-batch';
import { labelScratchBytes, packLabels } from './labels';
import { mix } from './mix';
import { select } from '../simd';

/** Hash functions that a vector is hashed with at a time. */
const BLOCK: i32 = 8;
/** Bytes that a coordinate has in a block: four numbers for each function. */
const ENTRY: usize = 128;

/** Bytes of scratch that hashWeighted needs for each thread, for vectors that list at most `longest` coordinates. */
export function weightedScratchBytes(longest: i32, blocks: i32, tables: i32): i32 {
  return ((2 * (longest + 4) + 2 * blocks * BLOCK) << 2) + <i32>labelScratchBytes(tables);
}

/**
 * Codes of vectors begin..end, dense or sparse, of `perCode` draws of `bits` bits for each table, the first in the highest
 * bits: function j * tables + t is the j-th of table t. The entry of coordinate k in block h / 8 of `draws`, which is
 * (h / 8 * coordinates + k) * 32 floats from the start, has 8 of each of 1 / r, beta, r and ln c - r, for functions h, ...:
 * the names are the paper's. Weights are 0 or more and finite. No vector lists more than `longest` coordinates, those of
 * value 0 and the tail's included. A vector of zeros has code 0.
 */
export function hashWeighted(
  batchAt: usize, longest: i32, draws: usize, blocks: i32, bits: i32, perCode: i32, tables: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const coordinates = batch.width + batch.tailWidth;
  const functions = <usize>blocks * (BLOCK << 2);
  const labels = scratch;
  const winners = labels + functions;
  const buffer = winners + functions;
  const ids = buffer + labelScratchBytes(tables);
  const logs = ids + (<usize>(longest + 4) << 2);
  const infinite = f32x4.splat(Infinity);
  for (let s = begin; s < end; s++) {
    const count = listNonZeros(batch, s, ids, logs);
    const bytes = <usize>count << 2;
    for (let i: usize = 0; i < bytes; i += 4) {
      store<f32>(logs + i, logarithm(load<f32>(logs + i)));
    }
    for (let block = 0; block < blocks; block++) {
      const from = draws + <usize>block * coordinates * ENTRY;
      let best0 = infinite, best1 = infinite;
      let winner0 = i32x4.splat(0), winner1 = winner0;
      let position = winner0;
      for (let i: usize = 0; i < bytes; i += 4) {
        const entry = from + <usize>load<u32>(ids + i) * ENTRY;
        const log = v128.load32_splat(logs + i);
        const score0 = scoreOf(log, entry);
        const score1 = scoreOf(log, entry + 16);
        const better0 = f32x4.lt(score0, best0);
        const better1 = f32x4.lt(score1, best1);
        best0 = f32x4.pmin(best0, score0);
        best1 = f32x4.pmin(best1, score1);
        winner0 = select(position, winner0, better0);
        winner1 = select(position, winner1, better1);
        position = i32x4.add(position, i32x4.splat(4));
      }
      const to = winners + <usize>block * (BLOCK << 2);
      v128.store(to, winner0);
      v128.store(to, winner1, 16);
    }
    for (let h = 0; count > 0 && h < perCode * tables; h++) {
      const i = <usize>load<u32>(winners + (<usize>h << 2));
      const k = load<u32>(ids + i);
      const entry = draws + (<usize>(h >> 3) * coordinates + k) * ENTRY + (<usize>(h & 7) << 2);
      const t = <i32>Mathf.floor(load<f32>(logs + i) * load<f32>(entry) + load<f32>(entry, 32));
      store<u32>(labels + (<usize>h << 2), mix(mix(k + <u32>h * 0x9e3779b9) + <u32>t) >> (32 - bits));
    }
    if (count == 0) memory.fill(labels, 0, functions);
    packLabels(batch, s, begin, end, labels, bits, perCode, tables, buffer);
  }
}

/** ln a = ln c - r (t + 1 - beta) with t = floor(log / r + beta), written as (ln c - r) - log + r (log / r + beta - t). */
// @ts-ignore: decorator
@inline
function scoreOf(log: v128, entry: usize): v128 {
  const q = f32x4.add(f32x4.mul(log, v128.load(entry)), v128.load(entry, 32));
  const above = f32x4.sub(q, f32x4.floor(q));
  return f32x4.add(f32x4.sub(v128.load(entry, 96), log), f32x4.mul(v128.load(entry, 64), above));
}

/** ln x of x > 0, rounded to 32 bits: from 2^e m, m from sqrt(1/2) to sqrt(2), by the series of artanh((m - 1) / (m + 1)). */
function logarithm(x: f32): f32 {
  const word = reinterpret<u64>(<f64>x) - 0x3fe6a09e667f3bcd;
  const exponent = <f64>(<i64>word >> 52);
  const m = reinterpret<f64>((word & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd);
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const series = 1 + z * (1 / 3.0 + z * (1 / 5.0 + z * (1 / 7.0 + z * (1 / 9.0 + z * (1 / 11.0 + z * (1 / 13.0))))));
  return <f32>(exponent * 0.6931471805599453 + 2 * s * series);
}
