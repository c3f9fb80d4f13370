import type { DenseDataset, SparseDataset } from '../types.ts';
import { classCounts } from './class-counts.ts';

/**
 * The probability that a label is noted at all, for each class (Jain, Prabhu and Varma, KDD 2016, equation 4):
 * 1 / (1 + C (n + b)^-a), C = (ln N - 1) (b + 1)^a, n being the class's number of rows and N the number of all rows of the
 * training set. sparse-nn's `evaluate` takes them for PSP@k and PSnDCG@k.
 *
 * @param parameters `a` 0.55 and `b` 1.5 by default; the repository has 0.5 and 0.4 for Wikipedia, 0.6 and 2.6 for Amazon.
 * @throws RangeError if the training set has fewer than 3 rows, for which C is no weight, or a label is no class.
 */
export function propensities(
  train: Pick<SparseDataset | DenseDataset, 'rows' | 'classes' | 'labels'>,
  parameters: { readonly a?: number; readonly b?: number } = {},
): Float64Array {
  const { a = 0.55, b = 1.5 } = parameters;
  const { rows, classes, labels } = train;
  if (!(Number.isInteger(classes) && classes >= 1)) {
    throw new RangeError(`There are 1 or more classes; got ${classes}.`);
  }
  if (!(rows >= 3)) {
    throw new RangeError(`Propensities need a training set of 3 or more rows; got ${rows}.`);
  }
  if (!(a > 0 && a < Infinity && b >= 0 && b < Infinity)) {
    throw new RangeError(`Propensities have a above 0 and b of 0 or more; got ${a} and ${b}.`);
  }
  const outside = labels.find((label) => !(label >= 0 && label < classes));
  if (outside !== undefined) {
    throw new RangeError(`Labels are 0 to ${classes - 1}; the training set has ${outside}.`);
  }
  const c = (Math.log(rows) - 1) * (b + 1) ** a;
  return Float64Array.from(classCounts(train), (n) => 1 / (1 + c * (n + b) ** -a));
}
