// Hash tables whose buckets are bitmaps, beside the lists of tables.ts: a bit for each item. Where a bucket holds one item in
// 64 or more, 128 items are counted in fewer instructions than those among them that are in the bucket would take one by one.

/** Bytes of a bucket's bitmap of `count` items: whole vectors. */
export function bitmapBytes(count: i32): i32 {
  return ((count + 127) >> 7) << 4;
}

/** Makes the bitmaps of tables begin..end over `count` items from their codes, laid out as for buildTables. */
export function buildBitmaps(
  bitmaps: usize, codes: usize, codeStride: i32, count: i32, buckets: i32, begin: i32, end: i32,
): void {
  const bytes = <usize>bitmapBytes(count);
  for (let t = begin; t < end; t++) {
    const code = codes + ((<usize>t * codeStride) << 2);
    const table = bitmaps + <usize>t * <usize>buckets * bytes;
    memory.fill(table, 0, <usize>buckets * bytes);
    for (let i = 0; i < count; i++) {
      const word = table + <usize>load<u32>(code + (<usize>i << 2)) * bytes + (<usize>(i >> 6) << 3);
      store<u64>(word, load<u64>(word) | (<u64>1 << (i & 63)));
    }
  }
}

/** Bitmaps that are added up at a time. */
const GROUP = 8;

/** Bits of a number of collisions with so many buckets, at least those that are counted in registers. */
// @ts-ignore: decorator
@inline
function planesOf(lookups: i32): i32 {
  return max(3, 32 - clz(lookups));
}

/** Scratch for countBitmaps: the bitmaps that a query asks, one that is empty, the planes of the counts, and two sets of items. */
export function countBitmapsScratchBytes(count: i32, tables: i32, probes: i32): i32 {
  const asked = (tables * probes + GROUP) << 2;
  return ((asked + 15) & ~15) + (planesOf(tables * probes) + 3) * bitmapBytes(count);
}

/**
 * As lookup, for tables that have bitmaps: the items with the most collisions, among equals those met first, at most `limit` a
 * query, but ascending. Counts are bit-sliced: plane p has bit p of all items' numbers of collisions, and 128 items' are
 * raised by eight bitmaps at a time (Harley and Seal's carry-save adders; Warren, Hacker's Delight, 5-1).
 */
export function countBitmaps(
  ids: usize, lengths: usize, candidates: usize, codes: usize, codeStride: i32, probes: i32,
  bitmaps: usize, buckets: i32, tables: i32, count: i32, limit: i32, least: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const bytes = <usize>bitmapBytes(count);
  const lookups = tables * probes;
  const groups = (lookups + GROUP - 1) / GROUP;
  const empty = scratch + <usize>(((lookups + GROUP) * 4 + 15) & ~15);
  const chosen = empty + bytes;
  const tied = chosen + bytes;
  const planes = tied + bytes;
  const planeCount = planesOf(lookups);
  memory.fill(empty, 0, bytes);
  for (let l = lookups; l < groups * GROUP; l++) store<u32>(scratch + (<usize>l << 2), <u32>empty);
  for (let s = begin; s < end; s++) {
    for (let t = 0, l = 0; t < tables; t++) {
      for (let p = 0; p < probes; p++, l++) {
        const code = <usize>load<u32>(codes + ((<usize>l * codeStride + s) << 2));
        store<u32>(scratch + (<usize>l << 2), <u32>(bitmaps + (<usize>t * buckets + code) * bytes));
      }
    }
    addUp(scratch, groups, planes, planeCount, bytes);
    const found = atLeast(tied, planes, planeCount, least, bytes);
    store<i32>(candidates + (<usize>s << 2), found);
    const to = ids + ((<usize>s * limit) << 2);
    store<i32>(lengths + (<usize>s << 2), min(found, limit));
    if (found <= limit) {
      list(to, tied, bytes);
      continue;
    }
    memory.fill(chosen, 0, bytes);
    // From the highest bit down: those that have it and those chosen before fit, or the others are out.
    let room = limit;
    for (let p = planeCount - 1; p >= 0; p--) {
      const plane = planes + <usize>p * bytes;
      const higher = countBoth(tied, plane, bytes);
      if (higher <= room) {
        room -= higher;
        for (let i: usize = 0; i < bytes; i += 16) {
          const both = v128.and(v128.load(tied + i), v128.load(plane + i));
          v128.store(chosen + i, v128.or(v128.load(chosen + i), both));
          v128.store(tied + i, v128.xor(v128.load(tied + i), both));
        }
      } else {
        for (let i: usize = 0; i < bytes; i += 16) {
          v128.store(tied + i, v128.and(v128.load(tied + i), v128.load(plane + i)));
        }
      }
    }
    // All that are left have the same number; the first that a walk through the buckets meets are taken.
    for (let l = 0; l < lookups && room > 0; l++) {
      room = takeMet(chosen, tied, <usize>load<u32>(scratch + (<usize>l << 2)), bytes, room);
    }
    list(to, chosen, bytes);
  }
}

