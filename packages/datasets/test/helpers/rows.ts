import type { DenseDataset, SparseDataset } from '../../src/index.ts';

/** Everything about row i, as a text. */
function rowText(dataset: DenseDataset | SparseDataset, i: number): string {
  if ('inputs' in dataset) {
    const { inputs, labels, columns } = dataset;
    return JSON.stringify([labels[i], Array.from(inputs.subarray(i * columns, (i + 1) * columns))]);
  }
  const { offsets, ids, values, labelOffsets, labels } = dataset;
  return JSON.stringify([
    Array.from(labels.subarray(labelOffsets[i], labelOffsets[i + 1])),
    Array.from(ids.subarray(offsets[i], offsets[i + 1])),
    Array.from(values.subarray(offsets[i], offsets[i + 1])),
  ]);
}

/** All rows. */
export function rowTexts(dataset: DenseDataset | SparseDataset): string[] {
  return Array.from({ length: dataset.rows }, (_, i) => rowText(dataset, i));
}
