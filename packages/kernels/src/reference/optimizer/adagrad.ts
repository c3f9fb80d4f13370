/** Reference of Adagrad on one row, with its sums of squares in any of their formats. */
import type { OptimizerFields } from '../../ops/optimizer.ts';
import type { AnyRows } from './adam.ts';
import { meanSquare, square } from '../fading.ts';
import { generators, load, next, toBfloat16AtRandom } from './bfloat16.ts';

/**
 * Updates the weights of row `row` (Duchi, Hazan and Singer 2011): G = G + g^2; w -= rate g / (sqrt(G) + epsilon). G is
 * kept in `second`: as 32-bit floats; as bfloat16, rounded at random; or, where `secondFormat` is 'row', one for the row,
 * of the mean of g^2. Each g^2 is 2^-100 more.
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
  if (ofRow) second[row] += meanSquare(gradient, width);
  const random = generators(row, optimizer.step ?? 1);
  // The kernels take four at a time: what rows have beyond their width has no gradient.
  for (let j = 0; j < 4 * Math.ceil(width / 4); j++) {
    const at = row * stride + j;
    const g = j < width ? gradient[j] : 0;
    let total = second[row];
    if (!ofRow) {
      total = load(second, at) + square(g);
      const word = next(random, j);
      second[at] = second instanceof Uint16Array ? toBfloat16AtRandom(total, word) : total;
    }
    weights[at] -= step(optimizer, g, total);
  }
}

/** The same for the bias of the row, whose sum is always a 32-bit float. */
export function adagradBias(rows: AnyRows, optimizer: OptimizerFields, row: number, gradient: number): void {
  const { bias, biasSecond } = rows;
  if (!bias || !biasSecond) throw new Error('Adagrad needs the array `biasSecond`.');
  biasSecond[row] += square(gradient);
  bias[row] -= step(optimizer, gradient, biasSecond[row]);
}

/** The kernels hold the settings as 32-bit floats, so they are rounded here. */
function step({ rate, epsilon }: OptimizerFields, g: number, total: number): number {
  return (Math.fround(rate) * g) / (Math.sqrt(total) + Math.fround(epsilon));
}
