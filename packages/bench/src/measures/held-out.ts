/** Rows that are held out of training, to tune on. */
import { type DenseDataset, selectRows, type SparseDataset } from '@hashgrad/datasets';
import { randomStream } from '@hashgrad/kernels';
import type { Stage } from '../engine/record.ts';
import type { LabelledRows } from '../tasks/task.ts';

/** Rows with one label each, or with several. */
export type Rows = DenseDataset | SparseDataset;

/**
 * The rows to train on and those to evaluate on. Held-out rows are drawn the same way for every arm and seed, and are trained
 * on in no stage, so that what was tuned stays right.
 */
export function partsOf(
  { train: rows, test }: LabelledRows,
  validation: number,
  stage: Stage,
): { readonly train: Rows; readonly test: Rows } {
  if (validation === 0) return { train: rows, test };
  const held = Math.max(1, Math.round(validation * rows.rows));
  const order = Int32Array.from({ length: rows.rows }, (_, row) => row);
  const random = randomStream(1, 'validation rows');
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  const kept = selectRows<Rows>(rows, order.subarray(held).toSorted());
  return {
    train: kept,
    test: stage === 'tune' ? selectRows<Rows>(rows, order.subarray(0, held).toSorted()) : test,
  };
}
