// Bounds of the inner products of a query and the vectors of a block, from what is known without reading it.

import { blockAt, signaturesOf } from './blocks';
import { Blocks } from '../layout';
import { int8Products } from './scan-int8';
import { gather } from './score-lists';
import { laneOf } from '../simd';

/** By how much a bound may be too low in 32-bit floats. */
const MORE: f32 = 1.00001;

/** Vectors of a band's blocks. */
export function countOf(blocks: Blocks, first: i32, last: i32): i32 {
  let count = 0;
  for (let at = first; at < last; at++) count += blockAt(blocks, load<i32>(blocks.order + (<usize>at << 2))).count;
  return count;
}

/** Bounds of the inner products with vectors of blocks first..last of the order, from lengths alone; the highest of them. */
export function boundByLengths(bounds: usize, blocks: Blocks, first: i32, last: i32, queryLength: f32): f32 {
  let highest: f32 = 0;
  for (let at = first; at < last; at++) {
    const bound = blockAt(blocks, load<i32>(blocks.order + (<usize>at << 2))).longest * queryLength * MORE;
    store<f32>(bounds + (<usize>(at - first) << 2), bound);
    highest = max(highest, bound);
  }
  return highest;
}

/** The same, from the query's cosines with the centres, too. */
export function boundByCentres(
  bounds: usize, blocks: Blocks, first: i32, last: i32, planes: usize, scale: f32, queryLength: f32, reach: f32, wide: usize,
): f32 {
  const stride = <usize>blocks.stride;
  const codes = blocks.centreCodes;
  // What rounding a centre to codes may do to a cosine, for codes of a factor of 1.
  const room: f32 = <f32>0.5 * sqrt(<f32>stride);
  let highest: f32 = 0;
  for (let at = first; at < last; at += 4) {
    const list = blocks.order + (<usize>at << 2);
    const r0 = <usize>load<i32>(list);
    const r1 = at + 1 < last ? <usize>load<i32>(list, 4) : r0;
    const r2 = at + 2 < last ? <usize>load<i32>(list, 8) : r0;
    const r3 = at + 3 < last ? <usize>load<i32>(list, 12) : r0;
    const products = int8Products(
      codes + r0 * stride, codes + r1 * stride, codes + r2 * stride, codes + r3 * stride,
      gather(blocks.centreSums, r0, r1, r2, r3), planes, wide, stride,
    );
    const dots = f32x4.mul(f32x4.mul(products, f32x4.splat(scale)), gather(blocks.centreScales, r0, r1, r2, r3));
    for (let j = 0; j < min(4, last - at); j++) {
      const block = blockAt(blocks, load<i32>(list + (<usize>j << 2)));
      const along = laneOf(dots, j) / queryLength + room * load<f32>(blocks.centreScales + (<usize>load<i32>(list + (<usize>j << 2)) << 2));
      const cosine = block.alignment * along + reach * block.spread;
      const bound = block.longest * queryLength * max(<f32>0, min(cosine, <f32>1)) * MORE;
      store<f32>(bounds + (<usize>(at - first + j) << 2), bound);
      highest = max(highest, bound);
    }
  }
  return highest;
}

/** Of no use, but that a compiler must not leave out reads whose result is stored. */
let read: u32 = 0;

/** Reads the first lines of the next block to be visited, so that they are on their way while this one is computed. */
export function prefetchNext(blocks: Blocks, bounds: usize, first: i32, at: i32, last: i32, least: f32): void {
  while (at < last && load<f32>(bounds + (<usize>(at - first) << 2)) < least) at++;
  if (at == last) return;
  const start = signaturesOf(blockAt(blocks, load<i32>(blocks.order + (<usize>at << 2))));
  read = load<u8>(start) | load<u8>(start, 64) | load<u8>(start, 128) | load<u8>(start, 192);
}
