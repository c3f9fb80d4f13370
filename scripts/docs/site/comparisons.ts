/** Tables of comparisons for pages that answer a question: pairs of arms, paired by seed, with intervals. */
import { isDeepStrictEqual } from 'node:util';
import { contrasts, type Contrast, shownInterval } from '../../../packages/bench/src/analysis/contrasts.ts';
import { isRatio, metricInfo } from '../../../packages/bench/src/analysis/metrics.ts';
import {
  bareDifference,
  differenceText,
  differenceUnit,
  intervalText,
  pText,
} from '../../../packages/bench/src/analysis/numbers.ts';
import { decisionText, outcomeLabel } from '../../../packages/bench/src/analysis/verdict.ts';
import { matches } from '../../../packages/bench/src/analysis/runs.ts';
import type { Point, TrialRecord } from '../../../packages/bench/src/engine/record.ts';
import type { Study } from '../../../packages/bench/src/engine/study.ts';
import { plural } from '../../../packages/bench/src/format.ts';
import { inOrder } from '../../../packages/bench/src/report/facts.ts';
import { markdownTable } from '../markers.ts';

/**
 * A row for each comparison at each level of the other factors, and how to read them.
 *
 * @param family what p-values are corrected for: all comparisons of these records that pages make. Default: the table's own.
 * @param where only at these levels of other factors.
 * @throws {Error} if a comparison has no record: a page would tell less than it says.
 */
export function comparisonTable(
  study: Study,
  records: readonly TrialRecord[],
  compared: readonly Contrast[],
  { family = compared, where = {} }: { readonly family?: readonly Contrast[]; readonly where?: Point } = {},
): string {
  const found = contrasts({ ...study, contrasts: family }, records).filter((outcome) =>
    matches(outcome.where, where),
  );
  const outcomes = compared.flatMap((contrast) =>
    inOrder(
      study,
      found
        .filter((outcome) => isDeepStrictEqual(outcome.contrast, contrast))
        .map((outcome) => ({ point: outcome.where, outcome })),
    ).map(({ outcome }) => outcome),
  );
  // Counts hardly vary: a test would say nothing.
  const counted = isRatio(outcomes[0]!.metric) && outcomes[0]!.metric.deterministic;
  const rows = outcomes.map((outcome) => {
    const { difference, metric, p } = outcome;
    const ends = shownInterval(outcome);
    if (difference === null || ends === null) {
      throw new Error(`The records of ${study.name} do not decide: ${outcomeLabel(outcome)}.`);
    }
    const row = [
      outcomeLabel(outcome)
        .replace(/, at equal \w+$/, '')
        .replaceAll(' %', '\u00a0%'),
      decisionText(outcome),
      bareDifference(difference.mean, metric),
      intervalText(ends.low, ends.high, metric),
    ];
    return counted ? row : [...row, p === null ? '–' : pText(p).replace('<', '&lt; ')];
  });
  const [first] = outcomes;
  const { title, better } = first!.metric;
  const what = isRatio(first!.metric) ? 'ratio' : 'difference';
  const unit = isRatio(first!.metric) ? '' : differenceUnit(first!.metric);
  const equal =
    first!.contrast.at === undefined ? '' : `, at equal ${metricInfo(first!.contrast.at.cost).title}`;
  const margin =
    first && first.margin > 0 && !isRatio(first.metric) ? differenceText(first.margin, first.metric) : '';
  return [
    markdownTable(
      ['', 'it is', `${what}${unit && `,${unit}`}`, '95 % interval', ...(counted ? [] : ['p'])],
      rows,
      2,
    ),
    '',
    `${title[0]!.toUpperCase()}${title.slice(1)} (${better} is better), the first arm ${what === 'ratio' ? 'over' : 'minus'} the second, ` +
      `paired by seed${equal}; ${plural(first!.seeds.length, 'seed')}.` +
      (counted
        ? ''
        : ` P-values are corrected for ${first!.comparisons} comparisons by Holm's method${family === compared ? '' : ', all that pages make of the study; its report has the planned ones alone'}.`) +
      (margin && outcomes.some(({ decision }) => decision === 'equivalent')
        ? ` *The same* is within ${margin} for sure.`
        : ''),
  ].join('\n');
}

/** Arms against others, by one metric. */
export function pairs(
  metric: string,
  factor: string,
  list: readonly (readonly [string, string])[],
): Contrast[] {
  return list.map(([a, b]) => ({ arms: [{ [factor]: a }, { [factor]: b }], metric }));
}
