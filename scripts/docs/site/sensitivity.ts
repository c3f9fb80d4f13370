/** How much of what is said at equal work hangs on the weights by which work is added up. */
import { contrasts, type Contrast, shownInterval } from '../../../packages/bench/src/analysis/contrasts.ts';
import { isRatio } from '../../../packages/bench/src/analysis/metrics.ts';
import {
  bareDifference,
  differenceUnit,
  intervalText,
} from '../../../packages/bench/src/analysis/numbers.ts';
import { outcomeLabel } from '../../../packages/bench/src/analysis/verdict.ts';
import { matches } from '../../../packages/bench/src/analysis/runs.ts';
import type { Cost, Point, TrialRecord } from '../../../packages/bench/src/engine/record.ts';
import type { Study } from '../../../packages/bench/src/engine/study.ts';
import { markdownTable } from '../markers.ts';

const FACTORS = [
  ['halved', 0.5],
  ['as they are', 1],
  ['doubled', 2],
] as const;

/** A row for each comparison where it was made; a column for each change of all weights but that of a multiply-add. */
export function sensitivityTable(
  study: Study,
  records: readonly TrialRecord[],
  compared: readonly Contrast[],
  where: Point = {},
): string {
  const changed = FACTORS.map(([, factor]) =>
    contrasts({ ...study, contrasts: compared }, reweighed(records, factor)).filter((outcome) =>
      matches(outcome.where, where),
    ),
  );
  const rows = changed[0]!.map((outcome, row) => [
    outcomeLabel(outcome).replace(/, at equal \w+$/, ''),
    ...changed.map((outcomes) => {
      const { difference, metric } = outcomes[row]!;
      const ends = shownInterval(outcomes[row]!);
      if (difference === null || ends === null) return 'out of reach';
      return `${bareDifference(difference.mean, metric)} (${intervalText(ends.low, ends.high, metric)})`;
    }),
  ]);
  const { metric } = changed[0]![0]!;
  return [
    markdownTable(['the weights', ...FACTORS.map(([name]) => name)], rows),
    '',
    `${metric.title[0]!.toUpperCase()}${metric.title.slice(1)}, the first arm ${isRatio(metric) ? 'over' : 'minus'} the second` +
      `${isRatio(metric) ? '' : `,${differenceUnit(metric)}`}, with 95 % intervals. All weights but that of a multiply-add are changed.`,
  ].join('\n');
}

/** Records whose work is what it would be with other weights: so much more of everything but multiply-adds. */
function reweighed(records: readonly TrialRecord[], factor: number): TrialRecord[] {
  return records.map((record) => ({
    ...record,
    cost: Object.fromEntries(
      Object.entries(record.cost).map(([part, cost]) => [part, scaled(cost, factor)] as const),
    ),
  }));
}

function scaled(cost: Cost, factor: number): Cost {
  const { multiplyAdds, ...others } = cost;
  const changed = Object.entries(others).map(([name, count]) => [name, count * factor] as const);
  return { multiplyAdds, ...Object.fromEntries(changed) } as Cost;
}
