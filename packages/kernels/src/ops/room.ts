/**
 * The checks of what ops are given: whether an array has as many elements as a kernel reads or writes. Kernels check
 * nothing. Each check takes the same time however long the arrays are; what ids and offsets in between say is not checked.
 */

/** Any array; only its length is looked at. */
interface Sized {
  readonly length: number;
}

/**
 * @param op The op, for the message.
 * @param name The array's name among the op's arguments.
 * @param needed Elements that the kernel reads or writes.
 * @throws {RangeError} if the array has fewer, or `needed` is NaN.
 */
export function checkRoom(op: string, name: string, view: Sized | undefined, needed: number): void {
  const length = view?.length ?? 0;
  if (length >= needed) return;
  throw new RangeError(`${op}: ${name} has ${length} elements, and ${needed} are needed.`);
}

/** Elements that `count` rows span, `stride` elements apart, of the last of which only `width` are touched. */
export function rowsSpan(count: number, stride: number, width: number): number {
  return count > 0 && width > 0 ? (count - 1) * stride + width : 0;
}

/**
 * How many elements the lists of `count` samples have together: lists[offsets[s]] to lists[offsets[s + 1] - 1] are those
 * of sample s. `name` is that of the offsets among the op's arguments.
 * @throws {RangeError} if there are not `count` + 1 offsets.
 */
export function listsSpan(
  op: string,
  offsets: Int32Array | Uint32Array,
  count: number,
  name: string = 'offsets',
): number {
  checkRoom(op, name, offsets, count + 1);
  return offsets[count] as number;
}

/** `width` up to a multiple of 4: kernels read whole vectors of 4 floats, of which the last may reach beyond a row. */
export function whole(width: number): number {
  return Math.ceil(width / 4) * 4;
}
