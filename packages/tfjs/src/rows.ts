/** Rows of a tensor, as networks take them. */
import { util, type Tensor, type TensorLike } from '@tensorflow/tfjs-core';
import type { DenseInputs } from '@hashgrad/sparse-nn';
import { shown } from './options.ts';

/** Classes of rows: a tensor or an array of whole numbers, one a row. */
export type LabelsLike = Tensor | Extract<TensorLike, readonly number[] | Int32Array> | number[];

/**
 * How many rows of `columns` numbers a tensor has: all of its dimensions but the last are of rows.
 * @throws {TypeError} @throws {RangeError} if it is no tensor of such rows, `who` being whose input it is.
 */
export function rowsOf(who: string, tensor: Tensor, columns: number): number {
  const { shape, dtype } = tensor;
  if (!Array.isArray(shape) || dtype === undefined) {
    throw new TypeError(`${who} takes a tensor; got ${shown(tensor)}.`);
  }
  if (dtype !== 'float32') throw new TypeError(`${who} takes a float32 tensor; got one of ${dtype}.`);
  if (shape.length < 2 || shape.at(-1) !== columns) {
    throw new RangeError(
      `${who} takes rows of ${columns} numbers; got a tensor of shape [${shape.join(', ')}].`,
    );
  }
  return util.sizeFromShape(shape) / columns;
}

/** The rows of a tensor whose values were read. */
export function inputsOf(values: ArrayLike<number>, rows: number, columns: number): DenseInputs {
  return { rows, columns, inputs: values as Float32Array };
}

/**
 * The class of each row.
 * @throws {RangeError} if there are others than one whole number for each of `rows` rows, `who` being whose labels they are.
 */
export function labelsOf(who: string, labels: LabelsLike, rows: number): Int32Array {
  const list = isTensor(labels) ? labels.dataSync() : labels;
  if (!(Array.isArray(list) || ArrayBuffer.isView(list))) {
    throw new TypeError(`${who} takes labels as a tensor or an array, one a row; got ${shown(labels)}.`);
  }
  if (list.length !== rows) {
    const oneHot =
      list.length > rows && list.length % rows === 0 ? ' Labels are class numbers, not one-hot.' : '';
    throw new RangeError(`${who} takes a label for each of ${rows} rows; got ${list.length}.${oneHot}`);
  }
  const classes = Int32Array.from(list as ArrayLike<number>);
  const wrong = classes.findIndex((label, row) => label !== list[row]);
  if (wrong < 0) return classes;
  throw new RangeError(
    `${who}: the label of row ${wrong} is ${shown(list[wrong])}; labels are whole numbers.`,
  );
}

function isTensor(value: unknown): value is Tensor {
  return typeof (value as Partial<Tensor> | null)?.dataSync === 'function';
}
