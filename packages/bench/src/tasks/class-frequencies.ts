/** How often classes come, and what that alone is worth. */
import { classCounts, type SparseDataset, type Split } from '@hashgrad/datasets';

/** Numbers the classes by decreasing frequency among the training rows: what `logUniform` draws by. */
export function byFrequency({ name, train, test }: Split<SparseDataset>): Split<SparseDataset> {
  const counts = classCounts(train);
  const order = Int32Array.from(counts.keys()).toSorted((a, b) => counts[b]! - counts[a]! || a - b);
  const ranks = new Int32Array(order.length);
  for (const [rank, label] of order.entries()) ranks[label] = rank;
  const renumbered = (part: SparseDataset): SparseDataset => {
    const labels = part.labels.map((label) => ranks[label]!);
    for (let row = 0; row < part.rows; row++) {
      labels.subarray(part.labelOffsets[row], part.labelOffsets[row + 1]).sort();
    }
    return { ...part, labels };
  };
  return { name, train: renumbered(train), test: renumbered(test) };
}

/**
 * What is known without the input: how the test rows do if every one gets the frequencies of the classes among the training
 * rows, one more for each, so that none has the probability 0.
 *
 * @returns the share of test rows that have the most frequent class, and the cross-entropy in nats, mean over the rows, whose
 * labels share the target evenly.
 */
export function byFrequencyAlone(
  train: SparseDataset,
  test: SparseDataset,
): { readonly precision1: number; readonly loss: number } {
  const frequencies = classCounts(train);
  const total = frequencies.reduce((sum, count) => sum + count, frequencies.length);
  const most = frequencies.reduce((best, count, label) => (count > frequencies[best]! ? label : best), 0);
  let [loss, hits] = [0, 0];
  for (let row = 0; row < test.rows; row++) {
    const labels = test.labels.subarray(test.labelOffsets[row], test.labelOffsets[row + 1]);
    for (const label of labels) loss -= Math.log((frequencies[label]! + 1) / total) / labels.length;
    if (labels.includes(most)) hits++;
  }
  return { precision1: hits / test.rows, loss: loss / test.rows };
}
