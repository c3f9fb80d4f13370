/** Alias tables: a draw from any distribution by one look-up (Walker 1977, as built by Vose 1991). */
import type { Arena } from '../memory/arena.ts';

/** Words of a unit's entry: threshold, alias, and as floats its probability and the logarithm of that. */
export const ALIAS_WORDS = 4;

/**
 * The table that the kernel drawWeighted reads, with probabilities proportional to the weights; to be freed by the caller.
 * @throws {RangeError} unless all weights are above 0 and finite.
 */
export function layAliases(arena: Arena, weights: ArrayLike<number>): Uint32Array {
  const units = weights.length;
  let sum = 0;
  for (let u = 0; u < units; u++) {
    const weight = weights[u]!;
    if (!(weight > 0 && weight < Infinity)) {
      throw new RangeError(`The weight of a unit is above 0; that of unit ${u} is ${weight}.`);
    }
    sum += weight;
  }
  const entries = arena.uint32(units * ALIAS_WORDS);
  const floats = new Float32Array(entries.buffer, entries.byteOffset, entries.length);
  // What each slot still holds, in slots: below 1 it needs the rest from another unit, above 1 it has some to give.
  const held = new Float64Array(units);
  const [poor, rich]: [number[], number[]] = [[], []];
  for (let u = 0; u < units; u++) {
    const q = weights[u]! / sum;
    floats[u * ALIAS_WORDS + 2] = q;
    floats[u * ALIAS_WORDS + 3] = Math.log(q);
    held[u] = q * units;
    (held[u]! < 1 ? poor : rich).push(u);
  }
  while (poor.length > 0 && rich.length > 0) {
    const [slot, giver] = [poor.pop()!, rich.at(-1)!];
    entries[slot * ALIAS_WORDS] = Math.min(2 ** 32 - 1, Math.round(held[slot]! * 2 ** 32));
    entries[slot * ALIAS_WORDS + 1] = giver;
    held[giver]! -= 1 - held[slot]!;
    if (held[giver]! < 1) poor.push(rich.pop()!);
  }
  // What is left holds 1, but for rounding.
  for (const slot of [...poor, ...rich]) {
    entries[slot * ALIAS_WORDS] = 2 ** 32 - 1;
    entries[slot * ALIAS_WORDS + 1] = slot;
  }
  return entries;
}
