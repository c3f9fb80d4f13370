// Asking the tables: a query's buckets are streamed, and collisions counted in one flat array of counters.

/** Buckets whose bounds and first items are fetched at a time, before any is streamed. */
const AHEAD = 16;

/**
 * Scratch for `lookup` over `count` items: a 16-bit counter and a place in the candidate list for each, a histogram, and
 * the buckets that are fetched ahead.
 */
export function lookupScratchBytes(count: i32, tables: i32): i32 {
  return (((count << 1) + 15) & ~15) + (count << 2) + ((tables + 2) << 4) + (AHEAD << 3) + 4;
}

/**
 * Counts the items in the bucket of `code`: each has its counter raised, and those whose counter was 0 are listed after
 * the `found` of `met`. The new length of that list.
 */
// @ts-ignore: decorator
@inline
function stream(counters: usize, met: usize, found: i32, at: usize, stop: usize, tables: i32): i32 {
  for (; at < stop; at += 4) {
    const id = load<i32>(at);
    const counter = counters + (<usize>id << 1);
    const c = <i32>load<u16>(counter);
    // Written whether or not it is new, so that there is no branch to mispredict; a later item overwrites it.
    store<i32>(met + (<usize>found << 2), id);
    found += i32(c == 0);
    store<u16>(counter, <u16>(c + i32(c < tables)));
  }
  return found;
}

/** Items of a query that have `least` collisions or more. Globals belong to a thread, unlike memory. */
let reached: i32 = 0;

/** The same, and adds to `reached` those whose counter becomes `least`: once each, though a bucket may hold one twice. */
function streamReached(
  counters: usize, met: usize, found: i32, at: usize, stop: usize, tables: i32, least: i32,
): i32 {
  for (; at < stop; at += 4) {
    const id = load<i32>(at);
    const counter = counters + (<usize>id << 1);
    const c = <i32>load<u16>(counter);
    const raised = c + i32(c < tables);
    store<i32>(met + (<usize>found << 2), id);
    found += i32(c == 0);
    reached += i32(raised == least) & i32(c != least);
    store<u16>(counter, <u16>raised);
  }
  return found;
}

/**
 * For queries begin..end: the items found in the buckets of their codes, at most `limit`, to ids[query * limit], their
 * number to lengths[query], and their numbers of collisions to collisions[query * limit] unless that is 0. The query's
 * codes of table t are codes[(t * probes + p) * codeStride + query] for p from 0 to probes - 1, no two the same. Bucket b
 * of table t holds items[t * itemStride + i] for i from bounds[t * tableStride + b * boundStride] up to the word after it:
 * for tables as built by buildTables, the strides are buckets + 1 and 1.
 *
 * Only items with `least` (1 to tables) collisions or more are found. `ranked`: those with the most collisions, among
 * equals those met first; they come in the order met, not of rank. Not ranked: the union, tables visited in order until
 * `limit` are found. Either way candidates[query] counts all that were found in the tables visited, and visited[query],
 * unless that is 0, these tables.
 * The forced items forcedOffsets[query].. of `forced` (0 for none) come first, whether they are met or not.
 */
