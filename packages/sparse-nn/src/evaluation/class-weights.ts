/** Weights by which rare classes count as much as frequent ones. */
import type { Labelled } from './ranking-metrics.ts';

/**
 * labels / (classes * labels of the class), one a class, for `classWeights` of `softmax`: the labels of each class that there is
 * then weigh the same together, and all labels in the mean 1. A class without a label has the weight 1.
 * @throws {RangeError} if a label is no class, or there is no label.
 */
export function balancedClassWeights({ labels }: Labelled, classes: number): number[] {
  const counts = new Float64Array(classes);
  for (const label of labels) {
    if (!(label >= 0 && label < classes)) {
      throw new RangeError(`Labels are 0 to ${classes - 1}; the examples have ${label}.`);
    }
    counts[label]!++;
  }
  if (labels.length === 0)
    throw new RangeError('Class weights are of examples with labels; these have none.');
  const present = counts.filter((count) => count > 0).length;
  return Array.from(counts, (count) => (count === 0 ? 1 : labels.length / (present * count)));
}
