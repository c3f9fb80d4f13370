/** Batches of what a model is trained on. */
import { gather, slice, tensor1d, tidy, util, type Tensor } from '@tensorflow/tfjs-core';
import { shown } from './options.ts';
import type { Features } from './fit-arguments.ts';

/** How many rows the tensors have. @throws {TypeError} @throws {RangeError} if they are none, or not of equally many. */
export function countRows(who: string, features: Features): number {
  const tensors = tensorsOf(features);
  const counts = tensors.map((each) => (each as Partial<Tensor> | null)?.shape?.[0]);
  const [rows] = counts;
  if (rows === undefined) throw new TypeError(`${who} takes tensors of rows; got ${shown(features)}.`);
  if (counts.some((count) => count !== rows)) {
    throw new RangeError(`${who} takes tensors of equally many rows; got ${counts.join(', ')}.`);
  }
  return rows;
}

/** The rows `from` to `to` of the tensors, as a model takes them. The caller disposes them. */
export function sliceRows(features: Features, from: number, to: number): Tensor | Tensor[] {
  const parts = tensorsOf(features).map((each) =>
    slice(each, [from, ...each.shape.slice(1).map(() => 0)], [to - from, ...each.shape.slice(1)]),
  );
  return asGiven(features, parts);
}

/** The listed rows. The caller disposes them. */
export function gatherRows(features: Features, rows: Int32Array): Tensor | Tensor[] {
  return asGiven(
    features,
    tensorsOf(features).map((each) => tidy(() => gather(each, tensor1d(rows, 'int32')))),
  );
}

/** 0 to `rows` - 1, shuffled if asked. */
export function orderOf(rows: number, shuffle: boolean): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  if (shuffle) util.shuffle(order as unknown as number[]);
  return order;
}

function tensorsOf(features: Features): readonly Tensor[] {
  return Array.isArray(features) ? (features as readonly Tensor[]) : [features as Tensor];
}

function asGiven(features: Features, parts: Tensor[]): Tensor | Tensor[] {
  return Array.isArray(features) ? parts : parts[0]!;
}
