// Hash tables whose buckets hold so many items and no more: a full one replaces what it holds, as in SLIDE.

import { GOLDEN, mix } from '../draws/splitmix';

/**
 * Adds `count` items to tables begin..end: item ids[i] (i itself, where `ids` is 0) to bucket codes[t * codeStride + i] of
 * table t. A bucket has a record of three words at bounds[(t * buckets + b) * 3]: where its items start and end among the
 * table's buckets * capacity slots, and how many items it has seen. A full one replaces
 * - if not `reservoir`: its oldest item (FIFO); what it has seen is then counted from capacity to 2 * capacity - 1 only;
 * - if `reservoir`: an item at random, with probability capacity / n at its n-th item, so that each of them is held with
 *   that probability (Vitter's algorithm R, 1985). Table t draws from the stream whose state is states[t].
 */
export function feedBuckets(
  bounds: usize, slots: usize, capacity: i32, buckets: i32, states: usize, reservoir: i32,
  ids: usize, codes: usize, codeStride: i32, count: i32, begin: i32, end: i32,
): void {
  for (let t = begin; t < end; t++) {
    const own = slots + ((<usize>t * buckets * capacity) << 2);
    const first = bounds + ((<usize>t * buckets * 3) << 2);
    const code = codes + ((<usize>t * codeStride) << 2);
    let state = load<u64>(states + (<usize>t << 3));
    for (let i = 0; i < count; i++) {
      const record = first + ((<usize>load<u32>(code + (<usize>i << 2)) * 3) << 2);
      const start = load<i32>(record);
      const seen = load<u32>(record, 8);
      let place = seen;
      if (seen < <u32>capacity) {
        store<i32>(record, start + seen + 1, 4);
        store<u32>(record, seen + 1, 8);
      } else if (reservoir) {
        // An integer below n without bias (Lemire 2019): of 2^32 fractions, those that would favour some are drawn again.
        const n = seen + 1;
        let product: u64;
        do {
          state += GOLDEN;
          product = (mix(state) >> 32) * <u64>n;
        } while (<u32>product < n && <u32>product < (<u32>0 - n) % n);
        place = <u32>(product >> 32);
        // From 2^32 - 2 on the count stays.
        store<u32>(record, seen + u32(seen < 0xfffffffe), 8);
      } else {
        place = seen - capacity;
        store<u32>(record, place + 1 == <u32>capacity ? capacity : seen + 1, 8);
      }
      if (place < <u32>capacity) store<i32>(own + (<usize>(start + place) << 2), ids ? load<i32>(ids + (<usize>i << 2)) : i);
    }
    store<u64>(states + (<usize>t << 3), state);
  }
}
