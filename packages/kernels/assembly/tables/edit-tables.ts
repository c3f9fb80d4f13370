// Hash tables that stand edits: as in tables.ts, but every bucket has room to grow, and what outgrows it moves to the end of
// the table. Buckets stay in one piece and ascending, so that queries are as fast as ever and see no history; a table
// whose end is full is laid out anew from its codes.

/** The code of an item that is in no bucket. */
const NONE: u32 = 0xffffffff;

/** Words of a bucket's record: where its items start and end, and where its room ends. */
const RECORD = 3;

/**
 * Slots of a table over `count` items: an eighth is room of the buckets, a half the end where they move to. It is a bound for
 * every distribution of items to buckets: each item is in one bucket, so that buckets of n1, n2, ... items are laid out in
 * the sum of n + floor(n / 8) slots, at most count + floor(count / 8); and a bucket moves to the end only where it fits.
 */
export function editSlots(count: i32): i32 {
  return count + (count >> 3) + (count >> 1) + 16;
}

/** Lays out a table from its codes: a counting sort that leaves a bucket of n items room for n / 8 more. */
function layTable(bounds: usize, tail: usize, slots: usize, codes: usize, count: i32, buckets: i32): void {
  memory.fill(bounds, 0, (<usize>buckets * RECORD) << 2);
  const stop = codes + (<usize>count << 2);
  for (let at = codes; at < stop; at += 4) {
    const code = load<u32>(at);
    if (code == NONE) continue;
    const record = bounds + ((<usize>code * RECORD) << 2);
    store<i32>(record, load<i32>(record, 4) + 1, 4);
  }
  let before = 0;
  const last = bounds + ((<usize>buckets * RECORD) << 2);
  for (let record = bounds; record < last; record += RECORD << 2) {
    const size = load<i32>(record, 4);
    store<i32>(record, before);
    // A cursor, and at last where the items end.
    store<i32>(record, before, 4);
    before += size + (size >> 3);
    store<i32>(record, before, 8);
  }
  store<i32>(tail, before);
  for (let i = 0; i < count; i++) {
    const code = load<u32>(codes + (<usize>i << 2));
    if (code == NONE) continue;
    const record = bounds + ((<usize>code * RECORD) << 2);
    const to = load<i32>(record, 4);
    store<i32>(record, to + 1, 4);
    store<i32>(slots + (<usize>to << 2), i);
  }
}

/** Where in the ascending ids at..stop the first one is that is not below `id`. */
// @ts-ignore: decorator
@inline
function placeOf(at: usize, stop: usize, id: i32): usize {
  let length = (stop - at) >> 2;
  while (length > 0) {
    const half = length >> 1;
    const middle = at + (half << 2);
    const below = load<i32>(middle) < id;
    at = select(middle + 4, at, below);
    length = select(length - half - 1, half, below);
  }
  return at;
}

function removeItem(record: usize, slots: usize, id: i32): void {
  const end = load<i32>(record, 4) - 1;
  const stop = slots + (<usize>end << 2);
  const at = placeOf(slots + (<usize>load<i32>(record) << 2), stop, id);
  memory.copy(at, at + 4, stop - at);
  store<i32>(record, end, 4);
}

/** Whether there was room. */
function insertItem(record: usize, tail: usize, slots: usize, slotCount: i32, id: i32): bool {
  let start = load<i32>(record);
  let end = load<i32>(record, 4);
  if (end == load<i32>(record, 8)) {
    const size = end - start;
    const room = size + (size >> 1) + 2;
    const to = load<i32>(tail);
    if (room > slotCount - to) return false;
    memory.copy(slots + (<usize>to << 2), slots + (<usize>start << 2), <usize>size << 2);
    start = to;
    end = to + size;
    store<i32>(record, start);
    store<i32>(record, to + room, 8);
    store<i32>(tail, to + room);
  }
  const stop = slots + (<usize>end << 2);
  const at = placeOf(slots + (<usize>start << 2), stop, id);
  memory.copy(at + 4, at, stop - at);
  store<i32>(at, id);
  store<i32>(record, end + 1, 4);
  return true;
}

/** Edits whose buckets are on their way to the cache while those before are made. */
const AHEAD = 16;

/** Of no use, but that a compiler must not leave out reads whose result is stored. */
let read: i32 = 0;

/** Reads the record of a bucket, and the middle of its items, at which a search looks first. */
// @ts-ignore: decorator
@inline
function touchBucket(record: usize, slots: usize): i32 {
  return load<i32>(slots + (<usize>((load<i32>(record) + load<i32>(record, 4)) >> 1) << 2));
}

/** Touches what so many edits will change; their codes first, so that no read waits for another. */
function touchEdits(bounds: usize, slots: usize, codes: usize, ids: usize, given: usize, edits: i32): void {
  let all = 0;
  for (let i = 0; i < edits; i++) all |= load<i32>(codes + (<usize>load<i32>(ids + (<usize>i << 2)) << 2));
  for (let i = 0; i < edits; i++) {
    const before = load<u32>(codes + (<usize>load<i32>(ids + (<usize>i << 2)) << 2));
    if (before != NONE) all |= touchBucket(bounds + ((<usize>before * RECORD) << 2), slots);
    if (given) all |= touchBucket(bounds + ((<usize>load<u32>(given + (<usize>i << 2)) * RECORD) << 2), slots);
  }
  read = all;
}

/**
 * Gives items new codes in tables begin..end over `count` items: item ids[i] gets given[t * edits + i] in table t, or NONE
 * where `given` is 0. Table t has its codes at codes[t * count], the records of its buckets at bounds[t * buckets * 3],
 * editSlots(count) slots for its items, and in tails[t] how many of these are taken. Bucket b holds the items whose code it
 * is, ascending. So many edits that this is less work lay out the table anew; none and `given` 0 do, too.
 */
export function editTables(
  bounds: usize, tails: usize, slots: usize, codes: usize, count: i32, buckets: i32,
  ids: usize, given: usize, edits: i32, begin: i32, end: i32,
): void {
  const slotCount = editSlots(count);
  // An edit costs about as much as laying out a hundred items does: some ten lines that are not in the cache.
  const bulk = edits == 0 || edits > ((count + buckets) >> 7) + 4;
  for (let t = begin; t < end; t++) {
    const first = bounds + ((<usize>t * buckets * RECORD) << 2);
    const tail = tails + (<usize>t << 2);
    const own = slots + ((<usize>t * slotCount) << 2);
    const code = codes + ((<usize>t * count) << 2);
    for (let i = 0; i < edits; i++) {
      if (!bulk && i % AHEAD == 0) {
        const some = given ? given + ((<usize>t * edits + i) << 2) : 0;
        touchEdits(first, own, code, ids + (<usize>i << 2), some, min(AHEAD, edits - i));
      }
      const id = load<i32>(ids + (<usize>i << 2));
      const at = code + (<usize>id << 2);
      const before = load<u32>(at);
      const after = given ? load<u32>(given + ((<usize>t * edits + i) << 2)) : NONE;
      if (before == after) continue;
      store<u32>(at, after);
      if (bulk) continue;
      if (before != NONE) removeItem(first + ((<usize>before * RECORD) << 2), own, id);
      if (after == NONE) continue;
      if (insertItem(first + ((<usize>after * RECORD) << 2), tail, own, slotCount, id)) continue;
      layTable(first, tail, own, code, count, buckets);
    }
    if (bulk) layTable(first, tail, own, code, count, buckets);
  }
}
