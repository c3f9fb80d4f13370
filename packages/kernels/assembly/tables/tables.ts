// Hash tables as compressed sparse rows: a counting sort of the codes of each table. No bucket overflows, no memory is
// wasted, and a table is rebuilt in one streaming pass.

/**
 * Builds tables begin..end over `count` items. Item i has code codes[t * codeStride + i] < buckets in table t; bucket b of
 * table t is items[t * itemStride + starts[t * (buckets + 1) + b]] up to starts[... + b + 1], ids ascending.
 */
export function buildTables(
  starts: usize, items: usize, itemStride: i32, codes: usize, codeStride: i32, count: i32, buckets: i32,
  begin: i32, end: i32,
): void {
  for (let t = begin; t < end; t++) {
    const code = codes + ((<usize>t * codeStride) << 2);
    const item = items + ((<usize>t * itemStride) << 2);
    const first = starts + ((<usize>t * (buckets + 1)) << 2);
    // As in pairs.ts, ends[b] is a count, then a cursor, and at last where bucket b + 1 starts.
    const ends = first + 4;
    memory.fill(first, 0, <usize>(buckets + 1) << 2);
    for (let i = 0; i < count; i++) {
      const slot = ends + (<usize>load<u32>(code + (<usize>i << 2)) << 2);
      store<i32>(slot, load<i32>(slot) + 1);
    }
    let before = 0;
    for (let b = 0; b < buckets; b++) {
      const slot = ends + (<usize>b << 2);
      const length = load<i32>(slot);
      store<i32>(slot, before);
      before += length;
    }
    for (let i = 0; i < count; i++) {
      const slot = ends + (<usize>load<u32>(code + (<usize>i << 2)) << 2);
      const to = load<i32>(slot);
      store<i32>(slot, to + 1);
      store<i32>(item + (<usize>to << 2), i);
    }
  }
}

/** The largest of `count` codes; 0 if there are none. */
export function largestCode(codes: usize, count: i32): u32 {
  let at = codes;
  const stop = at + (<usize>count << 2);
  let most = i32x4.splat(0);
  // Whole cache lines, so that the loop is as fast as the memory.
  for (; at + 64 <= stop; at += 64) {
    const a = i32x4.max_u(v128.load(at), v128.load(at, 16));
    const b = i32x4.max_u(v128.load(at, 32), v128.load(at, 48));
    most = i32x4.max_u(most, i32x4.max_u(a, b));
  }
  let result = max(
    max(<u32>i32x4.extract_lane(most, 0), <u32>i32x4.extract_lane(most, 1)),
    max(<u32>i32x4.extract_lane(most, 2), <u32>i32x4.extract_lane(most, 3)),
  );
  for (; at < stop; at += 4) result = max(result, load<u32>(at));
  return result;
}

/**
 * How many items are in the buckets that `count` queries ask: query s has codes[(t * probes + p) * count + s] in table t, and asks
 * visited[s] tables, all `tables` if that is 0. Bucket b of table t goes from bounds[t * tableStride + b * boundStride] to the
 * word after it.
 */
export function countEntries(
  bounds: usize, boundStride: i32, tableStride: i32, codes: usize, tables: i32, probes: i32, visited: usize, count: i32,
): f64 {
  const step = <usize>boundStride << 2;
  let total: i64 = 0;
  for (let t = 0; t < tables; t++) {
    const table = bounds + ((<usize>t * tableStride) << 2);
    for (let p = 0; p < probes; p++) {
      const asked = codes + (<usize>(t * probes + p) * count << 2);
      for (let s = 0; s < count; s++) {
        if (visited && t >= load<i32>(visited + (<usize>s << 2))) continue;
        const at = table + <usize>load<u32>(asked + (<usize>s << 2)) * step;
        total += <i64>(load<i32>(at, 4) - load<i32>(at));
      }
    }
  }
  return <f64>total;
}
