/** The results so far as a table for the terminal. */
import Table from 'cli-table3';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { metricInfo, metricValue, type MetricInfo } from '../analysis/metrics.ts';
import { pointLabel } from '../analysis/runs.ts';
import { canonicalJson } from '../engine/json.ts';
import type { PlannedPoint } from '../engine/plan.ts';
import type { TrialRecord } from '../engine/record.ts';
import type { Study } from '../engine/study.ts';
import { count, significant } from '../format.ts';

/**
 * A row for each point that has a record: mean and standard deviation over the seeds, and how many of them there are. A dash
 * stands where a metric has no value.
 */
export function resultsTable(
  study: Study,
  points: readonly PlannedPoint[],
  records: readonly TrialRecord[],
): string {
  const metrics = study.metrics.map((metric) => (typeof metric === 'string' ? metricInfo(metric) : metric));
  const runs = Map.groupBy(
    records.filter(({ trial }) => trial.stage === 'run'),
    ({ trial }) => canonicalJson(trial.point),
  );
  const table = new Table({
    head: ['', ...metrics.map(heading), 'n'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', ...metrics.map(() => 'right' as const), 'right'],
  });
  for (const { point } of points) {
    const group = runs.get(canonicalJson(point));
    if (group === undefined) continue;
    const failed = group.filter(({ error }) => error !== undefined).length;
    const cells = metrics.map((metric) =>
      cell(
        metric,
        group.flatMap((record) => metricValue(record, metric.name) ?? []),
      ),
    );
    table.push([
      pointLabel(point),
      ...cells,
      failed === 0 ? String(group.length) : `${group.length - failed}, ${failed} failed`,
    ]);
  }
  return table.toString();
}

function heading({ title = '', name, unit }: MetricInfo): string {
  const units: Partial<Record<string, string>> = { share: ', %', seconds: ', s', nats: ', nats' };
  return `${title || name}${units[unit] ?? ''}`;
}

function cell({ unit }: MetricInfo, values: readonly number[]): string {
  if (values.length === 0) return '–';
  const show = (value: number): string =>
    unit === 'share'
      ? (value * 100).toFixed(1)
      : unit === 'multiply-adds'
        ? count(value)
        : significant(value);
  const copy = [...values];
  const deviation = copy.length < 2 ? 0 : sampleStandardDeviation(copy);
  const centre = mean(copy);
  // Sums in another order differ in their last bits: that is no spread.
  const isSpread = deviation > 1e-9 * Math.abs(centre);
  return isSpread ? `${show(centre)} ± ${show(deviation)}` : show(centre);
}
