/** What hashers check of the arrays that they are given, once a batch: kernels check nothing. */
import type { CodeTarget, DenseVectors, SparseVectors } from './family.ts';

/** What vectors must match: a hasher's context has it. */
export interface VectorShape {
  readonly dimensions: number;
  readonly tailWidth: number;
}

/** @throws {RangeError} if `count` dense vectors of the shape do not lie in the arrays. */
export function checkDense(vectors: DenseVectors, count: number, shape: VectorShape): void {
  const { values, stride, width } = vectors;
  if (width !== shape.dimensions) {
    throw new RangeError(`Vectors to hash have ${shape.dimensions} dimensions; got ${width}.`);
  }
  if (!(Number.isInteger(stride) && stride >= width)) {
    throw new RangeError(`Rows of ${width} values are ${width} or more apart; got a stride of ${stride}.`);
  }
  checkLength('values', values, count > 0 ? (count - 1) * stride + width : 0, count);
  checkTail(vectors, count, shape);
}

/** @throws {RangeError} if `count` sparse vectors do not lie in the arrays. Their ids are not looked at. */
export function checkSparse(vectors: SparseVectors, count: number, shape: VectorShape): void {
  const { offsets, ids, values } = vectors;
  checkLength('offsets', offsets, count + 1, count);
  const end = offsets[count] ?? 0;
  checkLength('ids', ids, end, count);
  checkLength('values', values, end, count);
  checkTail(vectors, count, shape);
}

/** @throws {RangeError} if the codes of `count` vectors do not fit where they are to go. */
export function checkTarget(target: CodeTarget, count: number, tables: number): void {
  const first = target.first ?? 0;
  if (!(Number.isInteger(first) && first >= 0 && target.stride >= first + count)) {
    throw new RangeError(
      `The codes of ${count} vectors from ${first} on do not fit into ${target.stride} a table.`,
    );
  }
  checkLength('codes', target.codes, count > 0 ? (tables - 1) * target.stride + first + count : 0, count);
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
