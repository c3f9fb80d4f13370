// Rows that a list names, brought together: products run over rows that stand one after the other.

/** Row i of `out` (rows `outStride` floats apart) is row rows[i] of `from`, `width` floats of it, for i from begin to end. */
export function copyRows(
  out: usize, outStride: i32, from: usize, stride: i32, width: i32, rows: usize, begin: i32, end: i32,
): void {
  for (let i = begin; i < end; i++) {
    const row = <usize>load<i32>(rows + (<usize>i << 2));
    memory.copy(out + ((<usize>i * outStride) << 2), from + ((row * stride) << 2), <usize>width << 2);
  }
}
