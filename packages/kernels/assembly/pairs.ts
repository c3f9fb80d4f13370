// A batch's (sample, row) pairs, sorted by row: after this each row of the weights is visited once a batch, not once a
// sample, and each thread can own a range of rows.

import { Pairs } from './layout';

/**
 * Counting sort of the pairs of rows begin..end: `ids` holds the rows that each of `batch` samples chose, sample s at
 * offsets[s]..offsets[s + 1]. Stable: the pairs of a row stay in the order of samples. Each range is sorted on its own
 * from the whole list, so that ranges can run at once.
 */
export function sortPairs(pairsAt: usize, offsets: usize, ids: usize, batch: i32, begin: i32, end: i32): void {
  const pairs = changetype<Pairs>(pairsAt);
  const positions = pairs.positions;
  const samples = pairs.samples;
  // ends[r] counts row r's pairs, then is where its next pair goes, and so at last where row r + 1 starts.
  const ends = pairs.starts + 4;
  const count = load<i32>(offsets + (<usize>batch << 2));
  memory.fill(ends + (<usize>begin << 2), 0, <usize>(end - begin) << 2);
  if (begin == 0) store<i32>(pairs.starts, 0);
  let before = 0;
  const last = ids + (<usize>count << 2);
  for (let at = ids; at < last; at += 4) {
    const id = load<i32>(at);
    if (id < begin) before++;
    else if (id < end) {
      const slot = ends + (<usize>id << 2);
      store<i32>(slot, load<i32>(slot) + 1);
    }
  }
  for (let r = begin; r < end; r++) {
    const slot = ends + (<usize>r << 2);
    const length = load<i32>(slot);
    store<i32>(slot, before);
    before += length;
  }
  for (let s = 0; s < batch; s++) {
    const stop = load<i32>(offsets + (<usize>s << 2), 4);
    for (let q = load<i32>(offsets + (<usize>s << 2)); q < stop; q++) {
      const id = load<i32>(ids + (<usize>q << 2));
      if (id < begin || id >= end) continue;
      const slot = ends + (<usize>id << 2);
      const to = load<i32>(slot);
      store<i32>(slot, to + 1);
      store<i32>(positions + (<usize>to << 2), q);
      store<i32>(samples + (<usize>to << 2), s);
    }
  }
}
