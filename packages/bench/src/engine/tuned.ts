/** What tuning found: the best parameters of each point. */
import { bestTuned } from '../analysis/best-tuned.ts';
import { metricInfo } from '../analysis/metrics.ts';
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
  const own = study.metrics.filter((metric) => typeof metric !== 'string');
  const metric = metricInfo(tune.metric, own);
  const groups = Map.groupBy(records, ({ trial }) => canonicalJson(trial.point));
  return (point) => {
    const best = bestTuned(groups.get(canonicalJson(point)) ?? [], metric, tune.search);
    if (best === undefined) {
      const name = Object.values(point).join(', ');
      throw new Error(
        `No trial of tuning of ${name} has ${tune.metric}: tune it first, or look at its errors.`,
      );
    }
    const { epochs, ...parameters } = best.trial.tuned;
    // The epochs of a rung are no finding.
    return tune.search === 'halving' || epochs === undefined ? parameters : { ...parameters, epochs };
  };
}
