/** Student's t and the normal distribution, by jStat: the only file that knows the library. */
// @ts-expect-error: jStat ships no types.
import jstat from 'jstat';

/** The functions of jStat that are used here; it ships no types. */
interface Library {
  readonly studentt: { inv(p: number, df: number): number; cdf(t: number, df: number): number };
  readonly noncentralt: { cdf(t: number, df: number, shift: number): number };
  readonly normal: {
    inv(p: number, mean: number, deviation: number): number;
    cdf(x: number, mean: number, deviation: number): number;
  };
}

const { studentt, noncentralt, normal } = jstat.jStat as Library;

/**
 * The quantile of Student's t: the value that a draw stays below with probability `p`. Right to 7 digits.
 *
 * @param p in (0, 1).
 * @param df degrees of freedom, above 0.
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`A probability lies between 0 and 1; got ${p}.`);
  checkDegrees(df);
  return studentt.inv(p, df);
}

/** The probability that a draw of Student's t with `df` degrees of freedom is at most `t`. */
export function studentCdf(t: number, df: number): number {
  checkDegrees(df);
  if (t === Infinity) return 1;
  // By symmetry from the left: 1 minus a number near 1 would lose the digits of small probabilities.
  return t > 0 ? 1 - studentCdf(-t, df) : t === -Infinity ? 0 : studentt.cdf(t, df);
}

/** The probability that a draw of the noncentral t, whose mean is about `shift`, is at most `t`. */
export function noncentralCdf(t: number, df: number, shift: number): number {
  checkDegrees(df);
  return noncentralt.cdf(t, df, shift);
}

/** The quantile of the standard normal distribution. @param p in (0, 1). */
export function normalQuantile(p: number): number {
  return normal.inv(p, 0, 1);
}

/** The probability that a standard normal draw is at most `x`. */
export function normalCdf(x: number): number {
  return normal.cdf(x, 0, 1);
}

function checkDegrees(df: number): void {
  if (!(df > 0)) throw new RangeError(`Student's t needs more than 0 degrees of freedom; got ${df}.`);
}
