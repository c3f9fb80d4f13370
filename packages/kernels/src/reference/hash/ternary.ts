/**
 * Reference of SimHash with sparse hyperplanes of entries 1 and -1 (Achlioptas 2003). Here as in the kernels every
 * addition rounds to 32 bits, so both give the same codes.
 */

/**
 * The codes of one vector: bit j of code t = [projection t * bits + j >= 0]. Projection h is the sum of coordinates
 * members[starts[2 h]] to members[starts[2 h + 1]] less the sum of those from there to members[starts[2 h + 2]].
 */
export function hashTernary(
  x: ArrayLike<number>,
  starts: Int32Array,
  members: Uint32Array,
  bits: number,
  tables: number,
): Uint32Array {
  const codes = new Uint32Array(tables);
  for (const [h, projection] of projectTernary(x, starts, members, bits * tables).entries()) {
    if (projection >= 0) codes[Math.floor(h / bits)] |= 1 << (h % bits);
  }
  return codes;
}

/** The projections of one vector. */
export function projectTernary(
  x: ArrayLike<number>,
  starts: Int32Array,
  members: Uint32Array,
  planes: number,
): Float32Array {
  const sum = (from: number, to: number): number =>
    members.subarray(from, to).reduce((total, member) => Math.fround(total + x[member]), 0);
  return Float32Array.from(
    { length: planes },
    (_, h) => sum(starts[2 * h], starts[2 * h + 1]) - sum(starts[2 * h + 1], starts[2 * h + 2]),
  );
}

/**
 * The codes of one sparse vector, ids ascending. Coordinate k is a part of the sums entries[starts[k]] to
 * entries[starts[k + 1]], of which the first half (a multiple of 4) are positive sums and the second half negative ones.
 */
export function hashTernarySparse(
  ids: ArrayLike<number>,
  values: ArrayLike<number>,
  starts: Int32Array,
  entries: Uint32Array,
  bits: number,
  tables: number,
): Uint32Array {
  const half = Math.ceil((bits * tables) / 4) * 4;
  const sums = new Float32Array(2 * half);
  for (let i = 0; i < ids.length; i++) {
    for (const entry of entries.subarray(starts[ids[i]], starts[ids[i] + 1])) sums[entry] += values[i];
  }
  const codes = new Uint32Array(tables);
  for (let h = 0; h < bits * tables; h++) {
    if (sums[h] >= sums[half + h]) codes[Math.floor(h / bits)] |= 1 << (h % bits);
  }
  return codes;
}
