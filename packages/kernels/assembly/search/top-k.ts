// The exact k highest of each row: the oracle that hashing is measured against.

/** Bits of a key that the first look tells apart, and the second; the third has the last ten. */
const DIGITS: i32 = 2048;

/** Scratch for topK: a histogram of 2,048 counts, and the columns of a row that may be among the highest. */
export function topKScratchBytes(width: i32): i32 {
  return (DIGITS + width) << 2;
}

/** Maps a float's bits to an unsigned integer of the same order. */
// @ts-ignore: decorator
@inline
function key(at: usize): u32 {
  const bits = load<u32>(at);
  return bits ^ (u32(<i32>bits >> 31) | 0x80000000);
}

/** The digit of the `room`-th highest of what a histogram of `digits` + 1 counts; `left` is then what is wanted of it. */
let left: i32 = 0;

// @ts-ignore: decorator
@inline
function digitOf(histogram: usize, digits: u32, room: i32): u32 {
  let digit = digits;
  while (digit > 0 && room > load<i32>(histogram + (<usize>digit << 2))) {
    room -= load<i32>(histogram + (<usize>digit << 2));
    digit--;
  }
  left = room;
  return digit;
}

/**
 * ids[s * k]... = the columns of the k (at most `width`) highest of the `width` values of row s, ascending, for rows
 * begin..end; among equal values the lower columns; -0 ranks below 0. Radix selection by 11, 11 and 10 bits of the
 * order-preserving key. After the first 11 few columns are left: they are found four at a time, and only they are looked at
 * again.
 */
export function topK(
  ids: usize, values: usize, stride: i32, width: i32, k: i32, begin: i32, end: i32, scratch: usize,
): void {
  const list = scratch + (DIGITS << 2);
  for (let s = begin; s < end; s++) {
    const row = values + ((<usize>s * stride) << 2);
    memory.fill(scratch, 0, DIGITS << 2);
    const last = row + (<usize>width << 2);
    for (let at = row; at < last; at += 4) {
      const slot = scratch + (<usize>(key(at) >> 21) << 2);
      store<i32>(slot, load<i32>(slot) + 1);
    }
    let prefix = digitOf(scratch, DIGITS - 1, k) << 21;
    const found = atLeast(list, row, width, prefix);
    const stop = list + (<usize>found << 2);
    let mask: u32 = <u32>(DIGITS - 1) << 21;
    for (let pass = 1; pass < 3; pass++) {
      const shift = pass == 1 ? 10 : 0;
      const digits: u32 = pass == 1 ? DIGITS - 1 : 1023;
      memory.fill(scratch, 0, <usize>(digits + 1) << 2);
      for (let at = list; at < stop; at += 4) {
        const x = key(row + (<usize>load<u32>(at) << 2));
        if ((x & mask) != prefix) continue;
        const slot = scratch + (<usize>((x >> shift) & digits) << 2);
        store<i32>(slot, load<i32>(slot) + 1);
      }
      prefix |= digitOf(scratch, digits, left) << shift;
      mask |= digits << shift;
    }
    // `prefix` is now the k-th highest key; all above it are taken, and the first `left` equal to it.
    let room = left;
    let to = ids + ((<usize>s * k) << 2);
    for (let at = list; at < stop; at += 4) {
      const column = load<u32>(at);
      const x = key(row + (<usize>column << 2));
      if (x < prefix) continue;
      if (x == prefix) {
        if (room == 0) continue;
        room--;
      }
      store<u32>(to, column);
      to += 4;
    }
  }
}

/** Lists the columns whose key is `bound` or more; how many they are. */
function atLeast(list: usize, row: usize, width: i32, bound: u32): i32 {
  // As signed integers, which vectors compare.
  const least = i32x4.splat(<i32>(bound ^ 0x80000000));
  let found = 0;
  let j = 0;
  for (; j + 4 <= width; j += 4) {
    const bits = v128.load(row + (<usize>j << 2));
    const keys = v128.xor(bits, i32x4.shr_u(i32x4.shr_s(bits, 31), 1));
    for (let chosen = i32x4.bitmask(i32x4.ge_s(keys, least)); chosen != 0; chosen &= chosen - 1) {
      store<i32>(list + (<usize>found << 2), j + ctz(chosen));
      found++;
    }
  }
  for (; j < width; j++) {
    store<i32>(list + (<usize>found << 2), j);
    found += i32(key(row + (<usize>j << 2)) >= bound);
  }
  return found;
}
