// SimHash by fast Walsh-Hadamard transforms: flip signs at random, transform, and three rounds of that are close to a
// random rotation (Andoni et al., NIPS 2015, section 4), at k additions a coordinate for 2^k coordinates. Each output is the
// projection on one hyperplane. Where more hyperplanes are needed than there are outputs, the last round is done again
// with other signs; the first two rounds are common to all.
// There is no product in it, so the bits are the same with and without relaxed SIMD.

import { HashBatch, loadFour, storeFour } from './hash-batch';

/** Rounds before the last. */
const COMMON: i32 = 2;

/** Bytes of scratch that hashHadamard needs for each thread, for 2^log2 coordinates. */
export function hadamardScratchBytes(log2: i32, tables: i32): i32 {
  return (32 << log2) + (tables << 4);
}

/**
 * Codes of vectors begin..end, of `bits` (1 to 32) outputs for each table, 1 where an output is 0 or more. Tables take
 * their highest bit from the first outputs, table by table, then their next one: the outputs of one transform belong to
 * hyperplanes at right angles, so those of a table had better come from several.
 * The vectors are padded with zeros to 2^log2 coordinates (6 <= log2). `signs` (u32, 0 or 0x80000000) has 2^log2 masks for
 * each round: two common ones, then the last rounds.
 */
export function hashHadamard(
  batchAt: usize, signs: usize, log2: i32, bits: i32, tables: i32, begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const size = 1 << log2;
  const bytes = <usize>16 << log2;
  const x = scratch;
  const y = x + bytes;
  const codes = y + bytes;
  const codesEnd = codes + (<usize>tables << 4);
  const zero = f32x4.splat(0);
  for (let s = begin; s < end; s += 4) {
    const live = min(4, end - s);
    let masks = rotateCommon(batch, x, s, live, signs, log2);
    memory.fill(codes, 0, codesEnd - codes);
    let code = codes;
    for (let left = bits * tables; left > 0; left -= size) {
      transformFirst(y, x, masks, log2, left);
      masks += bytes >> 2;
      const stop = y + (<usize>min(left, size) << 4);
      for (let output = y; output < stop; ) {
        if (code == codesEnd) code = codes;
        for (const turn = output + min(stop - output, codesEnd - code); output < turn; output += 16) {
          const held = v128.load(code);
          // A lane of the comparison is 0 or -1.
          v128.store(code, i32x4.sub(i32x4.add(held, held), f32x4.ge(v128.load(output), zero)));
          code += 16;
        }
      }
    }
    for (let t = 0; t < tables; t++) storeFour(batch, t, s, live, v128.load(codes + (<usize>t << 4)));
  }
}

/** Bytes of scratch that projectHadamard needs for each thread. */
export function projectHadamardScratchBytes(log2: i32): i32 {
  return 32 << log2;
}

/** The outputs themselves, the first `outputs` of them at projections + s * stride (floats) for vectors begin..end. */
export function projectHadamard(
  batchAt: usize, signs: usize, log2: i32, outputs: i32, projections: usize, stride: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const size = 1 << log2;
  const bytes = <usize>16 << log2;
  const y = scratch + bytes;
  for (let s = begin; s < end; s += 4) {
    const live = min(4, end - s);
    let masks = rotateCommon(batch, scratch, s, live, signs, log2);
    for (let first = 0; first < outputs; first += size) {
      transformFirst(y, scratch, masks, log2, outputs - first);
      masks += bytes >> 2;
      for (let i = 0; i < live; i++) {
        const to = projections + ((<usize>(s + i) * stride + first) << 2);
        const lane = y + (<usize>i << 2);
        for (let k = 0; k < min(size, outputs - first); k++) {
          store<f32>(to + (<usize>k << 2), load<f32>(lane + (<usize>k << 4)));
        }
      }
    }
  }
}

/** Loads vectors s to s + live, padded, to x, and puts them through the common rounds. Gives the address of the next masks. */
export function rotateCommon(batch: HashBatch, x: usize, s: i32, live: i32, signs: usize, log2: i32): usize {
  const coordinates = batch.width + batch.tailWidth;
  loadFour(batch, x, 16, s, live);
  memory.fill(x + (<usize>coordinates << 4), 0, <usize>((1 << log2) - coordinates) << 4);
  for (let round = 0; round < COMMON; round++) {
    transform(x, x, signs, log2);
    signs += <usize>4 << log2;
  }
  return signs;
}

