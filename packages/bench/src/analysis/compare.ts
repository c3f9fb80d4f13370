/** Two sets of records of one study, trial by trial: what differs, and by how much. */
import type { Json, Trial, TrialRecord } from '../engine/record.ts';
import { totalWork } from './costs.ts';
import { estimate, type Estimate } from './estimate.ts';
import { METRICS, type MetricInfo } from './metrics.ts';
import { isRepeatable } from './repeatable.ts';
import { pointKey, pointLabel } from './runs.ts';

/** A number that two records of one trial disagree on. */
export interface Change {
  /** The metric, `work`, or a series with the place of its first difference: `series loss[3]`. */
  readonly name: string;
  readonly a: number;
  readonly b: number;
}

/** One trial in both sets that did not give the same. */
export interface ChangedTrial {
  readonly label: string;
  readonly numbers: readonly Change[];
  /** What else differs, a sentence each: failures, what is in one only, paths of the config. */
  readonly notes: readonly string[];
}

/** What two sets of records have in common and what not. */
export interface Comparison {
  /** Trials in both that agree to the bit in all that is deterministic: nothing is of those that do not repeat (Hogwild). */
  readonly same: number;
  readonly changed: readonly ChangedTrial[];
  /** Labels of trials in one set only. */
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  /**
   * By metric that is not deterministic: the logarithm of b / a over the trials that have it in both. Times of two machines,
   * or of a shared one, differ without a meaning.
   */
  readonly times: Readonly<Record<string, Estimate>>;
}

/**
 * Compares two sets of records. A trial is the same by study, stage, point, seed and tuned values: not by key, since sources
 * may have changed between the two. Of several records of one trial the last counts.
 *
 * @param own the study's own metrics, of which some may not be deterministic.
 */
export function compare(
  a: readonly TrialRecord[],
  b: readonly TrialRecord[],
  own: readonly MetricInfo[] = [],
): Comparison {
  const [first, second] = [byTrial(a), byTrial(b)];
  const timed = new Set(
    [...METRICS, ...own].flatMap(({ name, deterministic }) => (deterministic ? [] : [name])),
  );
  const pairs = [...first].flatMap(([key, record]) => {
    const other = second.get(key);
    return other === undefined ? [] : [[record, other] as const];
  });
  const differences = pairs.map(([one, other]) => difference(one, other, timed));
  const changed = differences.filter(({ numbers, notes }) => numbers.length + notes.length > 0);
  return {
    same: pairs.length - changed.length,
    changed,
    onlyA: labelsOfOnly(first, second),
    onlyB: labelsOfOnly(second, first),
    times: timeRatios(pairs, timed),
  };
}

type Trials = ReadonlyMap<string, TrialRecord>;

function byTrial(records: readonly TrialRecord[]): Trials {
  return new Map(
    records.map((record) => {
      const { study, stage, point, seed, tuned } = record.trial;
      // The tuned values of a run follow from tuning, and are among what may differ.
      return [
        JSON.stringify([study, stage, pointKey(point), seed, stage === 'tune' ? sorted(tuned) : null]),
        record,
      ];
    }),
  );
}

function labelsOfOnly(these: Trials, those: Trials): string[] {
  return [...these].flatMap(([key, { trial }]) => (those.has(key) ? [] : [trialLabel(trial)]));
}

function trialLabel({ stage, point, seed, tuned }: Trial): string {
  const what = stage === 'tune' ? `, tuned ${JSON.stringify(tuned)}` : '';
  return `${pointLabel(point)}, seed ${seed}${what}`;
}

function difference(a: TrialRecord, b: TrialRecord, timed: ReadonlySet<string>): ChangedTrial {
  const notes: string[] = [];
  const numbers: Change[] = [];
  for (const path of changedPaths(a.trial.config, b.trial.config, 'config')) {
    notes.push(
      `${path.name}: ${JSON.stringify(path.a) ?? 'nothing'} against ${JSON.stringify(path.b) ?? 'nothing'}.`,
    );
  }
  if (a.error?.message !== b.error?.message) {
    notes.push(`The first ${ending(a)}; the second ${ending(b)}.`);
  }
  if (!isRepeatable(a.trial) && !isRepeatable(b.trial)) return { label: trialLabel(a.trial), numbers, notes };
  for (const name of union(a.metrics, b.metrics)) {
    const [one, other] = [a.metrics[name], b.metrics[name]];
    if (one === undefined || other === undefined) {
      // A trial that failed has no metrics: that is said already.
      if (!a.error && !b.error)
        notes.push(`${name} is in ${one === undefined ? 'the second' : 'the first'} only.`);
    } else if (!timed.has(name) && !Object.is(one, other)) numbers.push({ name, a: one, b: other });
  }
  for (const name of union(a.series, b.series)) {
    if (timed.has(name) || name === 'seconds') continue;
    const [one = [], other = []] = [a.series[name], b.series[name]];
    const place = one.findIndex((value, i) => i < other.length && !Object.is(value, other[i]));
    if (place !== -1) numbers.push({ name: `series ${name}[${place}]`, a: one[place]!, b: other[place]! });
    else if (one.length !== other.length && !a.error && !b.error) {
      notes.push(`The series ${name} has ${one.length} against ${other.length} values.`);
    }
  }
  const [work, otherWork] = [totalWork(a.cost), totalWork(b.cost)];
  if (!a.error && !b.error && work !== otherWork) numbers.push({ name: 'work', a: work, b: otherWork });
  return { label: trialLabel(a.trial), numbers, notes };
}

function ending({ error }: TrialRecord): string {
  return error === undefined ? 'finished' : `failed (${error.message})`;
}

function union(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

interface ChangedPath {
  readonly name: string;
  readonly a: Json | undefined;
  readonly b: Json | undefined;
}

function changedPaths(a: Json | undefined, b: Json | undefined, name: string): ChangedPath[] {
  if (isObject(a) && isObject(b)) {
    return union(a, b).flatMap((key) => changedPaths(a[key], b[key], `${name}.${key}`));
  }
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)) ? [] : [{ name, a, b }];
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same value with the keys of all objects in order. */
function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item) as Json);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item) as Json]));
}

function timeRatios(
  pairs: readonly (readonly [TrialRecord, TrialRecord])[],
  timed: ReadonlySet<string>,
): Record<string, Estimate> {
  const ratios: Record<string, Estimate> = {};
  for (const name of timed) {
    const logarithms = pairs.flatMap(([{ metrics: a }, { metrics: b }]) => {
      const [one, other] = [a[name], b[name]];
      return one !== undefined && other !== undefined && one > 0 && other > 0 ? [Math.log(other / one)] : [];
    });
    if (logarithms.length > 0) ratios[name] = estimate(logarithms);
  }
  return ratios;
}
