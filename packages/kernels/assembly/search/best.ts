// The k best (score, id) of a scan, as a binary heap whose root is the worst of them: what is no better than the root is
// dropped at one comparison. An entry is one u64 of which a greater one is better: the score's bits, mapped to unsigned
// integers of the same order, above the complement of the id, so that among equal scores lower ids come first.
//
// Record: i32 length, f32 score of the root (-Infinity until there are k), 8 bytes of padding, then k entries.

/** Bytes before the entries. */
export const BEST_HEADER: usize = 16;

/** Bytes of a record of k entries. */
// @ts-ignore: decorator
@inline
export function bestBytes(k: i32): usize {
  return BEST_HEADER + (<usize>k << 3);
}

export function clearBest(best: usize): void {
  store<i32>(best, 0);
  store<f32>(best, -Infinity, 4);
}

/** What a score must reach to be among the best, as far as is known. */
// @ts-ignore: decorator
@inline
export function leastOf(best: usize): f32 {
  return load<f32>(best, 4);
}

/** The entry of a score, which is not -0, and the complement of the id that comes first among equals. */
// @ts-ignore: decorator
@inline
export function keyOf(score: f32, id: u32): u64 {
  const bits = reinterpret<u32>(score);
  return (<u64>(bits ^ (u32(<i32>bits >> 31) | 0x80000000)) << 32) | <u64>~id;
}

// @ts-ignore: decorator
@inline
export function scoreOf(key: u64): f32 {
  const high = <u32>(key >> 32);
  return reinterpret<f32>(high ^ (~u32(<i32>high >> 31) | 0x80000000));
}

/** Takes (score, id) in if it is among the k best so far. A score of -0 counts, and is kept, as 0. */
export function offer(best: usize, k: i32, score: f32, id: u32): void {
  const key = keyOf(score + 0, id);
  const heap = best + BEST_HEADER;
  const length = load<i32>(best);
  if (length < k) {
    let at = length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = load<u64>(heap + (<usize>parent << 3));
      if (above <= key) break;
      store<u64>(heap + (<usize>at << 3), above);
      at = parent;
    }
    store<u64>(heap + (<usize>at << 3), key);
    store<i32>(best, length + 1);
    if (length + 1 == k) store<f32>(best, scoreOf(load<u64>(heap)), 4);
  } else if (key > load<u64>(heap)) {
    sink(heap, k, key);
    store<f32>(best, scoreOf(load<u64>(heap)), 4);
  }
}

/** Puts `key` in place of the root of a heap of `length`. */
function sink(heap: usize, length: i32, key: u64): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= length) break;
    let lower = load<u64>(heap + (<usize>child << 3));
    if (child + 1 < length) {
      const other = load<u64>(heap + (<usize>child << 3), 8);
      if (other < lower) {
        lower = other;
        child++;
      }
    }
    if (lower >= key) break;
    store<u64>(heap + (<usize>at << 3), lower);
    at = child;
  }
  store<u64>(heap + (<usize>at << 3), key);
}

/** Sorts the entries, best first, and turns each into what users read: f32 score, u32 id. Nothing can be offered after. */
export function finishBest(best: usize): void {
  sortKeys(best + BEST_HEADER, load<i32>(best));
  decodeBest(best);
}

/** Turns sorted entries into scores and ids. */
export function decodeBest(best: usize): void {
  const entries = best + BEST_HEADER;
  const length = load<i32>(best);
  for (let at = entries; at < entries + (<usize>length << 3); at += 8) {
    const key = load<u64>(at);
    store<f32>(at, scoreOf(key));
    store<u32>(at, ~(<u32>key), 4);
  }
}

/** Below so many keys, sorting by insertion is faster than cutting in two. */
const FEW: i32 = 24;

/** Sorts keys, greatest first: quicksort with the median of three, by insertion at the end. */
export function sortKeys(keys: usize, length: i32): void {
  while (length > FEW) {
    const cut = partition(keys, length);
    // The shorter part by recursion, whose depth is then logarithmic.
    if (cut < length - cut) {
      sortKeys(keys, cut);
      keys += <usize>cut << 3;
      length -= cut;
    } else {
      sortKeys(keys + (<usize>cut << 3), length - cut);
      length = cut;
    }
  }
  insertKeys(keys, length);
}

/**
 * Sorts keys as sortKeys does, many of them in less time: byte by byte of the scores, then runs of equal ones. `other` is
 * scratch for as many keys, `bins` of 1024 bytes.
 */
export function radixSortKeys(keys: usize, length: i32, other: usize, bins: usize): void {
  if (length < 128) {
    sortKeys(keys, length);
    return;
  }
  let from = keys;
  let to = other;
  for (let byte = 4; byte < 8; byte++) {
    memory.fill(bins, 0, 1024);
    const end = from + (<usize>length << 3);
    for (let at = from + byte; at < end; at += 8) {
      const bin = bins + (<usize>load<u8>(at) << 2);
      store<i32>(bin, load<i32>(bin) + 1);
    }
    let before = 0;
    for (let bin = bins + 1020; bin >= bins; bin -= 4) {
      const count = load<i32>(bin);
      store<i32>(bin, before);
      before += count;
    }
    for (let at = from; at < end; at += 8) {
      const bin = bins + (<usize>load<u8>(at + byte) << 2);
      const place = load<i32>(bin);
      store<i32>(bin, place + 1);
      store<u64>(to + (<usize>place << 3), load<u64>(at));
    }
    const sorted = to;
    to = from;
    from = sorted;
  }
  for (let first = 0; first < length; ) {
    const score = load<u32>(keys + (<usize>first << 3), 4);
    let last = first + 1;
    while (last < length && load<u32>(keys + (<usize>last << 3), 4) == score) last++;
    if (last - first > 1) sortKeys(keys + (<usize>first << 3), last - first);
    first = last;
  }
}

/** Cuts different keys in two, 1 or more each: those before the place that it gives are greater than the rest. */
function partition(keys: usize, length: i32): i32 {
  const a = load<u64>(keys);
  const b = load<u64>(keys + (<usize>(length >> 1) << 3));
  const c = load<u64>(keys + (<usize>(length - 1) << 3));
  const pivot = max(min(a, b), min(max(a, b), c));
  let low = keys;
  let high = keys + (<usize>(length - 1) << 3);
  for (;;) {
    while (load<u64>(low) > pivot) low += 8;
    while (load<u64>(high) < pivot) high -= 8;
    if (low >= high) break;
    const x = load<u64>(low);
    store<u64>(low, load<u64>(high));
    store<u64>(high, x);
    low += 8;
    high -= 8;
  }
  // Both parts have a key: the pivot is neither the greatest nor the least of three.
  return <i32>((low - keys) >> 3);
}

function insertKeys(keys: usize, length: i32): void {
  const end = keys + (<usize>length << 3);
  for (let at = keys + 8; at < end; at += 8) {
    const key = load<u64>(at);
    let to = at;
    while (to > keys && load<u64>(to - 8) < key) {
      store<u64>(to, load<u64>(to - 8));
      to -= 8;
    }
    store<u64>(to, key);
  }
}
