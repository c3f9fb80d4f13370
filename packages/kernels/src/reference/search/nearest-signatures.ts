/** Reference of the choice by signatures. */

/** Floats of this size have no fraction. */
const ROUNDER = 1.5 * 2 ** 23;

/**
 * The `k` of the units with the highest scores for a query, ascending. A signature has `words` words of 64 bits, as twice as
 * many of 32: unit u's are signatures[2 * words * u] and those after it. The score of a unit whose signature differs in d
 * bits is norms[u] * cosines[d] + its bias, rounded to the nearest whole number, halves to the even one; among equal scores the
 * lower units are taken.
 */
export function nearestSignatures(
  signatures: Uint32Array,
  query: Uint32Array,
  norms: Float32Array,
  cosines: Float32Array,
  k: number,
  biases?: Float32Array,
): Int32Array {
  const scores = Array.from(norms, (norm, u) => {
    let d = 0;
    for (const [w, word] of query.entries()) {
      for (let bits = word ^ signatures[u * query.length + w]!; bits !== 0; bits &= bits - 1) d++;
    }
    const product = Math.fround(norm * cosines[d]!);
    return Math.fround((biases ? Math.fround(product + biases[u]!) : product) + ROUNDER);
  });
  const units = scores.map((_, u) => u);
  units.sort((a, b) => scores[b]! - scores[a]! || a - b);
  return Int32Array.from(units.slice(0, k)).toSorted();
}
