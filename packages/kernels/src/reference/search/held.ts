/** Reference of what a search holds while it goes on. */

/** A vector and its score. */
export interface Held {
  readonly place: number;
  readonly id: number;
  /** That of its int8 copy, */
  readonly score: number;
  /** and the most that the vector's own can be. */
  readonly highest: number;
}

/** Best first: higher scores, and among equal ones lower ids. */
export function sortHeld(held: readonly Held[]): Held[] {
  return held.toSorted((a, b) => b.score - a.score || a.id - b.id);
}

/**
 * Those that may be among the `k` best, and the score that those reach: the least that the best may have, k of them or some more
 * which are in one of the bins, of equal width in the order of floats, that scores are counted in.
 */
export function thinHeld(
  held: readonly Held[],
  k: number,
): { readonly held: Held[]; readonly least: number } {
  const orders = held.map(({ score }) => order(score));
  const [lowest, most] = [Math.min(...orders), Math.max(...orders)];
  // A power of 2, such that there are 512 bins at most.
  const width = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, most - lowest))) - 8);
  const counts = new Map<number, number>();
  for (const place of orders) {
    const bin = Math.floor((place - lowest) / width);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  let cut = 512;
  for (let room = k; room > 0;) room -= counts.get(--cut) ?? 0;
  const best = held.filter((_, i) => orders[i] >= lowest + cut * width);
  const least = Math.min(
    ...best.map(({ score, highest }) => Math.fround(score - Math.fround(highest - score))),
  );
  return { held: held.filter(({ highest }) => highest >= least), least };
}

/** The place of a 32-bit float among all of them. */
function order(score: number): number {
  const [bits] = new Int32Array(Float32Array.of(score).buffer);
  return bits >= 0 ? bits : -(bits & 0x7fffffff) - 1;
}
