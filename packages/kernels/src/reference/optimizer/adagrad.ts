/** Reference of Adagrad on one row, with its sums of squares in any of their formats. */
import type { OptimizerFields } from '../../ops/optimizer.ts';
import type { AnyRows } from './adam.ts';
import { generators, load, next, toBfloat16AtRandom } from './bfloat16.ts';

/**
 * Updates the weights of row `row` (Duchi, Hazan and Singer 2011): G = G + g^2; w -= rate g / (sqrt(G) + epsilon). G is
 * kept in `second`: as 32-bit floats; as bfloat16, rounded at random; or, where `secondFormat` is 'row', one for the row,
 * of the mean of g^2.
 */
export function adagrad(
  rows: AnyRows,
  optimizer: OptimizerFields,
  row: number,
  gradient: ArrayLike<number>,
): void {
  const { weights, second, stride, width } = rows;
  if (!second) throw new Error('Adagrad needs the array `second`.');
  const ofRow = optimizer.secondFormat === 'row';
  if (ofRow) {
    let squares = 0;
    for (let j = 0; j < width; j++) squares += gradient[j] ** 2;
    second[row] += squares / Math.max(width, 1);
  }
  const random = generators(row, optimizer.step ?? 1);
  for (let j = 0; j < width; j++) {
    const at = row * stride + j;
    let total = second[row];
    if (!ofRow) {
      total = load(second, at) + gradient[j] ** 2;
      const word = next(random, j);
      second[at] = second instanceof Uint16Array ? toBfloat16AtRandom(total, word) : total;
    }
    weights[at] -= step(optimizer, gradient[j], total);
  }
}

/** The same for the bias of the row, whose sum is always a 32-bit float. */
export function adagradBias(rows: AnyRows, optimizer: OptimizerFields, row: number, gradient: number): void {
  const { bias, biasSecond } = rows;
  if (!bias || !biasSecond) throw new Error('Adagrad needs the array `biasSecond`.');
  biasSecond[row] += gradient ** 2;
  bias[row] -= step(optimizer, gradient, biasSecond[row]);
}

/** The kernels hold the settings as 32-bit floats, so they are rounded here. */
function step({ rate, epsilon }: OptimizerFields, g: number, total: number): number {
  return (Math.fround(rate) * g) / (Math.sqrt(total) + Math.fround(epsilon));
}
