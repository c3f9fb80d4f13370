import type { DenseDataset, SparseDataset } from '../types.ts';

/**
 * Checks that a data set is what its fields say, and holds numbers only.
 *
 * @throws Error naming the data set and the row and column: lengths that do not belong together, an input that is NaN or
 *   infinite, a label that is no class; in a sparse set also offsets that do not rise, or ids that are no feature or do not
 *   rise within a row.
 */
export function checkDataset(dataset: DenseDataset | SparseDataset): void {
  const { name, rows, columns, classes } = dataset;
  for (const [what, count] of Object.entries({ rows, columns, classes })) {
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(`${name}: ${what} must be a whole number from 1 up, but it is ${count}.`);
    }
  }
  if ('inputs' in dataset) checkDense(dataset);
  else checkSparse(dataset);
}

function checkDense({ name, rows, columns, classes, inputs, labels, shape }: DenseDataset): void {
  checkLength(name, 'inputs', inputs, rows * columns, `${rows} rows x ${columns} columns`);
  checkLength(name, 'labels', labels, rows, 'one a row');
  if (shape !== undefined && shape.reduce((product, size) => product * size, 1) !== columns) {
    throw new Error(`${name}: a row has the shape ${shape.join(' x ')}, but ${columns} columns.`);
  }
  const wrong = findNotFinite(inputs);
  if (wrong >= 0) {
    throw new Error(
      `${name}: row ${Math.floor(wrong / columns)}, column ${wrong % columns}: expected a finite number, found ${inputs[wrong]}.`,
    );
  }
  const outside = labels.findIndex((label) => label < 0 || label >= classes);
  if (outside >= 0) throw labelOutside(name, outside, labels[outside]!, classes);
}

function checkSparse(dataset: SparseDataset): void {
  const { name, rows, columns, classes, offsets, ids, values, labelOffsets, labels } = dataset;
  checkOffsets(name, 'offsets', offsets, rows, ids.length);
  checkOffsets(name, 'labelOffsets', labelOffsets, rows, labels.length);
  checkLength(name, 'values', values, ids.length, 'as many as ids');
  for (let row = 0; row < rows; row++) {
    for (let j = offsets[row]!; j < offsets[row + 1]!; j++) {
      const id = ids[j]!;
      if (id < 0 || id >= columns) {
        throw new Error(`${name}: row ${row}: expected features from 0 to ${columns - 1}, found ${id}.`);
      }
      if (j > offsets[row]! && id <= ids[j - 1]!) {
        throw new Error(`${name}: row ${row}: expected ascending features, found ${id} after ${ids[j - 1]}.`);
      }
      if (!Number.isFinite(values[j])) {
        throw new Error(`${name}: row ${row}, column ${id}: expected a finite number, found ${values[j]}.`);
      }
    }
    for (let j = labelOffsets[row]!; j < labelOffsets[row + 1]!; j++) {
      const label = labels[j]!;
      if (label < 0 || label >= classes) throw labelOutside(name, row, label, classes);
      if (j > labelOffsets[row]! && label <= labels[j - 1]!) {
        throw new Error(
          `${name}: row ${row}: expected ascending labels, found ${label} after ${labels[j - 1]}.`,
        );
      }
    }
  }
}

function checkOffsets(name: string, field: string, offsets: Int32Array, rows: number, end: number): void {
  checkLength(name, field, offsets, rows + 1, 'rows + 1');
  if (offsets[0] !== 0) throw new Error(`${name}: ${field} must begin with 0, not ${offsets[0]}.`);
  const falls = offsets.findIndex((offset, i) => i > 0 && offset < offsets[i - 1]!);
  if (falls >= 0) {
    throw new Error(
      `${name}: ${field} must not fall, but from row ${falls - 1} on it goes from ${offsets[falls - 1]} to ${offsets[falls]}.`,
    );
  }
  if (offsets[rows] !== end) {
    throw new Error(`${name}: ${field} must end with ${end}, the number of entries, not ${offsets[rows]}.`);
  }
}

function checkLength(
  name: string,
  field: string,
  { length }: ArrayLike<number>,
  expected: number,
  why: string,
): void {
  if (length !== expected) {
    throw new Error(`${name}: ${field} must have ${expected} entries (${why}), but it has ${length}.`);
  }
}

/** A plain loop: several times as fast as findIndex over the hundred million numbers that a set may have. */
function findNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

function labelOutside(name: string, row: number, label: number, classes: number): Error {
  return new Error(`${name}: row ${row}: expected a label from 0 to ${classes - 1}, found ${label}.`);
}
