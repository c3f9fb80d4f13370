/** Reference of adaptive dropout. */
import { MASK, mix } from './draw.ts';

/** The units that fire, each with probability sigmoid(alpha * values[u] + beta), by the draws of a seed, step and sample. */
export function fireUnits(
  values: ArrayLike<number>,
  alpha: number,
  beta: number,
  seed: number,
  step: number,
  sample: number,
): Int32Array {
  let state = mix((mix((BigInt(seed) << 32n) | BigInt(step)) + BigInt(sample)) & MASK);
  const fired: number[] = [];
  for (let u = 0; u < values.length; u++) {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    const uniform = Number(mix(state) >> 40n) / 2 ** 24;
    if (uniform < 1 / (1 + Math.exp(-(alpha * values[u]! + beta)))) fired.push(u);
  }
  return Int32Array.from(fired);
}