export function lookup(
  ids: usize, lengths: usize, collisions: usize, candidates: usize, visited: usize,
  codes: usize, codeStride: i32, probes: i32,
  bounds: usize, boundStride: i32, tableStride: i32, items: usize, itemStride: i32,
  tables: i32, count: i32, limit: i32, least: i32, ranked: i32, forcedOffsets: usize, forced: usize,
  begin: i32, end: i32, scratch: usize,
): void {
  const counters = scratch;
  const met = scratch + (((<usize>count << 1) + 15) & ~15);
  const histogram = met + (<usize>count << 2);
  const ahead = histogram + (<usize>(tables + 2) << 4);
  memory.fill(counters, 0, <usize>count << 1);
  for (let s = begin; s < end; s++) {
    let found = 0;
    if (forced) {
      const stop = load<i32>(forcedOffsets + (<usize>s << 2), 4);
      for (let i = load<i32>(forcedOffsets + (<usize>s << 2)); i < stop && found < limit; i++) {
        const id = load<i32>(forced + (<usize>i << 2));
        const counter = counters + (<usize>id << 1);
        if (load<u16>(counter)) continue;
        // One above what tables can give: first in rank, taken off again when collisions are written.
        store<u16>(counter, <u16>(tables + 1));
        store<i32>(met + (<usize>found << 2), id);
        found++;
      }
    }
    reached = found;
    const lookups = tables * probes;
    let t = 0;
    let probe = 0;
    for (let first = 0; first < lookups; first += AHEAD) {
      if (!ranked && probe == 0 && (least == 1 ? found : reached) >= limit) break;
      const block = min(AHEAD, lookups - first);
      // Far apart in memory, and in no need of each other: fetched at once they take hardly longer than one.
      let touched = 0;
      let table = first / probes;
      let next = (table + 1) * probes;
      for (let l = 0; l < block; l++) {
        if (first + l == next) {
          table++;
          next += probes;
        }
        const code = <usize>load<u32>(codes + ((<usize>(first + l) * codeStride + s) << 2));
        const bucket = bounds + ((<usize>table * tableStride + code * boundStride) << 2);
        const own = items + ((<usize>table * itemStride) << 2);
        const at = own + (<usize>load<i32>(bucket) << 2);
        const stop = own + (<usize>load<i32>(bucket, 4) << 2);
        store<u32>(ahead + (<usize>l << 3), <u32>at);
        store<u32>(ahead + (<usize>l << 3), <u32>stop, 4);
        // An empty bucket has no first item.
        touched += load<i32>(select(ahead, at, at == stop));
      }
      store<i32>(ahead + (AHEAD << 3), touched);
      let l = 0;
      for (; l < block; l++) {
        if (!ranked && probe == 0 && (least == 1 ? found : reached) >= limit) break;
        const at = <usize>load<u32>(ahead + (<usize>l << 3));
        const stop = <usize>load<u32>(ahead + (<usize>l << 3), 4);
        found = ranked || least == 1
          ? stream(counters, met, found, at, stop, tables)
          : streamReached(counters, met, found, at, stop, tables, least);
        if (++probe == probes) {
          probe = 0;
          t++;
        }
      }
      if (l < block) break;
    }
    if (visited) store<i32>(visited + (<usize>s << 2), t);
    if (least > 1) {
      // Those with too few collisions leave the list, and their counters are as for the next query.
      const all = found;
      found = 0;
      for (let i = 0; i < all; i++) {
        const id = load<i32>(met + (<usize>i << 2));
        const counter = counters + (<usize>id << 1);
        const c = <i32>load<u16>(counter);
        store<i32>(met + (<usize>found << 2), id);
        found += i32(c >= least);
        store<u16>(counter, <u16>select(c, 0, c >= least));
      }
    }
    store<i32>(candidates + (<usize>s << 2), found);
    const to = ids + ((<usize>s * limit) << 2);
    let taken = 0;
    if (found <= limit || !ranked) {
      taken = min(found, limit);
      memory.copy(to, met, <usize>taken << 2);
    } else {
      // Four histograms by turns, for most items have one collision, and would wait for each other.
      memory.fill(histogram, 0, <usize>(tables + 2) << 4);
      for (let i = 0; i < found; i++) {
        const c = <usize>load<u16>(counters + (<usize>load<i32>(met + (<usize>i << 2)) << 1));
        const slot = histogram + (((c << 2) + <usize>(i & 3)) << 2);
        store<i32>(slot, load<i32>(slot) + 1);
      }
      // Collisions c and more fit for every c above `bar`; of those with exactly `bar`, the first `room`.
      let bar = tables + 1;
      let room = limit;
      for (; ; bar--) {
        const slot = histogram + (<usize>bar << 4);
        const equal = load<i32>(slot) + load<i32>(slot, 4) + load<i32>(slot, 8) + load<i32>(slot, 12);
        if (room < equal) break;
        room -= equal;
      }
      for (let i = 0; taken < limit; i++) {
        const id = load<i32>(met + (<usize>i << 2));
        const c = <i32>load<u16>(counters + (<usize>id << 1));
        store<i32>(to + (<usize>taken << 2), id);
        taken += i32(c > bar) | (i32(c == bar) & i32(room > 0));
        room -= i32(c == bar);
      }
    }
    store<i32>(lengths + (<usize>s << 2), taken);
    if (collisions) {
      for (let i = 0; i < taken; i++) {
        const c = <i32>load<u16>(counters + (<usize>load<i32>(to + (<usize>i << 2)) << 1));
        store<i32>(collisions + ((<usize>s * limit + i) << 2), c > tables ? 0 : c);
      }
    }
    for (let i = 0; i < found; i++) store<u16>(counters + (<usize>load<i32>(met + (<usize>i << 2)) << 1), 0);
  }
}

/** Sorts each of lists begin..end (lengths[s] ids below `count` at ids[s * stride]) in place, through a bitmap in scratch. */
export function sortIds(ids: usize, stride: i32, lengths: usize, count: i32, begin: i32, end: i32, scratch: usize): void {
  const words = (count + 63) >> 6;
  memory.fill(scratch, 0, <usize>words << 3);
  for (let s = begin; s < end; s++) {
    const list = ids + ((<usize>s * stride) << 2);
    const length = load<i32>(lengths + (<usize>s << 2));
    for (let i = 0; i < length; i++) {
      const id = load<i32>(list + (<usize>i << 2));
      const at = scratch + (<usize>(id >> 6) << 3);
      store<u64>(at, load<u64>(at) | (<u64>1 << (id & 63)));
    }
    let to = list;
    for (let w = 0; w < words; w++) {
      let word = load<u64>(scratch + (<usize>w << 3));
      if (word == 0) continue;
      store<u64>(scratch + (<usize>w << 3), 0);
      while (word != 0) {
        store<i32>(to, (w << 6) + i32(ctz(word)));
        to += 4;
        word &= word - 1;
      }
    }
  }
}
