/** What tuning found: the best parameters of each point. */
import { metricInfo, metricValue, type MetricInfo } from '../analysis/metrics.ts';
import { canonicalJson } from './json.ts';
import type { Config, Point, TrialRecord } from './record.ts';
import type { Study } from './study.ts';

/**
 * The parameters at which the tuned metric is best for each point; of equal ones those that were tried first.
 *
 * @param records those of tuning, in the order of the plan.
 * @throws {Error} for a point none of whose trials of tuning has the metric.
 */
export function bestParameters(study: Study, records: readonly TrialRecord[]): (point: Point) => Config {
  const { tune } = study;
  if (tune === undefined) return () => ({});
  const own = study.metrics.filter(
    (metric): metric is Exclude<typeof metric, string> => typeof metric !== 'string',
  );
  const { better }: MetricInfo = metricInfo(tune.metric, own);
  const groups = Map.groupBy(records, ({ trial }) => canonicalJson(trial.point));
  return (point) => {
    let best: { value: number; tuned: Config } | undefined;
    for (const record of groups.get(canonicalJson(point)) ?? []) {
      const value = metricValue(record, tune.metric);
      if (value === undefined) continue;
      if (best === undefined || (better === 'higher' ? value > best.value : value < best.value)) {
        best = { value, tuned: record.trial.tuned };
      }
    }
    if (best === undefined) {
      const name = Object.values(point).join(', ');
      throw new Error(
        `No trial of tuning of ${name} has ${tune.metric}: tune it first, or look at its errors.`,
      );
    }
    return best.tuned;
  };
}
