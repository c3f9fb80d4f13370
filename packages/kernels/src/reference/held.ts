/** Reference of what a search holds while it goes on. */

/** A vector and its score. */
export interface Held {
  readonly place: number;
  readonly id: number;
  readonly score: number;
}

/** Best first: higher scores, and among equal ones lower ids. */
export function sortHeld(held: readonly Held[]): Held[] {
  return held.toSorted((a, b) => b.score - a.score || a.id - b.id);
}

/**
 * Those whose scores reach that of a bin, of equal width in the order of floats, in which the `k`-th greatest lies: the k best and
 * some more, at a fraction of what sorting costs.
 */
export function thinHeld(held: readonly Held[], k: number): Held[] {
  const orders = held.map(({ score }) => order(score));
  const [least, most] = [Math.min(...orders), Math.max(...orders)];
  // A power of 2, such that there are 512 bins at most.
  const width = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, most - least))) - 8);
  const counts = new Map<number, number>();
  for (const place of orders) {
    const bin = Math.floor((place - least) / width);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  let cut = 512;
  for (let room = k; room > 0;) room -= counts.get(--cut) ?? 0;
  return held.filter((_, i) => orders[i] >= least + cut * width);
}

/** The place of a 32-bit float among all of them. */
function order(score: number): number {
  const [bits] = new Int32Array(Float32Array.of(score).buffer);
  return bits >= 0 ? bits : -(bits & 0x7fffffff) - 1;
}
