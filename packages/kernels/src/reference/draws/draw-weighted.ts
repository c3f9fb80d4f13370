/** Reference of drawing units without replacement, each with its own probability. */
import { MASK, mix } from './draw.ts';

/** An alias table (Walker 1977): slot u is unit u with probability thresholds[u] / 2^32, else aliases[u]. */
export interface AliasTable {
  readonly thresholds: ArrayLike<number>;
  readonly aliases: ArrayLike<number>;
  /** The probabilities that it gives; they add up to 1. */
  readonly probabilities: ArrayLike<number>;
}

/**
 * The list of certain ids, filled up to `limit` (at most the number of units), and what is added to the logarithm of each
 * one's value so that sums over the list estimate sums over all units: 0 for the certain ones, for the others
 * -log(1 - e^(-q T)). T is when the first unit came that had no place, each draw an event of a Poisson process of rate 1.
 */
export function drawWeighted(
  certain: ArrayLike<number>,
  limit: number,
  table: AliasTable,
  seed: number,
  step: number,
  sample: number,
): { readonly ids: Int32Array; readonly corrections: Float32Array } {
  const { thresholds, aliases, probabilities } = table;
  const units = probabilities.length;
  const listed = new Set(Array.from(certain));
  const corrections = new Float32Array(limit);
  if (limit === units) {
    for (let id = 0; id < units; id++) listed.add(id);
    return { ids: Int32Array.from(listed), corrections };
  }
  if (listed.size === limit) return { ids: Int32Array.from(listed), corrections };
  let state = mix((mix((BigInt(seed) << 32n) | BigInt(step)) + BigInt(sample)) & MASK);
  const next = (): bigint => mix((state = (state + 0x9e3779b97f4a7c15n) & MASK));
  for (let draws = 1; ; draws++) {
    const bits = next();
    const slot = Number(((bits >> 32n) * BigInt(units)) >> 32n);
    const id = Number(bits & 0xffffffffn) < thresholds[slot]! ? slot : aliases[slot]!;
    if (listed.has(id)) continue;
    if (listed.size < limit) {
      listed.add(id);
      continue;
    }
    let time = 0;
    for (let d = 0; d < draws; d++) time -= Math.log((Number(next() >> 11n) + 0.5) / 2 ** 53);
    const ids = Int32Array.from(listed);
    for (let i = certain.length; i < limit; i++) {
      corrections[i] = -Math.log(-Math.expm1(-probabilities[ids[i]!]! * time));
    }
    return { ids, corrections };
  }
}
