/** Writing lists of active units into activations. */
import type { Labels, Selection } from './selector.ts';
import type { SparseActivations } from '../layers/activations.ts';

/**
 * Moves lists of `lengths[s]` ids at s * stride together, so that offsets and ids are compressed rows. In place: a list
 * only ever moves towards the front.
 */
export function compactLists(
  output: SparseActivations,
  stride: number,
  lengths: Int32Array,
  batch: number,
): void {
  const { ids, offsets } = output;
  let to = 0;
  for (let s = 0; s < batch; s++) {
    offsets[s] = to;
    const from = s * stride;
    const length = lengths[s]!;
    if (to !== from) ids.copyWithin(to, from, from + length);
    to += length;
  }
  offsets[batch] = to;
}

/** Starts lists at s * stride with each sample's forced units, once each; `lengths` become their numbers. */
export function writeForced(
  forced: Labels | undefined,
  ids: Int32Array,
  lengths: Int32Array,
  stride: number,
  batch: number,
): void {
  for (let s = 0; s < batch; s++) {
    const first = s * stride;
    let to = first;
    const stop = forced ? forced.offsets[s + 1]! : 0;
    for (let i = forced ? forced.offsets[s]! : 0; i < stop && to - first < stride; i++) {
      const id = forced!.ids[i]!;
      let at = first;
      while (at < to && ids[at] !== id) at++;
      if (at === to) ids[to++] = id;
    }
    lengths[s] = to - first;
  }
}

/** Writes lists that selectors make in plain TypeScript: each sample's forced units, then its chosen ones, `maxActive` in all. */
export class ListWriter {
  readonly #mark: Int32Array;
  #stamp = 0;

  constructor(units: number) {
    this.#mark = new Int32Array(units);
  }

  /** `chosen(s)` gives the units that sample s would have; those forced take places at the end of the list. */
  write(
    selection: Selection,
    output: SparseActivations,
    maxActive: number,
    chosen: (sample: number) => ArrayLike<number>,
  ): void {
    const { ids, offsets } = output;
    const mark = this.#mark;
    let to = 0;
    for (let s = 0; s < selection.batch; s++) {
      offsets[s] = to;
      const first = to;
      const stamp = ++this.#stamp;
      for (const id of forcedOf(selection.forced, s)) {
        if (mark[id] === stamp || to - first >= maxActive) continue;
        mark[id] = stamp;
        ids[to++] = id;
      }
      const list = chosen(s);
      for (let i = 0; i < list.length && to - first < maxActive; i++) {
        const id = list[i]!;
        if (mark[id] === stamp) continue;
        mark[id] = stamp;
        ids[to++] = id;
      }
    }
    offsets[selection.batch] = to;
  }
}

function forcedOf(forced: Labels | undefined, sample: number): Int32Array {
  return forced ? forced.ids.subarray(forced.offsets[sample], forced.offsets[sample + 1]) : NONE;
}

const NONE = new Int32Array(0);
