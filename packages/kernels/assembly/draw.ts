// Random units for lists of active ones: dropout, padding, and the negatives of a sampled softmax. A sample's draws
// depend on the seed, the step and the sample (or group of samples) only, so that any thread can make them.

import { GOLDEN, mix } from './splitmix';

/** Scratch for drawUnits: a bit a unit. */
export function drawScratchBytes(units: i32): i32 {
  return ((units + 63) >> 6) << 3;
}

/**
 * Fills lists begin..end (lengths[s] ids at ids[s * limit], distinct, below `units`) up to `limit` (at most `units`) with
 * distinct units drawn uniformly from those that they do not have; lengths become `limit`. Every `shared` (1 or more)
 * samples in a row have one sequence of draws, from which each skips what it has.
 */
export function drawUnits(
  ids: usize, lengths: usize, limit: i32, units: i32, seed: u32, step: u32, shared: i32, begin: i32, end: i32, scratch: usize,
): void {
  memory.fill(scratch, 0, <usize>drawScratchBytes(units));
  for (let s = begin; s < end; s++) {
    const list = ids + ((<usize>s * limit) << 2);
    const length = load<i32>(lengths + (<usize>s << 2));
    for (let i = 0; i < length; i++) {
      const id = load<i32>(list + (<usize>i << 2));
      const at = scratch + (<usize>(id >> 6) << 3);
      store<u64>(at, load<u64>(at) | (<u64>1 << (id & 63)));
    }
    let state = mix(mix((<u64>seed << 32) | <u64>step) + <u64>(s / shared));
    for (let i = length; i < limit; ) {
      state += GOLDEN;
      const id = <i32>(((mix(state) >> 32) * <u64>units) >> 32);
      const at = scratch + (<usize>(id >> 6) << 3);
      const word = load<u64>(at);
      const bit = <u64>1 << (id & 63);
      if (word & bit) continue;
      store<u64>(at, word | bit);
      store<i32>(list + (<usize>i << 2), id);
      i++;
    }
    store<i32>(lengths + (<usize>s << 2), limit);
    for (let i = 0; i < limit; i++) store<u64>(scratch + (<usize>(load<i32>(list + (<usize>i << 2)) >> 6) << 3), 0);
  }
}
