/** A study's planned comparisons: paired by seed, with intervals, corrected for their number, and what each decides. */
import type { Point, TrialRecord } from '../engine/record.ts';
import { ownMetrics, type StudyFacts } from './aggregate.ts';
import { hierarchicalBootstrap, type BootstrapInterval } from './bootstrap.ts';
import { valueAtCost } from './equal-cost.ts';
import { comparable, type Lack, lackOf } from './lack.ts';
import { isRatio, metricInfo, type MetricInfo } from './metrics.ts';
import { ALPHA, equivalenceP, holm, pairedDifference, type PairedDifference } from './paired.ts';
import { seedsToDecide } from './power.ts';
import { matches, pointKey, runsByPoint, type Runs } from './runs.ts';

/** A planned comparison of two arms by one metric, paired by seed. */
export interface Contrast {
  /** Levels that make the two arms. Of the other factors each level is compared with itself. */
  readonly arms: readonly [Point, Point];
  readonly metric: string;
  /**
   * Differences within ± margin count as none: in units of the metric, or as a share of the second arm's value where metrics
   * are compared by their ratio (times, counts of work). 0 for never; half a point for shares if not given.
   */
  readonly margin?: number;
  /** What it would mean if the first arm were the better one, e.g. `choosing by similarity helps`. */
  readonly claim?: string;
  /**
   * Compares at equal cost: the second arm's value is read off its curve along a factor, where it costs what the first does.
   */
  readonly at?: { readonly cost: string; readonly along: string };
}

/** What the contrasts of a study need to know of it. */
export interface ContrastFacts extends StudyFacts {
  readonly contrasts?: readonly Contrast[];
  /** The levels that others are compared with where no contrasts are planned. */
  readonly baseline?: Point;
}

/** 'better' and 'worse' are said of the first arm; 'saturated' where both have all but all that can be had, which tells nothing. */
export type Decision = 'better' | 'worse' | 'equivalent' | 'saturated' | 'undecided' | 'unmeasured';

/** What became of one planned comparison at one level of all other factors. */
export interface ContrastOutcome {
  readonly contrast: Contrast;
  readonly metric: MetricInfo;
  /** The levels of the factors that both arms share. */
  readonly where: Point;
  /** Seeds that both arms have. */
  readonly seeds: readonly number[];
  /** Why there is no difference; `null` if there is one. */
  readonly lack: Lack | null;
  /** Whether both arms have 99.9 % of a share or more with each seed. */
  readonly saturated: boolean;
  /** First arm minus second, for each of the seeds; of logarithms where the metric is compared by ratios. */
  readonly differences: readonly number[];
  /** Their mean, and its test. `null` without a pair. */
  readonly difference: PairedDifference | null;
  /** Over seeds and test rows, where the records hold a value for each row: no decision contradicts it. */
  readonly rows: BootstrapInterval | null;
  /** Corrected for all comparisons of the study by Holm's method: that there is a difference. */
  readonly p: number | null;
  /** Corrected as `p` is: that the difference is within the margin. */
  readonly equivalence: number | null;
  /** The margin used, 0 for none; in the unit of `difference`. */
  readonly margin: number;
  /** Number of comparisons that `p` is corrected for. */
  readonly comparisons: number;
  readonly decision: Decision;
  /** Seeds that would decide; `null` if it is decided, if nothing is known of the spread, or if more than MOST_SEEDS. */
  readonly seedsNeeded: number | null;
}

/** A share of all, or so near to it that what is left cannot tell two arms apart. */
const FULL = 0.999;

/** Half a point: the margin for shares. */
const SHARE_MARGIN = 0.005;

/**
 * All planned comparisons of a study, at each combination of the other factors' levels that both arms were measured at. A
 * study without contrasts is compared with its baseline by its first metric.
 *
 * @param records of one study, finished or not.
 */
