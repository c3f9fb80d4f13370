// Scoring vectors of blocks that are listed by their places.

import { bestBytes, clearBest, finishBest, offer } from './best';
import { entryAt, rowAt } from './blocks';
import { Blocks } from '../layout';
import { dot } from './scan';
import { int8Products, widen } from './scan-int8';

/**
 * The k best among `length` listed places for queries begin..end, of scores that reach `threshold`; records, queries, planes and
 * terms as in searchBlocks. Scratch of int8ScratchBytes.
 */
export function scorePlaces(
  best: usize, blocksAt: usize, queries: usize, planes: usize, terms: usize, k: i32, list: usize, length: i32, threshold: f32,
  begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const stride = <usize>blocks.stride;
  for (let s = begin; s < end; s++) {
    const record = best + <usize>s * bestBytes(k);
    clearBest(record);
    const query = queries + <usize>s * (stride << 2);
    const planesAt = planes + <usize>s * (stride << 1);
    const scale = load<f32>(terms + <usize>s * 12);
    if (!ASC_FEATURE_RELAXED_SIMD) widen(scratch, planesAt, stride);
    for (let i = 0; i < length; i++) {
      const place = load<i32>(list + (<usize>i << 2));
      const entry = entryAt(blocks, place);
      let score: f32;
      if (blocks.rows) score = dot(rowAt(blocks, place), query, stride << 2);
      else {
        const sums = v128.load32_splat(entry + stride, 4);
        const products = int8Products(entry, entry, entry, entry, sums, planesAt, scratch, stride);
        score = f32x4.extract_lane(products, 0) * scale * load<f32>(entry + stride);
      }
      if (score >= threshold) offer(record, k, score, load<u32>(entry + stride, 8));
    }
    finishBest(record);
  }
}
