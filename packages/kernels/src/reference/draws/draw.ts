/** Reference of drawing random units. */

export const MASK: bigint = (1n << 64n) - 1n;

/** The finalizer of splitmix64 (Steele, Lea and Flood 2014), on 64 bits. */
export function mix(x: bigint): bigint {
  let z = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

/**
 * The list of distinct ids below `units`, filled up to `limit` (at most `units`) ids with distinct units that it does not
 * have, drawn uniformly. What is drawn depends on the seed, the step and the number of the sample (each below 2^32) only.
 */
export function drawUnits(
  list: ArrayLike<number>,
  limit: number,
  units: number,
  seed: number,
  step: number,
  sample: number,
): Int32Array {
  const filled = new Set(Array.from(list));
  let state = mix((mix((BigInt(seed) << 32n) | BigInt(step)) + BigInt(sample)) & MASK);
  while (filled.size < limit) {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    // The upper half of the bits is a fraction of 2^32, scaled to the number of units.
    filled.add(Number(((mix(state) >> 32n) * BigInt(units)) >> 32n));
  }
  return Int32Array.from(filled);
}

/** The same for a sample whose code in table t is codes[t]: an equal share of the list from each code's own sequence. */
export function drawKeyed(
  list: ArrayLike<number>,
  limit: number,
  units: number,
  seed: number,
  codes: ArrayLike<number>,
): Int32Array {
  let filled: Int32Array = Int32Array.from(list);
  for (let t = 0; t < codes.length; t++) {
    const stop = Math.floor((limit * (t + 1)) / codes.length);
    if (stop > filled.length) filled = drawUnits(filled, stop, units, seed, t, codes[t]!);
  }
  return filled;
}

/**
 * Lists of samples that share one sequence of draws, list s beginning with `certain[s]` ids that are not drawn: what all of them have
 * of the first draws comes last in each, in the order of the sequence. One list alone has them in that order. `first` are as many as the sample takes that needs the fewest.
 */
export function commonLast(
  lists: readonly Int32Array[],
  certain: readonly number[],
  first: ArrayLike<number>,
): Int32Array[] {
  if (lists.length < 2) return [...lists];
  const given = new Set(lists.flatMap((list, s) => [...list.subarray(0, certain[s])]));
  const common = Array.from(first).filter((id) => !given.has(id));
  return lists.map((list) => Int32Array.from([...list.filter((id) => !common.includes(id)), ...common]));
}
