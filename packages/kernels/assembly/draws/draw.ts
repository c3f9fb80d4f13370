// Random units for lists of active ones: dropout, padding, and the negatives of a sampled softmax. A sample's draws
// depend on the seed, the step and the sample (or group of samples) only, so that any thread can make them.

import { bitBytes, drawCommon, fillFromGroup, newGroup } from './draw-shared';
import { GOLDEN, mix } from './splitmix';

/** Scratch for drawKeyed: a bit a unit. */
export function drawScratchBytes(units: i32): i32 {
  return <i32>bitBytes(units);
}

/**
 * Fills the lists (lengths[s] ids at ids[s * limit], distinct, below `units`) of groups begin..end of `count` samples up to `limit`
 * (at most `units`) with distinct units drawn uniformly from those that they do not have; lengths become `limit`. The `shared` (1 or
 * more) samples of a group have one sequence of draws, from which each skips what it has; see draw-shared.ts.
 * corrections[s * limit + i], unless `corrections` is 0, becomes 0 for units that were there and for the others -log of the
 * probability with which each was drawn.
 */
export function drawUnits(
  ids: usize, lengths: usize, corrections: usize, limit: i32, units: i32, seed: u32, step: u32, shared: i32, count: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  if (shared == 1) return drawAlone(ids, lengths, corrections, limit, units, seed, step, begin, end, scratch);
  const group = newGroup(units, limit, 0, scratch);
  for (let g = begin; g < end; g++) {
    const first = g * shared;
    const last = endOfGroup(g, shared, count);
    drawCommon(group, ids, lengths, limit, firstState(seed, step, g), first, last);
    for (let s = first; s < last; s++) {
      const length = load<i32>(lengths + (<usize>s << 2));
      fillFromGroup(group, ids + ((<usize>s * limit) << 2), length, limit, false);
      if (corrections) correctAlike(corrections + ((<usize>s * limit) << 2), length, limit, units);
      store<i32>(lengths + (<usize>s << 2), limit);
    }
  }
}

/** The sample after the last one of group `g`. */
// @ts-ignore: decorator
@inline
export function endOfGroup(g: i32, shared: i32, count: i32): i32 {
  const first = g * shared;
  return shared < count - first ? first + shared : count;
}

/** The same where each sample has draws of its own: they go to its list at once, which takes two thirds of the time. */
function drawAlone(
  ids: usize, lengths: usize, corrections: usize, limit: i32, units: i32, seed: u32, step: u32, begin: i32, end: i32, taken: usize,
): void {
  memory.fill(taken, 0, <usize>drawScratchBytes(units));
  for (let s = begin; s < end; s++) {
    const list = ids + ((<usize>s * limit) << 2);
    const length = load<i32>(lengths + (<usize>s << 2));
    markAll(taken, list, length);
    let state = firstState(seed, step, s);
    for (let i = length; i < limit; i++) state = drawNew(state, taken, list + (<usize>i << 2), units);
    if (corrections) correctAlike(corrections + ((<usize>s * limit) << 2), length, limit, units);
    store<i32>(lengths + (<usize>s << 2), limit);
    unmark(taken, list, limit);
  }
}

/** Where the draws of a group of samples begin. */
// @ts-ignore: decorator
@inline
export function firstState(seed: u32, step: u32, group: i32): u64 {
  return mix(mix((<u64>seed << 32) | <u64>step) + <u64>group);
}

/** Draws until a unit is not among those taken, and writes it to `to`. Gives the state after. */
// @ts-ignore: decorator
@inline
function drawNew(state: u64, taken: usize, to: usize, units: i32): u64 {
  while (true) {
    state += GOLDEN;
    const id = <i32>(((mix(state) >> 32) * <u64>units) >> 32);
    if (!mark(taken, id)) continue;
    store<i32>(to, id);
    return state;
  }
}

/** 0 for the first `certain` of `limit` units, -log of their share of the rest for the others. */
function correctAlike(corrections: usize, certain: i32, limit: i32, units: i32): void {
  const correction: f32 = certain < limit ? <f32>Math.log(<f64>(units - certain) / <f64>(limit - certain)) : 0;
  memory.fill(corrections, 0, <usize>certain << 2);
  let i = certain;
  for (; i + 4 <= limit; i += 4) v128.store(corrections + (<usize>i << 2), f32x4.splat(correction));
  for (; i < limit; i++) store<f32>(corrections + (<usize>i << 2), correction);
}

/**
 * Fills lists begin..end (lengths[s] distinct ids at ids[s * limit]) up to `limit` (at most `units`) with units that depend
 * on the sample's codes only: table by table, an equal share from the sequence of draws that belongs to the code
 * codes[t * codeStride + s]. Samples with one code in a table have its sequence there, so what they share grows with the
 * number of codes that agree.
 */
export function drawKeyed(
  ids: usize, lengths: usize, limit: i32, units: i32, seed: u32, codes: usize, codeStride: i32, tables: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  memory.fill(scratch, 0, <usize>drawScratchBytes(units));
  for (let s = begin; s < end; s++) {
    const list = ids + ((<usize>s * limit) << 2);
    let i = load<i32>(lengths + (<usize>s << 2));
    markAll(scratch, list, i);
    for (let t = 0; t < tables; t++) {
      const stop = <i32>((<i64>limit * (t + 1)) / tables);
      const code = load<u32>(codes + ((<usize>t * codeStride + s) << 2));
      let state = mix(mix((<u64>seed << 32) | <u64>t) + <u64>code);
      while (i < stop) {
        state += GOLDEN;
        const id = <i32>(((mix(state) >> 32) * <u64>units) >> 32);
        if (!mark(scratch, id)) continue;
        store<i32>(list + (<usize>i << 2), id);
        i++;
      }
    }
    store<i32>(lengths + (<usize>s << 2), limit);
    unmark(scratch, list, limit);
  }
}

/** Sets the bit of `id`; false if it was set. */
// @ts-ignore: decorator
@inline
export function mark(bits: usize, id: i32): bool {
  const at = bits + (<usize>(id >> 6) << 3);
  const word = load<u64>(at);
  const bit = <u64>1 << (id & 63);
  if (word & bit) return false;
  store<u64>(at, word | bit);
  return true;
}

/** Sets the bits of a list of ids. */
// @ts-ignore: decorator
@inline
export function markAll(bits: usize, list: usize, length: i32): void {
  for (let i = 0; i < length; i++) mark(bits, load<i32>(list + (<usize>i << 2)));
}

/** Whether the bit of `id` is set. */
// @ts-ignore: decorator
@inline
export function isMarked(bits: usize, id: i32): bool {
  return <bool>((load<u64>(bits + (<usize>(id >> 6) << 3)) >> (id & 63)) & 1);
}

/** Clears the bits of a list of ids. */
// @ts-ignore: decorator
@inline
export function unmark(bits: usize, list: usize, length: i32): void {
  for (let i = 0; i < length; i++) store<u64>(bits + (<usize>(load<i32>(list + (<usize>i << 2)) >> 6) << 3), 0);
}
