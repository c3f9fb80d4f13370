/** The similarity that winner-take-all hashing sees. */
import { checkNames } from '../vectors/check-flat.ts';

/**
 * The probability that two vectors have their largest coordinate at the same place, among `binSize` coordinates drawn
 * at random: the sum over i of C(R_i, binSize - 1) / C(n, binSize), R_i being the number of coordinates in which both
 * vectors are less than in coordinate i (Yagnik et al., ICCV 2011). For bins of 2 it is (1 + Kendall's tau) / 2.
 *
 * With `zeros: 'values'`, as WTA has them, that is all, and coordinates should differ. By default zeros are absent, as
 * DWTA has them: less than all else. Draws that are all 0 in both vectors do not count (DWTA takes
 * another bin for them), and one that is all 0 in one of them agrees by chance, with probability 1 / binSize. Two vectors
 * of zeros have similarity 1. Coordinates other than 0 should differ; the time goes with the square of their number.
 * @throws {RangeError} if the vectors differ in length, or are shorter than a bin.
 */
export function rankSimilarity(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  binSize: number,
  options: { readonly zeros?: 'absent' | 'values' } = {},
): number {
  checkNames('rankSimilarity', options, ['zeros']);
  const n = x.length;
  if (y.length !== n) throw new RangeError(`Vectors to compare have one length; got ${n} and ${y.length}.`);
  if (!(Number.isInteger(binSize) && binSize >= 1 && binSize <= n)) {
    throw new RangeError(`A bin has from 1 to all ${n} coordinates; got ${binSize}.`);
  }
  const absent = options.zeros === 'values' ? 0 : -Infinity;
  const pairs = Array.from(x, (value, k) => [value || absent, y[k] || absent] as const);
  const seen = pairs.filter(([a, b]) => a > -Infinity || b > -Infinity);
  if (seen.length === 0) return 1;
  const hidden = n - seen.length;
  let same = 0;
  for (const [a, b] of seen) {
    if (a === -Infinity || b === -Infinity) continue;
    const less = seen.filter(([c, d]) => c < a && d < b).length + hidden;
    // C(less, binSize - 1) / C(n, binSize), one factor after the other so that none overflows.
    same += (binSize / n) * shareOf(less, n - 1, binSize - 1);
  }
  const bothEmpty = shareOf(hidden, n, binSize);
  const emptyOf = (side: 0 | 1): number =>
    shareOf(pairs.filter((pair) => pair[side] === -Infinity).length, n, binSize) - bothEmpty;
  return (same + (emptyOf(0) + emptyOf(1)) / binSize) / (1 - bothEmpty);
}

/** C(some, size) / C(all, size): the probability that `size` of `all` things are among `some` of them. */
function shareOf(some: number, all: number, size: number): number {
  let share = 1;
  for (let k = 0; k < size; k++) share *= Math.max(0, some - k) / (all - k);
  return share;
}
