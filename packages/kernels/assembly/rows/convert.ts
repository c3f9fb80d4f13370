// Between sparse and dense batches: some products are faster on the dense form of a batch that is not very sparse.

import { Sparse } from '../layout';

/** Writes samples begin..end of a sparse batch as dense rows of `width` floats, `stride` apart. */
export function scatterRows(out: usize, stride: i32, width: i32, xAt: usize, begin: i32, end: i32): void {
  const x = changetype<Sparse>(xAt);
  for (let s = begin; s < end; s++) {
    const row = out + ((<usize>s * stride) << 2);
    memory.fill(row, 0, <usize>((width + 3) >> 2) << 4);
    const last = <usize>load<i32>(x.offsets + (<usize>s << 2), 4) << 2;
    for (let k = <usize>load<i32>(x.offsets + (<usize>s << 2)) << 2; k < last; k += 4) {
      store<f32>(row + (<usize>load<i32>(x.ids + k) << 2), load<f32>(x.values + k));
    }
  }
}

/** The other way: out[k] = the element of the dense row that the k-th non-zero of its sample stands for. */
export function gatherColumns(out: usize, rows: usize, stride: i32, xAt: usize, begin: i32, end: i32): void {
  const x = changetype<Sparse>(xAt);
  for (let s = begin; s < end; s++) {
    const row = rows + ((<usize>s * stride) << 2);
    const last = <usize>load<i32>(x.offsets + (<usize>s << 2), 4) << 2;
    for (let k = <usize>load<i32>(x.offsets + (<usize>s << 2)) << 2; k < last; k += 4) {
      store<f32>(out + k, load<f32>(row + (<usize>load<i32>(x.ids + k) << 2)));
    }
  }
}
