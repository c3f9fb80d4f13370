import { checkSeed, checkWhole } from '../check-options.ts';
import type { DenseDataset, SparseDataset, Split } from '../types.ts';
import { shuffleRows, takeRows } from '../use/rows.ts';
import type { SetOptions } from './definition.ts';

/**
 * So many rows of each part, after a shuffle by the seed, so that all classes come along where rows are sorted; a part of which
 * no number is said stays whole and in its order.
 *
 * @throws RangeError for more rows than there are.
 */
export function limited<T extends DenseDataset | SparseDataset>(
  split: Split<T>,
  { train, test, seed = 1 }: SetOptions,
): Split<T> {
  checkSeed(seed);
  const take = (dataset: T, rows: number | undefined, part: string): T => {
    if (rows === undefined) return dataset;
    checkWhole(rows, `${part} rows of ${split.name}`, 1, dataset.rows);
    return takeRows(shuffleRows(dataset, seed), rows);
  };
  return { ...split, train: take(split.train, train, 'training'), test: take(split.test, test, 'test') };
}
