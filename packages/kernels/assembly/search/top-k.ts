// The exact k highest of each row: the oracle that hashing is measured against.

/** Scratch for topK: a histogram of 2,048 counts. */
export function topKScratchBytes(): i32 {
  return 2048 << 2;
}

/** Maps a float's bits to an unsigned integer of the same order. */
// @ts-ignore: decorator
@inline
function key(at: usize): u32 {
  const bits = load<u32>(at);
  return bits ^ (u32(<i32>bits >> 31) | 0x80000000);
}

/**
 * ids[s * k]... = the columns of the k (at most `width`) highest of the `width` values of row s, ascending, for rows
 * begin..end; among equal values the lower columns; -0 ranks below 0. Radix selection: 11, 11 and 10 bits of the order-preserving key.
 */
export function topK(
  ids: usize, values: usize, stride: i32, width: i32, k: i32, begin: i32, end: i32, scratch: usize,
): void {
  for (let s = begin; s < end; s++) {
    const row = values + ((<usize>s * stride) << 2);
    const last = row + (<usize>width << 2);
    let prefix: u32 = 0;
    let mask: u32 = 0;
    let room = k;
    for (let pass = 0; pass < 3; pass++) {
      const shift = pass == 0 ? 21 : pass == 1 ? 10 : 0;
      const digits: u32 = pass == 2 ? 1023 : 2047;
      memory.fill(scratch, 0, <usize>(digits + 1) << 2);
      for (let at = row; at < last; at += 4) {
        const x = key(at);
        if ((x & mask) != prefix) continue;
        const slot = scratch + (<usize>((x >> shift) & digits) << 2);
        store<i32>(slot, load<i32>(slot) + 1);
      }
      let digit = digits;
      while (digit > 0 && room > load<i32>(scratch + (<usize>digit << 2))) {
        room -= load<i32>(scratch + (<usize>digit << 2));
        digit--;
      }
      prefix |= digit << shift;
      mask |= digits << shift;
    }
    // `prefix` is now the k-th highest key; all above it are taken, and the first `room` equal to it.
    let to = ids + ((<usize>s * k) << 2);
    for (let at = row; at < last; at += 4) {
      const x = key(at);
      if (x < prefix) continue;
      if (x == prefix) {
        if (room == 0) continue;
        room--;
      }
      store<i32>(to, <i32>((at - row) >> 2));
      to += 4;
    }
  }
}
