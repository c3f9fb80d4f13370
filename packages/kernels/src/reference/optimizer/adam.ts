/** Reference of Adam on one row, with its moments in any of their formats. */
import type { RowsFields } from '../../ops/layout.ts';
import type { OptimizerFields } from '../../ops/optimizer.ts';
import { meanSquare, square, SWEEP, unlessTiny } from '../fading.ts';
import { generators, load, next, toBfloat16, toBfloat16AtRandom } from './bfloat16.ts';

/** Rows whose moments are kept in any format. */
export type AnyRows = RowsFields<Float32Array | Uint16Array>;

/**
 * Update number `t`, counted from 1, of the weights of row `row` (Kingma and Ba 2015, algorithm 1):
 * m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) (g^2 + 2^-100); w -= rate mHat / (sqrt(vHat) + epsilon), with
 * mHat = m / (1 - beta1^t) and vHat = v / (1 - beta2^t).
 * Once in SWEEP updates, before one, each m that is tiny becomes 0.
 *
 * What is kept of m and v from one update to the next: 32-bit floats; bfloat16 (`Uint16Array`), m rounded to the nearest
 * and v at random, because its changes of a thousandth would all be lost in rounding to the nearest; or, where
 * `secondFormat` is 'row', one v for the row, of the mean of g^2.
 */
export function adamRow(
  rows: AnyRows,
  optimizer: OptimizerFields,
  row: number,
  t: number,
  gradient: ArrayLike<number>,
): void {
  const { weights, first, second, stride, width } = rows;
  if (!first || !second) throw new Error('Adam needs the arrays `first` and `second`.');
  const { beta1, beta2, step } = adamSettings(optimizer, t);
  const ofRow = optimizer.secondFormat === 'row';
  if (ofRow) {
    second[row] = beta2 * second[row] + (1 - beta2) * meanSquare(gradient, width);
  }
  const random = generators(row, t - 1);
  const sweeps = (t - 1) % SWEEP === 0;
  // The kernels take four at a time: what rows have beyond their width has no gradient.
  for (let j = 0; j < 4 * Math.ceil(width / 4); j++) {
    const at = row * stride + j;
    const g = j < width ? gradient[j] : 0;
    const old = load(first, at);
    const m = beta1 * (sweeps ? unlessTiny(old) : old) + (1 - beta1) * g;
    first[at] = first instanceof Uint16Array ? toBfloat16(m) : m;
    let v = second[row];
    if (!ofRow) {
      v = beta2 * load(second, at) + (1 - beta2) * square(g);
      const word = next(random, j);
      second[at] = second instanceof Uint16Array ? toBfloat16AtRandom(v, word) : v;
    }
    weights[at] -= step(m, v);
  }
}

/** The same for the bias of the row, whose moments are always 32-bit floats. */
export function adamBias(
  rows: AnyRows,
  optimizer: OptimizerFields,
  row: number,
  t: number,
  gradient: number,
): void {
  const { bias, biasFirst, biasSecond } = rows;
  if (!bias || !biasFirst || !biasSecond)
    throw new Error('Adam needs the arrays `biasFirst` and `biasSecond`.');
  const { beta1, beta2, step } = adamSettings(optimizer, t);
  biasFirst[row] = beta1 * unlessTiny(biasFirst[row]) + (1 - beta1) * gradient;
  biasSecond[row] = beta2 * biasSecond[row] + (1 - beta2) * square(gradient);
  bias[row] -= step(biasFirst[row], biasSecond[row]);
}

interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  /** How far moments of m and v move a weight. */
  readonly step: (m: number, v: number) => number;
}

/** The kernels hold the settings as 32-bit floats, so they are rounded here. */
function adamSettings(optimizer: OptimizerFields, t: number): AdamSettings {
  const [beta1, beta2] = [Math.fround(optimizer.beta1), Math.fround(optimizer.beta2)];
  const [rate, epsilon] = [Math.fround(optimizer.rate), Math.fround(optimizer.epsilon)];
  const step = (m: number, v: number): number =>
    (rate * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  return { beta1, beta2, step };
}
