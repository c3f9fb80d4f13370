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
  const { layers } = net.spec;
  const allOutputs = layers.at(-1)?.select.kind === 'all';
  if (isMultiLabel(test)) {
    const { precision, loss } = net.evaluate(test, { at: [1, 5] });
    const shares = { loss, precision1: precision[1] as number, precision5: precision[5] as number };
    if (!allOutputs) return shares;
    const selects = layers.some(({ select }) => select.kind !== 'all');
    return { ...shares, 'loss.sparse': selects ? net.evaluate(test, { pass: 'sparse' }).loss : loss };
  }
  const full = net.evaluate(test, { pass: 'full' });
  const sparse = net.evaluate(test, { pass: 'sparse' });
  return {
    loss: full.loss,
    // Where outputs are chosen, too, it would be the loss among few classes.
    ...(allOutputs && { 'loss.sparse': sparse.loss }),
    'accuracy.full': full.accuracy,
    'accuracy.sparse': sparse.accuracy,
  };
}

/** The share of the units of hidden layers with a selector that give nothing but 0 for all test rows; nothing without such. */
export function deadShare(net: Network, test: Rows): { readonly deadShare?: number } {
  const { layers } = net.spec;
  if (layers.slice(0, -1).every(({ select }) => select.kind === 'all')) return {};
  const hidden = net.diagnose(test).filter(({ layer }) => layer < layers.length - 1);
  const units = (layer: number): number => layers[layer]?.units ?? 0;
  const dead = hidden.reduce((total, each) => total + each.deadShare * units(each.layer), 0);
  return { deadShare: dead / hidden.reduce((total, { layer }) => total + units(layer), 0) };
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