export function contrasts(study: ContrastFacts, records: readonly TrialRecord[]): ContrastOutcome[] {
  const runs = runsByPoint(records);
  const planned = study.contrasts?.length ? study.contrasts : againstBaseline(study, runs);
  const list = planned.flatMap((contrast) => compared(study, contrast, runs));
  const tested = list.filter(({ difference }) => difference !== null && difference.p !== null);
  const corrected = holm(tested.map(({ difference }) => difference?.p as number));
  const equal = tested.map(({ difference, margin }) =>
    margin === 0 ? 1 : (equivalenceP(difference as PairedDifference, margin) as number),
  );
  const equalCorrected = holm(equal);
  return list.map((outcome): ContrastOutcome => {
    const index = tested.indexOf(outcome);
    const all = {
      ...outcome,
      p: corrected[index] ?? null,
      equivalence: outcome.margin === 0 ? null : (equalCorrected[index] ?? null),
      comparisons: tested.length,
    };
    const decision = decide(all);
    return { ...all, decision, seedsNeeded: decision === 'undecided' ? needed(all) : null };
  });
}

/** A comparison before it is tested. */
export type Compared = Pick<
  ContrastOutcome,
  | 'contrast'
  | 'metric'
  | 'where'
  | 'seeds'
  | 'lack'
  | 'saturated'
  | 'differences'
  | 'difference'
  | 'rows'
  | 'margin'
>;
type Tested = Compared & Pick<ContrastOutcome, 'p' | 'equivalence' | 'comparisons'>;

/** One contrast for each level of the baseline's factors that is not the baseline's own. */
function againstBaseline({ baseline, metrics }: ContrastFacts, runs: readonly Runs[]): Contrast[] {
  const [first] = metrics;
  if (baseline === undefined || first === undefined) return [];
  const metric = typeof first === 'string' ? first : first.name;
  const arms = runs.map(({ point }) =>
    Object.fromEntries(Object.entries(point).filter(([factor]) => factor in baseline)),
  );
  return [...new Map(arms.map((arm) => [pointKey(arm), arm])).values()]
    .filter((arm) => pointKey(arm) !== pointKey(baseline))
    .map((arm) => ({ arms: [arm, baseline], metric }));
}

/** One contrast at each combination of the other factors' levels, before its p-value is corrected; unmeasured if at none. */
export function compared(study: StudyFacts, contrast: Contrast, runs: readonly Runs[]): Compared[] {
  const own = ownMetrics(study.metrics);
  const metric = metricInfo(contrast.metric, own);
  const cost = contrast.at && metricInfo(contrast.at.cost, own);
  const given = contrast.margin ?? (metric.unit === 'share' ? SHARE_MARGIN : 0);
  const margin = isRatio(metric) ? Math.log1p(given) : given;
  const found = pairs(contrast, runs).map(({ where, first, others }): Compared => {
    const values = first.finished.flatMap((record) => differenceOf(cost, metric, record, others));
    const differences = values.map(({ difference }) => difference);
    return {
      contrast,
      metric,
      where,
      seeds: values.map(({ seed }) => seed),
      lack:
        values.length > 0
          ? null
          : lackOf(first, others, cost ? [metric, cost] : [metric], cost !== undefined),
      saturated:
        metric.unit === 'share' &&
        values.length > 0 &&
        values.every(({ value, other }) => value >= FULL && other >= FULL),
      differences,
      difference: differences.length === 0 ? null : pairedDifference(differences),
      rows: rowsInterval(contrast, first, others),
      margin,
    };
  });
  if (found.length > 0) return found;
  const none = {
    seeds: [],
    lack: 'run' as const,
    saturated: false,
    differences: [],
    difference: null,
    rows: null,
  };
  return [{ contrast, metric, where: {}, ...none, margin }];
}

interface Pair {
  readonly where: Point;
  readonly first: Runs;
  /** One point, or those of a curve at equal cost. */
  readonly others: readonly Runs[];
}

/** The points that are compared: equal in all factors that neither arm names, as far as they have them. */
function pairs({ arms: [a, b], at }: Contrast, runs: readonly Runs[]): Pair[] {
  const free = at?.along;
  return runs
    .filter(({ point }) => matches(point, a))
    .flatMap((first): Pair[] => {
      const fits = runs.filter(
        ({ point }) =>
          matches(point, b) &&
          Object.entries(point).every(
            ([factor, level]) => factor in b || factor === free || (first.point[factor] ?? level) === level,
          ),
      );
      if (fits.length === 0) return [];
      if (at !== undefined) return [{ where: rest(first.point, a, {}), first, others: fits }];
      return fits.map((second) => ({
        where: rest({ ...second.point, ...first.point }, a, b),
        first,
        others: [second],
      }));
    });
}