/** Adds the bitmaps that `asked` lists up, 128 items at a time. */
// @ts-ignore: decorator
@inline
function addUp(asked: usize, groups: i32, planes: usize, planeCount: i32, bytes: usize): void {
  const last = asked + (<usize>(groups * GROUP) << 2);
  for (let i: usize = 0; i < bytes; i += 16) {
    let ones = i64x2.splat(0), twos = ones, fours = ones;
    for (let p = 3; p < planeCount; p++) v128.store(planes + <usize>p * bytes + i, ones);
    for (let at = asked; at < last; at += GROUP << 2) {
      const a = v128.load(<usize>load<u32>(at) + i), b = v128.load(<usize>load<u32>(at, 4) + i);
      const twosA = carry(ones, a, b);
      ones = v128.xor(v128.xor(ones, a), b);
      const c = v128.load(<usize>load<u32>(at, 8) + i), d = v128.load(<usize>load<u32>(at, 12) + i);
      const twosB = carry(ones, c, d);
      ones = v128.xor(v128.xor(ones, c), d);
      const foursA = carry(twos, twosA, twosB);
      twos = v128.xor(v128.xor(twos, twosA), twosB);
      const e = v128.load(<usize>load<u32>(at, 16) + i), f = v128.load(<usize>load<u32>(at, 20) + i);
      const twosC = carry(ones, e, f);
      ones = v128.xor(v128.xor(ones, e), f);
      const g = v128.load(<usize>load<u32>(at, 24) + i), h = v128.load(<usize>load<u32>(at, 28) + i);
      const twosD = carry(ones, g, h);
      ones = v128.xor(v128.xor(ones, g), h);
      const foursB = carry(twos, twosC, twosD);
      twos = v128.xor(v128.xor(twos, twosC), twosD);
      let over = carry(fours, foursA, foursB);
      fours = v128.xor(v128.xor(fours, foursA), foursB);
      for (let p = 3; p < planeCount; p++) {
        const plane = planes + <usize>p * bytes + i;
        const before = v128.load(plane);
        v128.store(plane, v128.xor(before, over));
        over = v128.and(before, over);
      }
    }
    v128.store(planes + i, ones);
    v128.store(planes + bytes + i, twos);
    v128.store(planes + 2 * bytes + i, fours);
  }
}

/** The bits that two or three of them have. */
// @ts-ignore: decorator
@inline
function carry(a: v128, b: v128, c: v128): v128 {
  return v128.or(v128.and(a, b), v128.and(v128.xor(a, b), c));
}

/** Writes the set of items with `least` collisions or more, and gives their number. */
// @ts-ignore: decorator
@inline
function atLeast(set: usize, planes: usize, planeCount: i32, least: i32, bytes: usize): i32 {
  let found: i64 = 0;
  for (let i: usize = 0; i < bytes; i += 16) {
    let more = i64x2.splat(0), equal = i64x2.splat(-1);
    for (let p = planeCount - 1; p >= 0; p--) {
      const plane = v128.load(planes + <usize>p * bytes + i);
      if ((least >> p) & 1) equal = v128.and(equal, plane);
      else {
        more = v128.or(more, v128.and(equal, plane));
        equal = v128.andnot(equal, plane);
      }
    }
    const all = v128.or(more, equal);
    v128.store(set + i, all);
    found += popcnt(i64x2.extract_lane(all, 0)) + popcnt(i64x2.extract_lane(all, 1));
  }
  return <i32>found;
}

/** How many items both sets have. */
// @ts-ignore: decorator
@inline
function countBoth(a: usize, b: usize, bytes: usize): i32 {
  let both: i64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) both += popcnt(load<i64>(a + i) & load<i64>(b + i));
  return <i32>both;
}

/** Moves items of `bucket` from `tied` to `chosen`, ascending, `room` at most; what is left of that. */
// @ts-ignore: decorator
@inline
function takeMet(chosen: usize, tied: usize, bucket: usize, bytes: usize, room: i32): i32 {
  for (let i: usize = 0; i < bytes && room > 0; i += 8) {
    const left = load<u64>(tied + i);
    let met = left & load<u64>(bucket + i);
    const number = <i32>popcnt(met);
    // Only the lowest ones, where not all fit.
    if (number > room) {
      let rest = met;
      for (let j = 0; j < room; j++) rest &= rest - 1;
      met ^= rest;
    }
    store<u64>(chosen + i, load<u64>(chosen + i) | met);
    store<u64>(tied + i, left ^ met);
    room -= min(number, room);
  }
  return room;
}

/** Writes the items of a set, ascending. */
// @ts-ignore: decorator
@inline
function list(to: usize, set: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) {
    for (let word = load<u64>(set + i); word != 0; word &= word - 1) {
      store<i32>(to, (<i32>i << 3) + i32(ctz(word)));
      to += 4;
    }
  }
}
