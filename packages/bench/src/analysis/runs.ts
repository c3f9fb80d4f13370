/** Which records of a study count, and what is missing from it. */
import type { Json, Point, TrialRecord } from '../engine/record.ts';

/** A text that is the same for equal points, whatever the order of their factors. */
export function pointKey(point: Point): string {
  return JSON.stringify(Object.entries(point).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A point for people: its levels in order, `lsh, 5 %`. */
export function pointLabel(point: Point): string {
  const levels = Object.values(point);
  return levels.length === 0 ? 'all' : levels.join(', ');
}

/** Whether `point` has every level that `wanted` names. */
export function matches(point: Point, wanted: Point): boolean {
  return Object.entries(wanted).every(([factor, level]) => point[factor] === level);
}

/** One point of a study with its records, a seed once. */
export interface Runs {
  readonly point: Point;
  /** Those that finished, by ascending seed. */
  readonly finished: readonly TrialRecord[];
  /** Those of seeds that never finished. */
  readonly failed: readonly TrialRecord[];
}

/**
 * The runs of a study by point, in the order in which points first appear. Trials of tuning are left out. Of several
 * records of one trial the one that started last counts; one that finished goes before one that failed.
 */
export function runsByPoint(records: readonly TrialRecord[]): Runs[] {
  const runs = records.filter(({ trial }) => trial.stage === 'run');
  return [...Map.groupBy(runs, ({ trial }) => pointKey(trial.point)).values()].map((group) => {
    const kept = [...Map.groupBy(group, ({ trial }) => trial.seed).values()]
      .map(latest)
      .toSorted((a, b) => a.trial.seed - b.trial.seed);
    return {
      point: (group[0] as TrialRecord).trial.point,
      finished: kept.filter(({ error }) => error === undefined),
      failed: kept.filter(({ error }) => error !== undefined),
    };
  });
}

function latest(records: readonly TrialRecord[]): TrialRecord {
  return records.reduce((best, record) => {
    if ((best.error === undefined) !== (record.error === undefined)) {
      return record.error === undefined ? record : best;
    }
    return record.startedAt >= best.startedAt ? record : best;
  });
}

/** The seeds of `wanted` that a point has no record of, finished or failed. */
export function missingSeeds({ finished, failed }: Runs, wanted: readonly number[]): number[] {
  const seen = new Set([...finished, ...failed].map(({ trial }) => trial.seed));
  return wanted.filter((seed) => !seen.has(seed));
}

/**
 * What differs between the runs of a point beside the seed itself: dotted paths into the config, such as `task.seed`. None
 * where the seed alone varies, as with one data set for all seeds.
 */
export function variedPaths(records: readonly TrialRecord[]): string[] {
  const paths = new Map<string, Set<string>>();
  for (const { trial } of records) {
    for (const [path, value] of leaves(trial.config, '')) {
      const values = paths.get(path) ?? new Set();
      paths.set(path, values.add(value));
    }
  }
  return [...paths].flatMap(([path, values]) => (values.size > 1 ? [path] : []));
}

function leaves(value: Json, path: string): [path: string, value: string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [[path, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner as Json, path === '' ? name : `${path}.${name}`),
  );
}