function rest(point: Point, a: Point, b: Point): Point {
  return Object.fromEntries(Object.entries(point).filter(([factor]) => !(factor in a || factor in b)));
}

function differenceOf(
  cost: MetricInfo | undefined,
  metric: MetricInfo,
  record: TrialRecord,
  others: readonly Runs[],
): { seed: number; value: number; other: number; difference: number }[] {
  const { seed } = record.trial;
  const value = comparable(record, metric);
  const rivals = others.flatMap(({ finished }) => finished.filter(({ trial }) => trial.seed === seed));
  // Times compare only within a block.
  const timed = !metric.deterministic || cost?.deterministic === false;
  const near = timed ? rivals.filter(({ block }) => block === record.block) : rivals;
  const other =
    cost === undefined ? near[0] && comparable(near[0], metric) : atCost(cost, metric, record, near);
  if (value === undefined || other === undefined) return [];
  return [{ seed, value, other, difference: isRatio(metric) ? Math.log(value / other) : value - other }];
}

function atCost(
  cost: MetricInfo,
  metric: MetricInfo,
  record: TrialRecord,
  rivals: readonly TrialRecord[],
): number | undefined {
  const mine = comparable(record, cost);
  if (mine === undefined) return undefined;
  const curve = rivals.flatMap((rival) => {
    const [price, value] = [comparable(rival, cost), comparable(rival, metric)];
    return price === undefined || value === undefined ? [] : [{ cost: price, value }];
  });
  return valueAtCost(curve, mine) ?? undefined;
}

/**
 * The interval that is shown of a comparison: Student's over the seeds, widened to the bootstrap's where that reaches further.
 * A bootstrap of few seeds cannot reach far enough by itself.
 */
export function shownInterval({
  difference,
  rows,
}: Pick<ContrastOutcome, 'difference' | 'rows'>): { readonly low: number; readonly high: number } | null {
  if (difference === null || difference.low === null || difference.high === null) return null;
  const { low, high } = difference;
  return rows === null ? { low, high } : { low: Math.min(low, rows.low), high: Math.max(high, rows.high) };
}

/** The name of the series that holds a metric's value for each test row. */
export function rowSeries(metric: string): string {
  return `rows.${metric}`;
}

function rowsInterval(
  { at, metric }: Contrast,
  first: Runs,
  others: readonly Runs[],
): BootstrapInterval | null {
  if (at !== undefined) return null;
  const bySeed = new Map(others[0]?.finished.map((record) => [record.trial.seed, record]));
  const groups = first.finished.flatMap((record) => {
    const mine = record.series[rowSeries(metric)];
    const theirs = bySeed.get(record.trial.seed)?.series[rowSeries(metric)];
    if (mine === undefined || mine.length !== theirs?.length) return [];
    return [mine.map((value, row) => value - (theirs[row] as number))];
  });
  return groups.length < 2 ? null : hierarchicalBootstrap(groups);
}

function decide({ difference, saturated, rows, p, equivalence, metric, margin }: Tested): Decision {
  if (difference === null) return 'unmeasured';
  if (saturated) return 'saturated';
  const apart = rows === null || rows.low > 0 || rows.high < 0;
  if (p !== null && p < ALPHA && apart) {
    return difference.mean > 0 === (metric.better === 'higher') ? 'better' : 'worse';
  }
  const within = rows === null || (rows.low > -margin && rows.high < margin);
  return equivalence !== null && equivalence < ALPHA && within ? 'equivalent' : 'undecided';
}

function needed({ difference, margin, comparisons }: Tested): number | null {
  if (!difference?.deviation) return null;
  const seeds = seedsToDecide(difference.mean, difference.deviation, margin, ALPHA / comparisons);
  return seeds === null ? null : Math.max(seeds, difference.n + 1);
}