/** One round on 2^log2 SIMD vectors: signs, then butterflies of span 2^(log2 - 1), ..., 2, 1. `to` may be `from`. */
export function transform(to: usize, from: usize, masks: usize, log2: i32): void {
  let step = <usize>2 << log2;
  for (let i: usize = 0; i < step; i += 16) {
    const p = from + i;
    const m = masks + (i >> 2);
    const maskStep = step >> 2;
    butterflies8(
      to + i, step,
      flipped(p, m),
      flipped(p + step, m + maskStep),
      flipped(p + step * 2, m + maskStep * 2),
      flipped(p + step * 3, m + maskStep * 3),
      flipped(p + step * 4, m + maskStep * 4),
      flipped(p + step * 5, m + maskStep * 5),
      flipped(p + step * 6, m + maskStep * 6),
      flipped(p + step * 7, m + maskStep * 7),
    );
  }
  lowerLevels(to, log2, log2 - 3);
}

/** Fewest coordinates of a transform, as a power of 2. */
const LEAST_LOG2: i32 = 6;

/**
 * As transform, of which no more than the first `outputs` are wanted; what is after them is anything. Where they are in the
 * first half, the highest level is sums alone, and likewise below it.
 */
function transformFirst(to: usize, from: usize, masks: usize, log2: i32, outputs: i32): void {
  let levels = log2;
  while (levels > LEAST_LOG2 && outputs <= 1 << (levels - 1)) levels--;
  if (levels == log2) {
    transform(to, from, masks, log2);
    return;
  }
  let half = <usize>8 << log2;
  for (let i: usize = 0; i < half; i += 16) {
    v128.store(to + i, f32x4.add(flipped(from + i, masks + (i >> 2)), flipped(from + half + i, masks + ((half + i) >> 2))));
  }
  for (let level = log2 - 1; level > levels; level--) {
    half >>= 1;
    for (let i: usize = 0; i < half; i += 16) {
      v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(to + half + i)));
    }
  }
  lowerLevels(to, levels, levels);
}

/** The lowest `levels` levels of butterflies on 2^log2 SIMD vectors, those of the largest span first. */
function lowerLevels(to: usize, log2: i32, levels: i32): void {
  const stop = to + (<usize>16 << log2);
  let step = <usize>16 << levels;
  while (levels > 0) {
    const group = step;
    if (levels == 2 || levels == 4) {
      levels -= 2;
      step >>= 2;
      for (let first = to; first < stop; first += group) {
        for (let p = first; p < first + step; p += 16) {
          const a = v128.load(p);
          const b = v128.load(p + step);
          const c = v128.load(p + step * 2);
          const d = v128.load(p + step * 3);
          const ac = f32x4.add(a, c);
          const bd = f32x4.add(b, d);
          const a_c = f32x4.sub(a, c);
          const b_d = f32x4.sub(b, d);
          v128.store(p, f32x4.add(ac, bd));
          v128.store(p + step, f32x4.sub(ac, bd));
          v128.store(p + step * 2, f32x4.add(a_c, b_d));
          v128.store(p + step * 3, f32x4.sub(a_c, b_d));
        }
      }
    } else {
      levels -= 3;
      step >>= 3;
      for (let first = to; first < stop; first += group) {
        for (let p = first; p < first + step; p += 16) {
          butterflies8(
            p, step,
            v128.load(p),
            v128.load(p + step),
            v128.load(p + step * 2),
            v128.load(p + step * 3),
            v128.load(p + step * 4),
            v128.load(p + step * 5),
            v128.load(p + step * 6),
            v128.load(p + step * 7),
          );
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function flipped(value: usize, mask: usize): v128 {
  return v128.xor(v128.load(value), v128.load32_splat(mask));
}

/** Three levels of butterflies of eight vectors, stored `step` bytes apart. */
// @ts-ignore: decorator
@inline
function butterflies8(
  to: usize, step: usize, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128,
): void {
  const a1 = f32x4.add(a, e), e1 = f32x4.sub(a, e);
  const b1 = f32x4.add(b, f), f1 = f32x4.sub(b, f);
  const c1 = f32x4.add(c, g), g1 = f32x4.sub(c, g);
  const d1 = f32x4.add(d, h), h1 = f32x4.sub(d, h);
  const a2 = f32x4.add(a1, c1), c2 = f32x4.sub(a1, c1);
  const b2 = f32x4.add(b1, d1), d2 = f32x4.sub(b1, d1);
  const e2 = f32x4.add(e1, g1), g2 = f32x4.sub(e1, g1);
  const f2 = f32x4.add(f1, h1), h2 = f32x4.sub(f1, h1);
  v128.store(to, f32x4.add(a2, b2));
  v128.store(to + step, f32x4.sub(a2, b2));
  v128.store(to + step * 2, f32x4.add(c2, d2));
  v128.store(to + step * 3, f32x4.sub(c2, d2));
  v128.store(to + step * 4, f32x4.add(e2, f2));
  v128.store(to + step * 5, f32x4.sub(e2, f2));
  v128.store(to + step * 6, f32x4.add(g2, h2));
  v128.store(to + step * 7, f32x4.sub(g2, h2));
}
