/** What hashers check of the arrays that they are given, once a batch: kernels check nothing. */
import type { CodeTarget, DenseVectors, SparseVectors } from '../family.ts';

/** What vectors must match: a hasher's context has it. */
export interface VectorShape {
  readonly dimensions: number;
  readonly tailWidth: number;
}

/** Coordinates that are listed in vectors of a batch. */
export interface Extent {
  /** Of the vector that lists the most, its tail included: of dense ones all. */
  readonly longest: number;
  /** Of all vectors together, their tails not counted; only of sparse ones. */
  readonly nonZeros?: number;
}

/** Coordinates of a dense vector, so that kernels can list all of them in 2 GiB. */
const MOST_DENSE = 2 ** 29;

/** @throws {RangeError} if `count` dense vectors of the shape do not lie in the arrays. */
export function checkDense(vectors: DenseVectors, count: number, shape: VectorShape): Extent {
  const { values, stride, width } = vectors;
  if (width !== shape.dimensions) {
    throw new RangeError(`Vectors to hash have ${shape.dimensions} dimensions; got ${width}.`);
  }
  if (width + shape.tailWidth > MOST_DENSE) {
    throw new RangeError(
      `Dense vectors to hash have up to ${MOST_DENSE} coordinates; those of ${width + shape.tailWidth} are given as sparse ones.`,
    );
  }
  if (!(Number.isInteger(stride) && stride >= width)) {
    throw new RangeError(`Rows of ${width} values are ${width} or more apart; got a stride of ${stride}.`);
  }
  checkLength('values', values, count > 0 ? (count - 1) * stride + width : 0, count);
  checkTail(vectors, count, shape);
  return { longest: width + shape.tailWidth };
}

/**
 * @throws {RangeError} if `count` sparse vectors do not lie in the arrays, offsets do not ascend, a vector has more
 * non-zeros than dimensions or an id is not below the dimensions: some kernels write where an id says.
 */
export function checkSparse(vectors: SparseVectors, count: number, shape: VectorShape): Extent {
  const { offsets, ids, values } = vectors;
  checkLength('offsets', offsets, count + 1, count);
  const end = offsets[count] ?? 0;
  checkLength('ids', ids, end, count);
  checkLength('values', values, end, count);
  checkTail(vectors, count, shape);
  const start = offsets[0] as number;
  let last = start < 0 ? 0 : start;
  let longest = 0;
  for (let s = 0; s <= count; s++) {
    const offset = offsets[s] as number;
    if (offset < last) {
      throw new RangeError(`Offsets of sparse vectors ascend from 0 or more; got ${offset} after ${last}.`);
    }
    longest = Math.max(longest, offset - last);
    last = offset;
  }
  if (longest > shape.dimensions) {
    throw new RangeError(
      `Ids of a vector are all different; one has ${longest} of them in ${shape.dimensions} dimensions.`,
    );
  }
  for (let i = start; i < end; i++) {
    const id = ids[i] as number;
    if (!(id >= 0 && id < shape.dimensions)) {
      throw new RangeError(`Ids of non-zeros are from 0 to ${shape.dimensions - 1}; got ${id}.`);
    }
  }
  return { longest: longest + shape.tailWidth, nonZeros: end - start };
}

/**
 * How many rows arrays must hold such that the first `count` of `rows` are there: one more than the highest.
 * @throws {RangeError} if the list is shorter, or a row is negative.
 */
export function checkRows(rows: Int32Array, count: number): number {
  checkLength('rows', rows, count, count);
  let span = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    if (row < 0) throw new RangeError(`Rows to hash are numbered from 0; got ${row}.`);
    if (row >= span) span = row + 1;
  }
  return span;
}

/** @throws {RangeError} if a hasher cannot give so many probes. */
export function checkProbes(probes: number, most: number): void {
  if (!(Number.isInteger(probes) && probes >= 1 && probes <= most)) {
    throw new RangeError(`Probes of a table are an integer from 1 to ${most} here; got ${probes}.`);
  }
}

/** @throws {RangeError} if the codes of `count` vectors do not fit where they are to go. */
export function checkTarget(target: CodeTarget, count: number, tables: number): void {
  const first = target.first ?? 0;
  const { stride } = target;
  if (!(Number.isInteger(first) && first >= 0 && Number.isInteger(stride) && stride >= first + count)) {
    throw new RangeError(`The codes of ${count} vectors from ${first} on do not fit into ${stride} a table.`);
  }
  checkLength('codes', target.codes, count > 0 ? (tables - 1) * stride + first + count : 0, count);
}

function checkTail(vectors: DenseVectors | SparseVectors, count: number, { tailWidth }: VectorShape): void {
  const { tail } = vectors;
  if (tailWidth > 0 && !tail) {
    throw new TypeError(`These vectors need a tail of ${tailWidth} coordinates each.`);
  }
  const width = vectors.tailWidth ?? tailWidth;
  if (tail && width !== tailWidth) {
    throw new RangeError(`A tail has ${tailWidth} coordinates for each vector; got ${width}.`);
  }
  if (tail) checkLength('tail', tail, count * tailWidth, count);
}

function checkLength(name: string, array: { readonly length: number }, least: number, count: number): void {
  if (array.length < least) {
    throw new RangeError(
      `${count} vectors need ${least} elements in \`${name}\`; there are ${array.length}.`,
    );
  }
}
