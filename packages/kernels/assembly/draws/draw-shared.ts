// Draws that samples in a row share: one sequence of units for all of them, from which each takes what it does not have, until its list
// is full. What all of them take comes last in each list, in the same order: RowPairs sorts that only once.

import { isMarked, mark, markAll, unmark } from './draw';
import { GOLDEN, mix } from './splitmix';

/** The draws of a group of samples. */
@unmanaged
class Group {
  units: i32;
  /** Alias table (see drawWeighted); 0: all units are drawn alike. */
  entries: usize;
  /** Of the random numbers, after `draws` draws; of these `different` were of units that had not come before. */
  state: u64;
  draws: i32;
  different: i32;
  /** A bit a unit: those that have come, and those that are certain for a sample of the group, or for the sample at work. */
  drawn: usize;
  certain: usize;
  own: usize;
  /** Draws that all samples take, and the others, in their order; which draw each of those was. */
  common: usize;
  commonCount: i32;
  others: usize;
  otherCount: i32;
  counts: usize;
}

const GROUP_BYTES: usize = (offsetof<Group>() + 15) & ~15;

/** Scratch for drawUnits and drawWeighted: three bits a unit, and the draws that samples share. */
export function drawSharedScratchBytes(units: i32, limit: i32): i32 {
  return <i32>GROUP_BYTES + 3 * <i32>bitBytes(units) + 3 * ((limit + 1) << 2);
}

/** Bytes of a bit for each of `units` units. */
// @ts-ignore: decorator
@inline
export function bitBytes(units: i32): usize {
  return <usize>((units + 63) >> 6) << 3;
}

/** A group of which nothing is marked, in scratch of drawSharedScratchBytes. It serves one group of samples after the other. */
export function newGroup(units: i32, limit: i32, entries: usize, scratch: usize): usize {
  const group = changetype<Group>(scratch);
  const bytes = bitBytes(units);
  memory.fill(scratch, 0, GROUP_BYTES + 3 * bytes);
  group.units = units;
  group.entries = entries;
  group.drawn = scratch + GROUP_BYTES;
  group.certain = group.drawn + bytes;
  group.own = group.certain + bytes;
  group.common = group.own + bytes;
  group.others = group.common + (<usize>(limit + 1) << 2);
  group.counts = group.others + (<usize>(limit + 1) << 2);
  return scratch;
}

/** Draws from `state` on what samples first..last have in common, if they are several; lists are as for drawUnits. */
export function drawCommon(
  groupAt: usize, ids: usize, lengths: usize, limit: i32, state: u64, first: i32, last: i32,
): void {
  const group = changetype<Group>(groupAt);
  unmark(group.drawn, group.common, group.commonCount);
  unmark(group.drawn, group.others, group.otherCount);
  group.state = state;
  group.draws = group.different = group.commonCount = group.otherCount = 0;
  if (last - first < 2) return;
  let least = limit;
  for (let s = first; s < last; s++) {
    const length = load<i32>(lengths + (<usize>s << 2));
    least = min(least, limit - length);
    markAll(group.certain, ids + ((<usize>s * limit) << 2), length);
  }
  // The sample that needs the fewest takes so many, if none of them is certain for it; the others take more.
  while (group.different < least) {
    const id = drawNext(group);
    if (isMarked(group.certain, id)) addOther(group, id);
    else {
      store<i32>(group.common + (<usize>group.commonCount << 2), id);
      group.commonCount++;
    }
  }
  for (let s = first; s < last; s++) {
    unmark(group.certain, ids + ((<usize>s * limit) << 2), load<i32>(lengths + (<usize>s << 2)));
  }
}

/** Draws a unit that has not come before. */
function drawNext(group: Group): i32 {
  const units = <u64>group.units;
  const entries = group.entries;
  let state = group.state;
  let draws = group.draws;
  let id: i32;
  do {
    state += GOLDEN;
    draws++;
    const bits = mix(state);
    id = <i32>(((bits >> 32) * units) >> 32);
    if (entries) {
      const entry = entries + (<usize>id << 4);
      id = select(id, load<i32>(entry, 4), <u32>bits < load<u32>(entry));
    }
  } while (!mark(group.drawn, id));
  group.state = state;
  group.draws = draws;
  group.different++;
  return id;
}

// @ts-ignore: decorator
@inline
function addOther(group: Group, id: i32): void {
  store<i32>(group.others + (<usize>group.otherCount << 2), id);
  store<i32>(group.counts + (<usize>group.otherCount << 2), group.draws);
  group.otherCount++;
}

/**
 * Fills the list of a sample of the group, which has `length` ids, up to `limit`. Where `next` is set, gives after how many draws the
 * first unit came that has no place any more.
 */
export function fillFromGroup(groupAt: usize, list: usize, length: i32, limit: i32, next: bool): i32 {
  const group = changetype<Group>(groupAt);
  const own = group.own;
  markAll(own, list, length);
  const rest = limit - group.commonCount;
  let i = length, j = 0;
  for (; i < rest; j++) {
    if (j == group.otherCount) addOther(group, drawNext(group));
    const id = load<i32>(group.others + (<usize>j << 2));
    // Written whether or not it is there, so that there is no branch to mispredict; a later one overwrites it.
    store<i32>(list + (<usize>i << 2), id);
    i += i32(!isMarked(own, id));
  }
  let draws = 0;
  for (; next; j++) {
    if (j == group.otherCount) addOther(group, drawNext(group));
    if (isMarked(own, load<i32>(group.others + (<usize>j << 2)))) continue;
    draws = load<i32>(group.counts + (<usize>j << 2));
    break;
  }
  memory.copy(list + (<usize>rest << 2), group.common, <usize>group.commonCount << 2);
  unmark(own, list, length);
  return draws;
}

/** A bit a unit, of which none is set. */
export function ownOf(groupAt: usize): usize {
  return changetype<Group>(groupAt).own;
}

/** The state after so many draws from `state` on. */
// @ts-ignore: decorator
@inline
export function stateAfter(state: u64, draws: i32): u64 {
  return state + <u64>draws * GOLDEN;
}
