// The k best of each row, best first: what predictions and precision at k are read off.

/** Scratch for bestOfRows: a heap of k (value, position) pairs. */
export function bestOfRowsScratchBytes(k: i32): i32 {
  return k << 3;
}

/** Whether value x at position i ranks below y at j: it is lower, or equal and later. */
// @ts-ignore: decorator
@inline
function below(x: f32, i: i32, y: f32, j: i32): bool {
  return x < y || (x == y && i > j);
}

/** Lets (x, i) sink from the root of a heap of `size` pairs, of which every one ranks below those under it. */
function sink(heap: usize, size: i32, x: f32, i: i32): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    let slot = heap + (<usize>child << 3);
    if (child + 1 < size && below(load<f32>(slot, 8), load<i32>(slot, 12), load<f32>(slot), load<i32>(slot, 4))) {
      child++;
      slot += 8;
    }
    if (!below(load<f32>(slot), load<i32>(slot, 4), x, i)) break;
    const to = heap + (<usize>at << 3);
    store<u64>(to, load<u64>(slot));
    at = child;
  }
  const to = heap + (<usize>at << 3);
  store<f32>(to, x);
  store<i32>(to, i, 4);
}

/** Lets (x, i) rise from the end of a heap of `size` pairs, which is one longer then. */
function rise(heap: usize, size: i32, x: f32, i: i32): void {
  let at = size;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const slot = heap + (<usize>parent << 3);
    if (!below(x, i, load<f32>(slot), load<i32>(slot, 4))) break;
    store<u64>(heap + (<usize>at << 3), load<u64>(slot));
    at = parent;
  }
  const to = heap + (<usize>at << 3);
  store<f32>(to, x);
  store<i32>(to, i, 4);
}

/**
 * positions[s * k]... = where in `values` the k highest of row s are, highest first, among equals the earlier; lengths[s] =
 * how many there are, fewer than k where the row is shorter. Row s has the values offsets[s]..offsets[s + 1]; or, where
 * `offsets` is 0, `width` values from s * stride on. Values are numbers: with NaN the choice is any.
 *
 * A row is read once: the lowest of the k best so far is what four values at a time are compared with.
 */
export function bestOfRows(
  positions: usize, lengths: usize, values: usize, offsets: usize, stride: i32, width: i32, k: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  for (let s = begin; s < end; s++) {
    let q = offsets ? load<i32>(offsets + (<usize>s << 2)) : s * stride;
    const stop = offsets ? load<i32>(offsets + (<usize>s << 2), 4) : q + width;
    let size = 0;
    for (; q < stop && size < k; q++) rise(scratch, size++, load<f32>(values + (<usize>q << 2)), q);
    if (q < stop) {
      let least = load<f32>(scratch);
      let bar = f32x4.splat(least);
      while (q < stop) {
        for (; q + 16 <= stop; q += 16) {
          const at = values + (<usize>q << 2);
          const a = v128.or(f32x4.gt(v128.load(at), bar), f32x4.gt(v128.load(at, 16), bar));
          const b = v128.or(f32x4.gt(v128.load(at, 32), bar), f32x4.gt(v128.load(at, 48), bar));
          if (v128.any_true(v128.or(a, b))) break;
        }
        for (const last = min(q + 16, stop); q < last; q++) {
          const x = load<f32>(values + (<usize>q << 2));
          if (!(x > least)) continue;
          sink(scratch, size, x, q);
          least = load<f32>(scratch);
        }
        bar = f32x4.splat(least);
      }
    }
    store<i32>(lengths + (<usize>s << 2), size);
    // The lowest comes off the heap first.
    const to = positions + ((<usize>s * k) << 2);
    while (size > 0) {
      size--;
      store<i32>(to + (<usize>size << 2), load<i32>(scratch, 4));
      const last = scratch + (<usize>size << 3);
      sink(scratch, size, load<f32>(last), load<i32>(last, 4));
    }
  }
}
