/** Reference of SimHash by fast Walsh-Hadamard transforms. */

/**
 * The codes of one vector: random signs and a Walsh-Hadamard transform, three times over (Andoni et al., NIPS 2015,
 * section 4), give 2^log2 projections; for more of them the last round is done again with other signs. Bit
 * bits - 1 - j of code t = [projection j * tables + t >= 0].
 *
 * `signs` has 2^log2 masks a round, 0 or 2^31 (the sign bit): those of two rounds that are common to all projections, then those of
 * each last round. Here as in the kernel every addition rounds to 32 bits, so both give the same codes.
 */
export function hashHadamard(
  x: ArrayLike<number>,
  signs: Uint32Array,
  log2: number,
  bits: number,
  tables: number,
): Uint32Array {
  const projections = projectHadamard(x, signs, log2, bits * tables);
  const codes = new Uint32Array(tables);
  for (const [i, projection] of projections.entries()) {
    if (projection >= 0) codes[i % tables] |= 1 << (bits - 1 - Math.floor(i / tables));
  }
  return codes;
}

/** The first `outputs` projections of one vector. */
export function projectHadamard(
  x: ArrayLike<number>,
  signs: Uint32Array,
  log2: number,
  outputs: number,
): Float32Array {
  const size = 2 ** log2;
  const projections = new Float32Array(outputs);
  const common = new Float32Array(size);
  common.set(x);
  transform(common, signs);
  transform(common, signs.subarray(size));
  for (let first = 0; first < outputs; first += size) {
    const last = common.slice();
    transform(last, signs.subarray(2 * size + first));
    projections.set(last.subarray(0, outputs - first), first);
  }
  return projections;
}

/** Signs, then the transform, not normalized, in place: its length only scales the vector, which no sign sees. */
function transform(x: Float32Array, signs: Uint32Array): void {
  for (let i = 0; i < x.length; i++) if (signs[i] !== 0) x[i] = -x[i];
  for (let span = x.length / 2; span >= 1; span /= 2) {
    for (let i = 0; i < x.length; i++) {
      if (i & span) continue;
      const [a, b] = [x[i], x[i + span]];
      x[i] = a + b;
      x[i + span] = a - b;
    }
  }
}
