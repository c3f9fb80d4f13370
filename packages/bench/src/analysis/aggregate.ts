/** From the records of single trials to an estimate of each metric at each point. */
import type { Point, TrialRecord } from '../engine/record.ts';
import { estimate, type Estimate } from './estimate.ts';
import { metricInfo, metricValue, type MetricInfo } from './metrics.ts';
import { missingSeeds, runsByPoint, variedPaths } from './runs.ts';

/** What of a study the statistics need. */
export interface StudyFacts {
  /** Names of the registry, or the study's own. */
  readonly metrics: readonly (string | MetricInfo)[];
  /** The seeds that every point is to have. */
  readonly seeds: readonly number[];
}

/** One point of a study, all its seeds together. */
export interface PointSummary {
  readonly point: Point;
  /** By name of the metric, over the seeds that have it. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Seeds that finished. */
  readonly seeds: readonly number[];
  /** Seeds whose trial failed, with what went wrong. */
  readonly failed: readonly { readonly seed: number; readonly message: string }[];
  /** Seeds that the study wants and that were not tried yet. */
  readonly missing: readonly number[];
  /** What differs between the seeds beside the seed itself, as paths into the config: data, if it is drawn anew. */
  readonly varies: readonly string[];
  /** Whether some trials shared the machine with others, so that their times say nothing. */
  readonly shared: boolean;
}

/** The metrics of a study with what is known of them, in its order. @throws {Error} for an unknown name. */
export function studyMetrics({ metrics }: Pick<StudyFacts, 'metrics'>): MetricInfo[] {
  const own = ownMetrics(metrics);
  return metrics.map((metric) => (typeof metric === 'string' ? metricInfo(metric, own) : metric));
}

/** Those of a study's metrics that it brings itself. */
export function ownMetrics(metrics: StudyFacts['metrics']): MetricInfo[] {
  return metrics.filter((metric) => typeof metric !== 'string');
}

/**
 * Mean, standard deviation and 95 % interval over the seeds, by point and metric, in the order in which points first
 * appear. Every metric that the records have is estimated, the study's and those of the registry.
 *
 * @param records of one study, finished or not. Trials of tuning are left out.
 * @throws {Error} if the records name several studies, which one table must not mix.
 */
export function summarize(study: StudyFacts, records: readonly TrialRecord[]): PointSummary[] {
  checkOneStudy(records);
  return runsByPoint(records).map((runs): PointSummary => {
    const { point, finished, failed } = runs;
    const names = new Set([
      ...studyMetrics(study).map(({ name }) => name),
      ...finished.flatMap(({ metrics }) => Object.keys(metrics)),
      'work',
      'partSeconds',
    ]);
    const metrics: Record<string, Estimate> = {};
    for (const name of names) {
      const values = finished.flatMap((record) => metricValue(record, name) ?? []);
      if (values.length > 0) metrics[name] = estimate(values);
    }
    return {
      point,
      metrics,
      seeds: finished.map(({ trial }) => trial.seed),
      failed: failed.map(({ trial, error }) => ({ seed: trial.seed, message: error?.message ?? '' })),
      missing: missingSeeds(runs, study.seeds),
      varies: variedPaths(finished),
      shared: finished.some(({ shared }) => shared),
    };
  });
}

function checkOneStudy(records: readonly TrialRecord[]): void {
  const names = [...new Set(records.map(({ trial }) => trial.study))];
  if (names.length > 1) {
    throw new Error(
      `The records are of ${names.length} studies, which cannot be compared: ${names.join(', ')}.`,
    );
  }
}
