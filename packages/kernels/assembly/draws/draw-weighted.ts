// Units drawn without replacement, each with a probability of its own, and what each must count for so that sums over the
// drawn estimate sums over all without bias: the negatives of a sampled softmax.

import { endOfGroup, firstState, isMarked, markAll, unmark } from './draw';
import { drawCommon, fillFromGroup, newGroup, ownOf, stateAfter } from './draw-shared';
import { GOLDEN, mix } from './splitmix';

/** Bytes of a unit's entry in the alias table: threshold, alias, probability and its logarithm. */
const ENTRY: usize = 16;

/**
 * Fills the lists (lengths[s] distinct ids at ids[s * limit], which are certain) of groups begin..end of `count` samples up to
 * `limit` (at most `units`): units are drawn one after the other with the probabilities of the alias table (Walker 1977), and those
 * already listed are passed over. The `shared` samples of a group have one sequence of draws; see draw-shared.ts.
 *
 * corrections[s * limit + i], unless `corrections` is 0, becomes 0 for the certain ones and -log of the probability of
 * inclusion, given a threshold, for the others. The draws are the events of a Poisson process of rate 1, so that the
 * first times of the units are independent exponentials of rates q; the threshold T is the first time of the first unit
 * that has no place any more. Given the other units' times, unit i is drawn with probability 1 - exp(-q_i T): the
 * Horvitz-Thompson weights of priority sampling (Duffield, Lund and Thorup, JACM 2007), without bias though the size of
 * the sample is fixed. Marks and times of the process are independent, so T is drawn once the number of draws is known.
 */
export function drawWeighted(
  ids: usize, lengths: usize, corrections: usize, entries: usize, limit: i32, units: i32, seed: u32, step: u32, shared: i32,
  count: i32, begin: i32, end: i32, scratch: usize,
): void {
  const group = newGroup(units, limit, entries, scratch);
  for (let g = begin; g < end; g++) {
    const first = g * shared;
    const last = endOfGroup(g, shared, count);
    const state = firstState(seed, step, g);
    if (limit < units) drawCommon(group, ids, lengths, limit, state, first, last);
    for (let s = first; s < last; s++) {
      const list = ids + ((<usize>s * limit) << 2);
      const own = corrections ? corrections + ((<usize>s * limit) << 2) : 0;
      const certain = load<i32>(lengths + (<usize>s << 2));
      if (own) memory.fill(own, 0, <usize>limit << 2);
      if (limit == units) listRest(list, certain, limit, group);
      else if (certain < limit) {
        const draws = fillFromGroup(group, list, certain, limit, own != 0);
        if (own) correct(own, list, certain, limit, entries, timeOf(draws, stateAfter(state, draws)));
      }
      store<i32>(lengths + (<usize>s << 2), limit);
    }
  }
}

/** Adds those of `limit` units that a list of `certain` ones does not have, ascending. */
function listRest(list: usize, certain: i32, limit: i32, group: usize): void {
  const own = ownOf(group);
  markAll(own, list, certain);
  for (let id = 0, i = certain; id < limit; id++) {
    if (isMarked(own, id)) continue;
    store<i32>(list + (<usize>i << 2), id);
    i++;
  }
  unmark(own, list, certain);
}

/** When the last of so many events of a Poisson process of rate 1 is: a sum of exponentials, by the product of uniforms. */
function timeOf(draws: i32, state: u64): f64 {
  let time: f64 = 0;
  let product: f64 = 1;
  for (let d = 0; d < draws; d++) {
    state += GOLDEN;
    product *= (<f64>(mix(state) >> 11) + 0.5) * (1.0 / 9007199254740992.0);
    // So many factors of 2^-54 or more do not underflow.
    if ((d & 15) == 15) {
      time -= Math.log(product);
      product = 1;
    }
  }
  return time - Math.log(product);
}

/** corrections[i] = -log(1 - exp(-q_i * time)), for i from `first` up to `last`. */
function correct(corrections: usize, list: usize, first: i32, last: i32, entries: usize, time: f64): void {
  const t = <f32>time;
  const logT = <f32>Math.log(time);
  for (let i = first; i < last; i++) {
    const entry = entries + <usize>load<i32>(list + (<usize>i << 2)) * ENTRY;
    const x = load<f32>(entry, 8) * t;
    let log: f32;
    if (x < 0.5) {
      // log((1 - e^-x) / x) by its series; what follows is below 1e-7.
      const y = x * x;
      log = load<f32>(entry, 12) + logT - x * 0.5 + y * (<f32>(1.0 / 24.0) - y * <f32>(1.0 / 2880.0));
    } else {
      log = Mathf.log(1 - Mathf.exp(-x));
    }
    store<f32>(corrections + (<usize>i << 2), -log);
  }
}
