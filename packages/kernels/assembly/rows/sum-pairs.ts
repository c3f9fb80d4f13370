// What one row has of its pairs on the way back: its gradient, and what flows to the samples.

import { Pairs } from '../layout';
import { madd } from '../simd';

/** Bytes of a listed pair: sample offset, coefficient. */
export const PAIR_BYTES: usize = 8;

/**
 * The gradient of a row from the listed pairs before `end`, in their order, to `gradient`, on top of what is there if it is
 * not `fresh`; and where `flow` is set, coefficient * row is added at each sample's place in `y`. 64 bytes of the row at a
 * time stay in registers while its pairs pass by.
 */
// @ts-ignore: decorator
@inline
export function sumPairs(
  flow: bool, fresh: bool, list: usize, end: usize, w: usize, x: usize, y: usize, gradient: usize, bytes: usize,
): void {
  const zero = f32x4.splat(0);
  let k: usize = 0;
  if (!flow) {
    for (; k + 128 <= bytes; k += 128) {
      const at = gradient + k;
      let g0 = fresh ? zero : v128.load(at), g1 = fresh ? zero : v128.load(at, 16);
      let g2 = fresh ? zero : v128.load(at, 32), g3 = fresh ? zero : v128.load(at, 48);
      let g4 = fresh ? zero : v128.load(at, 64), g5 = fresh ? zero : v128.load(at, 80);
      let g6 = fresh ? zero : v128.load(at, 96), g7 = fresh ? zero : v128.load(at, 112);
      for (let pair = list; pair < end; pair += PAIR_BYTES) {
        const from = x + load<u32>(pair) + k;
        const c = v128.load32_splat(pair, 4);
        g0 = madd(c, v128.load(from), g0);
        g1 = madd(c, v128.load(from, 16), g1);
        g2 = madd(c, v128.load(from, 32), g2);
        g3 = madd(c, v128.load(from, 48), g3);
        g4 = madd(c, v128.load(from, 64), g4);
        g5 = madd(c, v128.load(from, 80), g5);
        g6 = madd(c, v128.load(from, 96), g6);
        g7 = madd(c, v128.load(from, 112), g7);
      }
      v128.store(at, g0);
      v128.store(at, g1, 16);
      v128.store(at, g2, 32);
      v128.store(at, g3, 48);
      v128.store(at, g4, 64);
      v128.store(at, g5, 80);
      v128.store(at, g6, 96);
      v128.store(at, g7, 112);
    }
  }
  for (; k + 64 <= bytes; k += 64) {
    let g0 = fresh ? zero : v128.load(gradient + k), g1 = fresh ? zero : v128.load(gradient + k, 16);
    let g2 = fresh ? zero : v128.load(gradient + k, 32), g3 = fresh ? zero : v128.load(gradient + k, 48);
    const w0 = flow ? v128.load(w + k) : zero, w1 = flow ? v128.load(w + k, 16) : zero;
    const w2 = flow ? v128.load(w + k, 32) : zero, w3 = flow ? v128.load(w + k, 48) : zero;
    for (let pair = list; pair < end; pair += PAIR_BYTES) {
      const offset = load<u32>(pair) + k;
      const c = v128.load32_splat(pair, 4);
      const from = x + offset;
      g0 = madd(c, v128.load(from), g0);
      g1 = madd(c, v128.load(from, 16), g1);
      g2 = madd(c, v128.load(from, 32), g2);
      g3 = madd(c, v128.load(from, 48), g3);
      if (flow) {
        const to = y + offset;
        v128.store(to, madd(c, w0, v128.load(to)));
        v128.store(to, madd(c, w1, v128.load(to, 16)), 16);
        v128.store(to, madd(c, w2, v128.load(to, 32)), 32);
        v128.store(to, madd(c, w3, v128.load(to, 48)), 48);
      }
    }
    v128.store(gradient + k, g0);
    v128.store(gradient + k, g1, 16);
    v128.store(gradient + k, g2, 32);
    v128.store(gradient + k, g3, 48);
  }
  for (; k < bytes; k += 16) {
    let g = fresh ? zero : v128.load(gradient + k);
    const weight = flow ? v128.load(w + k) : zero;
    for (let pair = list; pair < end; pair += PAIR_BYTES) {
      const offset = load<u32>(pair) + k;
      const c = v128.load32_splat(pair, 4);
      g = madd(c, v128.load(x + offset), g);
      if (flow) v128.store(y + offset, madd(c, weight, v128.load(y + offset)));
    }
    v128.store(gradient + k, g);
  }
}

/** Lists pairs first..stop at `list`, and gives the gradient of the row's bias: the sum of their coefficients, and `before`. */
// @ts-ignore: decorator
@inline
export function listPairs(
  list: usize, pairs: Pairs, coefficients: usize, sampleBytes: usize, first: i32, stop: i32, before: f32,
): f32 {
  const positions = pairs.positions;
  const samples = pairs.samples;
  for (let i = first; i < stop; i++) {
    const d = load<f32>(coefficients + (<usize>load<i32>(positions + (<usize>i << 2)) << 2));
    store<u32>(list, load<i32>(samples + (<usize>i << 2)) * <u32>sampleBytes);
    store<f32>(list, d, 4);
    before += d;
    list += PAIR_BYTES;
  }
  return before;
}
