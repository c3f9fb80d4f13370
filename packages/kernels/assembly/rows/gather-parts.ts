// Sums of rows by parts of the rows, where the rows are going to be updated: a thread reads those that it updates on the way back.
// They are in its own caches still, and in no other's, from which an update would have to take each line.

import { Rows, Sparse } from '../layout';
import { sumListed } from './gather-rows';

/**
 * As gatherRows, in parts: part p of a sum is of the rows from visits[p * grain] on, `grain` of `visited`, which ascend, as the lists
 * of the samples do. Parts begin..end, each `batch` rows of `stride` floats, go to `partials`; the first has the bias, and
 * sumPartials adds them in order.
 */
export function gatherParts(
  partials: usize, stride: i32, batch: i32, bias: usize, rowsAt: usize, visits: usize, xAt: usize, visited: i32, grain: i32,
  begin: i32, end: i32,
): void {
  const rows = changetype<Rows>(rowsAt);
  const x = changetype<Sparse>(xAt);
  for (let p = begin; p < end; p++) {
    const low = firstRow(visits, p, visited, grain);
    const high = firstRow(visits, p + 1, visited, grain);
    for (let s = 0; s < batch; s++) {
      const y = partials + (<usize>(p * batch + s) * <usize>stride << 2);
      const stop = endOf(x, s);
      const from = firstFrom(x.ids, endOf(x, s - 1), stop, low);
      sumPart(y, p == 0 ? bias : 0, rows, x, from, firstFrom(x.ids, from, stop, high));
    }
  }
}

/** The sums themselves, of samples begin..end, with the bits of gatherParts and sumPartials. */
export function gatherInParts(
  out: usize, stride: i32, bias: usize, rowsAt: usize, visits: usize, xAt: usize, visited: i32, grain: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const rows = changetype<Rows>(rowsAt);
  const x = changetype<Sparse>(xAt);
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  for (let s = begin; s < end; s++) {
    const y = out + (<usize>s * <usize>stride << 2);
    const stop = endOf(x, s);
    let from = endOf(x, s - 1);
    for (let p = 0; p == 0 || p * grain < visited; p++) {
      const to = firstFrom(x.ids, from, stop, firstRow(visits, p + 1, visited, grain));
      sumPart(p == 0 ? y : scratch, p == 0 ? bias : 0, rows, x, from, to);
      if (p > 0) for (let k: usize = 0; k < bytes; k += 16) v128.store(y + k, f32x4.add(v128.load(y + k), v128.load(scratch + k)));
      from = to;
    }
  }
}

/** The first row of part `p`; of what is after the last part, one that is none. */
// @ts-ignore: decorator
@inline
function firstRow(visits: usize, p: i32, visited: i32, grain: i32): i32 {
  return p * grain < visited ? load<i32>(visits + (<usize>(p * grain) << 2)) : i32.MAX_VALUE;
}

/** Where the list of sample `s` ends and that of the next one begins, in bytes. */
// @ts-ignore: decorator
@inline
function endOf(x: Sparse, s: i32): usize {
  return <usize>load<i32>(x.offsets + (<usize>(s + 1) << 2)) << 2;
}

/** The sum at `y` of what is listed from byte `first` to `stop`, and of the bias, if there is one. */
function sumPart(y: usize, bias: usize, rows: Rows, x: Sparse, first: usize, stop: usize): void {
  sumListed(y, bias, rows.width, rows.weights, <usize>rows.stride << 2, x.ids, x.values, first, stop);
}

/** The first place of an ascending list, between bytes `first` and `stop`, whose id is `low` or more. */
function firstFrom(ids: usize, first: usize, stop: usize, low: i32): usize {
  while (first < stop) {
    const middle = first + ((stop - first) >> 3 << 2);
    if (load<i32>(ids + middle) < low) first = middle + 4;
    else stop = middle;
  }
  return first;
}
