/** Weights by which rare classes count as much as frequent ones. */
import { weightOf } from '../examples/sample-weights.ts';
import { acceptLabelled, checkClassCount, type Labelled } from './labelled.ts';

/**
 * labels / (classes * labels of the class), one a class, for `classWeights` of `softmax`: the labels of each class that there is
 * then weigh the same together, and all labels in the mean 1. Labels count by their rows' `sampleWeights`. A class whose labels weigh
 * nothing has the weight 1.
 * @throws {RangeError} @throws {TypeError} if a label is no class, or there is no label.
 */
export function balancedClassWeights(given: Labelled, classes: number): number[] {
  checkClassCount(classes);
  const examples = acceptLabelled(given, classes);
  const { labels, rows } = examples;
  const sets = 'labelOffsets' in examples ? examples.labelOffsets : undefined;
  if (labels.length === 0)
    throw new RangeError('Class weights are of examples with labels; these have none.');
  const counts = new Float64Array(classes);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weightOf(examples, row);
    const stop = sets ? sets[row + 1]! : row + 1;
    for (let l = sets ? sets[row]! : row; l < stop; l++) {
      counts[labels[l]!]! += weight;
      total += weight;
    }
  }
  const present = counts.filter((count) => count > 0).length;
  return Array.from(counts, (count) => (count === 0 ? 1 : total / (present * count)));
}
