import type { DenseDataset, SparseDataset } from '../types.ts';

/** How many rows have each class: entry c is of class c. */
export function classCounts({
  labels,
  classes,
}: Pick<DenseDataset | SparseDataset, 'labels' | 'classes'>): Int32Array {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]! += 1;
  return counts;
}
