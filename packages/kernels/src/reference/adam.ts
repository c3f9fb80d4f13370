/** Reference of Adam on one row, with its moments in any of their formats. */
import type { OptimizerFields, RowsFields } from '../layout.ts';

/** Rows whose moments are kept in any format. */
export type AnyRows = RowsFields<Float32Array | Uint16Array>;

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** The number that a bfloat16 stands for: it is the upper half of a 32-bit float. */
export function fromBfloat16(bits: number): number {
  word[0] = bits << 16;
  return float[0];
}

/** The bfloat16 nearest to a finite number, of two that are equally near the even one. */
export function toBfloat16(x: number): number {
  float[0] = x;
  const odd = (word[0] >>> 16) & 1;
  return (word[0] + 0x7fff + odd) >>> 16;
}

/**
 * The bfloat16 below or above a number of 0 or more. Where `random` is uniform from 0 to 65535, the probability of the
 * upper one is the share of the way to it, so that the mean is the number itself.
 */
function toBfloat16AtRandom(x: number, random: number): number {
  float[0] = x;
  return (word[0] + random) >>> 16;
}

/** A step of an xorshift generator (Marsaglia 2003). */
function xorshift(x: number): number {
  let y = x ^ (x << 13);
  y ^= y >>> 17;
  return y ^ (y << 5);
}

function load(moments: Float32Array | Uint16Array, at: number): number {
  return moments instanceof Uint16Array ? fromBfloat16(moments[at]) : moments[at];
}

/**
 * Update number `t`, counted from 1, of the weights of row `row` (Kingma and Ba 2015, algorithm 1):
 * m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w -= rate mHat / (sqrt(vHat) + epsilon), with
 * mHat = m / (1 - beta1^t) and vHat = v / (1 - beta2^t).
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
    let squares = 0;
    for (let j = 0; j < width; j++) squares += gradient[j] ** 2;
    second[row] = beta2 * second[row] + (1 - beta2) * (squares / width);
  }
  // Random numbers for rounding depend on the row and the update only; every fourth element shares a generator.
  const seed = Math.imul(row, 0x85ebca6b) + Math.imul(t - 1, 0xc2b2ae35);
  const generators = [0, 1, 2, 3].map((lane) => xorshift(Math.imul(seed + lane, 0x9e3779b1) | 1));
  for (let j = 0; j < width; j++) {
    const at = row * stride + j;
    const m = beta1 * load(first, at) + (1 - beta1) * gradient[j];
    first[at] = first instanceof Uint16Array ? toBfloat16(m) : m;
    let v = second[row];
    if (!ofRow) {
      v = beta2 * load(second, at) + (1 - beta2) * gradient[j] ** 2;
      generators[j & 3] = xorshift(generators[j & 3]);
      second[at] = second instanceof Uint16Array ? toBfloat16AtRandom(v, generators[j & 3] >>> 16) : v;
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
  biasFirst[row] = beta1 * biasFirst[row] + (1 - beta1) * gradient;
  biasSecond[row] = beta2 * biasSecond[row] + (1 - beta2) * gradient ** 2;
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
