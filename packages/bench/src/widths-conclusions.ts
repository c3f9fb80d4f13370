/** What a study of widths answers: where hashing wins, in time and in accuracy. */
import { describeCrossing } from './crossings.ts';
import type { Verdict } from './crossings.ts';
import type { SummaryRow } from './summary.ts';
import { BEST_DENSE, widthRows } from './widths-study.ts';
import type { WidthResult, WidthRow } from './widths-study.ts';

/** The arms that the study is about. */
const HASHING = ['lsh', 'signatures'] as const;

/** One answer. */
export interface Conclusion {
  /** What may hold at a width, e.g. `lsh trains faster than narrow`. */
  readonly statement: string;
  /** By width, ascending; widths where one of the two arms is missing are left out. */
  readonly verdicts: readonly Verdict[];
}

/** Whether hashing is the faster, by the median over the seeds. */
const faster = (hashing: WidthRow, rival: WidthRow): boolean =>
  hashing.relative !== null && rival.relative !== null
    ? hashing.relative < rival.relative
    : hashing.secondsPerEpoch < rival.secondsPerEpoch;

/** Whether hashing is at least as accurate in one of its passes, by the mean over the seeds. A dense rival has one pass only. */
const asAccurate =
  (pass: 'full' | 'sparse') =>
  ({ summary }: WidthRow, rival: WidthRow): boolean =>
    accuracy(summary, pass) >= accuracy(rival.summary, 'full');

/** The answers, about whichever of the arms were measured; none without one that hashes. */
export function conclude(results: readonly WidthResult[]): Conclusion[] {
  return HASHING.flatMap((arm) => concludeOn(arm, results));
}

function concludeOn(arm: string, results: readonly WidthResult[]): Conclusion[] {
  const widths = results.map(widthRows);
  const about = (
    statement: string,
    rival: string,
    holds: (hashing: WidthRow, rival: WidthRow) => boolean,
  ): Conclusion => ({
    statement: `${arm} ${statement}`,
    verdicts: widths.flatMap((rows): Verdict[] => {
      const hashing = rows.find(({ label }) => label === arm);
      const other = rows.find(({ label }) => label === rival);
      return hashing && other ? [{ width: hashing.width, holds: holds(hashing, other) }] : [];
    }),
  });
  return [
    about('trains faster than dense at its best batch size', BEST_DENSE, faster),
    about('trains faster than narrow', 'narrow', faster),
    about('is at least as accurate as dense, computing all units', 'dense', asAccurate('full')),
    about('is at least as accurate as narrow, computing all units', 'narrow', asAccurate('full')),
    about(
      'is at least as accurate as narrow, computing only the chosen units',
      'narrow',
      asAccurate('sparse'),
    ),
  ].filter(({ verdicts }) => verdicts.length > 0);
}

/** An answer as a sentence: `lsh trains faster than narrow: at none of these widths.` */
export function conclusionText({ statement, verdicts }: Conclusion): string {
  return `${statement}: ${describeCrossing(verdicts)}.`;
}

function accuracy(summary: SummaryRow | null, pass: 'full' | 'sparse'): number {
  return summary?.accuracy[pass].mean ?? NaN;
}
