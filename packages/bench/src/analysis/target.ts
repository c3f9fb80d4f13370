/** When, or at what cost, a curve reaches a target. */
import type { Point, TrialRecord } from '../engine/record.ts';
import { ownMetrics, type StudyFacts } from './aggregate.ts';
import { seriesOf } from './costs.ts';
import { estimate, type Estimate } from './estimate.ts';
import { metricInfo } from './metrics.ts';
import { matches, pointKey, runsByPoint } from './runs.ts';

/** What is to be reached: a value of a metric, over a series such as seconds or work. */
export interface Target {
  readonly metric: string;
  readonly over: string;
  /** Where the baseline's run of the same seed ends, if not given. */
  readonly value?: number;
}

/** How the seeds of a point came to a target. */
export interface Reach {
  /** Seeds that have both series, and a target. */
  readonly n: number;
  /** How many of them reached it. */
  readonly reached: number;
  /** Over all of them; `null` where some did not, since a mean of those that did would flatter. */
  readonly estimate: Estimate | null;
}

/**
 * Where a curve first reaches `target`, on straight lines between its points; `null` if it never does.
 *
 * @param x ascending, e.g. seconds or multiply-adds so far.
 * @param y as many, the values there. A curve that starts at the target reaches it at its first point.
 * @throws {RangeError} if the two are not equally long.
 */
export function firstReach(
  x: readonly number[],
  y: readonly number[],
  target: number,
  better: 'higher' | 'lower',
): number | null {
  if (x.length !== y.length) {
    throw new RangeError(`A curve has an x for each y; got ${x.length} and ${y.length}.`);
  }
  const sign = better === 'higher' ? 1 : -1;
  const there = y.findIndex((value) => sign * value >= sign * target);
  if (there === -1) return null;
  const [right, value] = [x[there] as number, y[there] as number];
  if (there === 0) return right;
  const [left, before] = [x[there - 1] as number, y[there - 1] as number];
  return left + ((target - before) / (value - before)) * (right - left);
}

/**
 * Where each point reaches a target.
 *
 * @param baseline whose ends are the targets where none is given: the run of the same seed, with the same levels of all other
 * factors as far as it has them.
 * @returns by `pointKey`; points without the series, or without a target, are left out.
 */
export function reach(
  study: StudyFacts & { readonly baseline?: Point },
  records: readonly TrialRecord[],
  { metric, over, value }: Target,
): ReadonlyMap<string, Reach> {
  const { better } = metricInfo(metric, ownMetrics(study.metrics));
  const runs = runsByPoint(records);
  const { baseline } = study;
  const ends = runs.filter(({ point }) => baseline !== undefined && matches(point, baseline));
  const found = new Map<string, Reach>();
  for (const { point, finished } of runs) {
    const end = ends.find((other) =>
      Object.entries(other.point).every(
        ([factor, level]) => factor in (baseline ?? {}) || (point[factor] ?? level) === level,
      ),
    );
    const places = finished.flatMap((record) => {
      const { series, trial } = record;
      const goal =
        value ?? end?.finished.find((other) => other.trial.seed === trial.seed)?.series[metric]?.at(-1);
      const [x, y] = [seriesOf(record, over), series[metric]];
      return goal === undefined || x === undefined || y === undefined ? [] : [firstReach(x, y, goal, better)];
    });
    if (places.length === 0) continue;
    const reached = places.filter((place) => place !== null);
    found.set(pointKey(point), {
      n: places.length,
      reached: reached.length,
      estimate: reached.length === places.length ? estimate(reached) : null,
    });
  }
  return found;
}
