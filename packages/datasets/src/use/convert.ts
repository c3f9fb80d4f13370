import type { DenseDataset, SparseDataset } from '../types.ts';

/**
 * Dense rows as sparse ones: what is not 0, and a set of one label for each row.
 */
export function toSparse(dataset: DenseDataset): SparseDataset {
  const { name, rows, columns, classes, inputs, labels } = dataset;
  const offsets = new Int32Array(rows + 1);
  let nonZeros = 0;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) if (inputs[row * columns + c] !== 0) nonZeros++;
    offsets[row + 1] = nonZeros;
  }
  const ids = new Int32Array(nonZeros);
  const values = new Float32Array(nonZeros);
  for (let at = 0, j = 0; at < inputs.length; at++) {
    if (inputs[at] === 0) continue;
    ids[j] = at % columns;
    values[j++] = inputs[at]!;
  }
  const labelOffsets = Int32Array.from({ length: rows + 1 }, (_, row) => row);
  return { name, rows, columns, classes, offsets, ids, values, labelOffsets, labels: labels.slice() };
}

/** Numbers that one array holds. */
const MOST_VALUES = 2 ** 31 - 1;

/**
 * Sparse rows as dense ones, zeros and all.
 *
 * @throws RangeError naming the first row that has no label or several, since dense rows have one class; or if rows x columns
 *   are more than 2^31 - 1 numbers.
 */
export function toDense(dataset: SparseDataset): DenseDataset {
  const { name, rows, columns, classes, offsets, ids, values, labelOffsets, labels } = dataset;
  if (rows * columns > MOST_VALUES) {
    throw new RangeError(
      `${name} has ${rows} x ${columns} values, ${rows * columns} numbers as dense rows; at most ${MOST_VALUES} fit.`,
    );
  }
  const inputs = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const count = labelOffsets[row + 1]! - labelOffsets[row]!;
    if (count !== 1) {
      throw new RangeError(`${name}: row ${row} has ${count} labels; a dense row has one.`);
    }
    for (let j = offsets[row]!; j < offsets[row + 1]!; j++) inputs[row * columns + ids[j]!] = values[j]!;
  }
  return { name, rows, columns, classes, inputs, labels: labels.slice() };
}
