/** How a network does on the test rows, and what the classes' frequencies alone would do. */
import type { SparseDataset } from '@hashgrad/datasets';
import type { Network } from '@hashgrad/sparse-nn';
import { byFrequencyAlone } from '../tasks/class-frequencies.ts';
import type { Rows } from './held-out.ts';

/** Whether rows have several labels, or none; else each has one. */
export function isMultiLabel(rows: Rows): rows is SparseDataset {
  return 'labelOffsets' in rows;
}

/** How a network does on the test rows, by name of the metric. */
export function evaluate(net: Network, test: Rows): Record<string, number> {
  if (isMultiLabel(test)) {
    const { precision, loss } = net.evaluate(test, { at: [1, 5] });
    return { loss, precision1: precision[1] as number, precision5: precision[5] as number };
  }
  const full = net.evaluate(test, { pass: 'full' });
  const sparse = net.evaluate(test, { pass: 'sparse' });
  return { loss: full.loss, 'accuracy.full': full.accuracy, 'accuracy.sparse': sparse.accuracy };
}

/** What was learned beyond the frequencies of the classes, of rows with several labels. */
export function gains(
  { loss = NaN, precision1 = NaN }: Readonly<Record<string, number>>,
  { train: rows, test }: { readonly train: Rows; readonly test: Rows },
): Record<string, number> {
  if (!(isMultiLabel(rows) && isMultiLabel(test))) return {};
  const alone = byFrequencyAlone(rows, test);
  return { 'gain.precision1': precision1 - alone.precision1, 'gain.loss': alone.loss - loss };
}
