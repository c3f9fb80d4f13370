/** Numbers that a file has as an array of any number of dimensions. */
export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** An array of any number of dimensions, the last changing fastest. */
export interface ShapedArray<T extends Numbers = Numbers> {
  /** Sizes, such as [60000, 28, 28]; the product is the length of `data`. Of a single number []. */
  readonly shape: readonly number[];
  readonly data: T;
}

/** The product of sizes. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
