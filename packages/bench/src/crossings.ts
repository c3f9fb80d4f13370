/** From what width on something holds: the conclusion of a study of widths. */
import { thousands } from './format.ts';

/** Whether it holds at one width. */
export interface Verdict {
  readonly width: number;
  readonly holds: boolean;
}

/** Where it holds. */
export interface Crossing {
  /** The least width from which on it holds at every width that was measured; `null` if it fails at the widest. */
  readonly from: number | null;
  /** Widths at which it holds although it fails at a wider one, ascending. */
  readonly also: readonly number[];
}

/**
 * Finds the crossing. One width at which it happens to hold is no crossing where it fails at the next.
 *
 * @param verdicts in any order, a width once.
 */
export function crossing(verdicts: readonly Verdict[]): Crossing {
  const ascending = verdicts.toSorted((a, b) => a.width - b.width);
  const lastFailure = ascending.findLastIndex(({ holds }) => !holds);
  return {
    from: ascending[lastFailure + 1]?.width ?? null,
    also: ascending.slice(0, lastFailure + 1).flatMap(({ width, holds }) => (holds ? [width] : [])),
  };
}

/** The crossing as the end of a sentence: `from a width of 8,000 on`, `at none of these widths`. */
export function describeCrossing(verdicts: readonly Verdict[]): string {
  const { from, also } = crossing(verdicts);
  const others = also.map(thousands).join(', ');
  if (from === null) return also.length === 0 ? 'at none of these widths' : `at ${others} only`;
  if (verdicts.every(({ holds }) => holds)) return 'at all of these widths';
  const on = `from a width of ${thousands(from)} on`;
  return also.length === 0 ? on : `${on}, and at ${others}`;
}
