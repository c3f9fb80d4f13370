/** Joins the records of several machines by their keys, and holds them to determinism. */
import { METRICS } from '../analysis/metrics.ts';
import { isRepeatable } from '../analysis/repeatable.ts';
import { canonicalJson } from './json.ts';
import type { TrialRecord } from './record.ts';
import { latestRecords } from './store.ts';

/** Records with the file that they come from. */
export interface RecordsOf {
  readonly path: string;
  readonly records: readonly TrialRecord[];
}

/**
 * The records of all files, each key once, in the order in which keys first come. A trial that finished anywhere counts as finished.
 *
 * @throws {Error} if the files are of several studies, or two records of one trial differ in a metric or series that is
 * deterministic: the message names the trial, the metric, both values and both files.
 */
export function mergeRecords(files: readonly RecordsOf[]): TrialRecord[] {
  const first = new Map<string, { record: TrialRecord; path: string }>();
  for (const { path, records } of files) {
    for (const record of records) {
      if (record.error !== undefined) continue;
      const other = first.get(record.key);
      if (other === undefined) first.set(record.key, { record, path });
      else checkSame(other, { record, path });
    }
  }
  const all = files.flatMap(({ records }) => records);
  const studies = [...new Set(all.map(({ trial }) => trial.study))];
  if (studies.length > 1)
    throw new Error(`The files are of several studies, ${studies.join(', ')}: merge each of its own.`);
  return latestRecords(all).map((record) => first.get(record.key)?.record ?? record);
}

/** @throws {Error} as {@link mergeRecords} does. */
function checkSame(a: { record: TrialRecord; path: string }, b: { record: TrialRecord; path: string }): void {
  const [left, right] = [deterministicPart(a.record), deterministicPart(b.record)];
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const [x, y] = [left[name], right[name]].map((value) =>
      value === undefined ? 'nothing' : canonicalJson(value),
    );
    if (x === y) continue;
    const { point, seed } = a.record.trial;
    throw new Error(
      `${Object.values(point).join(', ')}, seed ${seed}: ${name} is ${shorten(x)} in ${a.path}, but ${shorten(y)} in ${b.path}. ` +
        `The same trial gives the same numbers everywhere; one of the two machines or files is wrong.`,
    );
  }
}

/**
 * What a repeated trial gives to the bit, by name: metrics, series and costs. Times and rates are left out, and everything
 * of trials that do not repeat, see {@link isRepeatable}.
 */
export function deterministicPart(record: TrialRecord): Record<string, unknown> {
  const { metrics, series, cost, trial } = record;
  if (!isRepeatable(trial)) return {};
  const kept = Object.entries({
    ...metrics,
    ...Object.fromEntries(Object.entries(series).map(([name, list]) => [`series ${name}`, list])),
  });
  const names = kept.filter(([name]) => isDeterministic(name.replace(/^series /, '')));
  return { ...Object.fromEntries(names), ...(Object.keys(cost).length === 0 ? {} : { cost }) };
}

/** Whether a metric or series repeats to the bit. A study's own do, unless their names say that they are times or rates. */
function isDeterministic(name: string): boolean {
  const known = METRICS.find((metric) => metric.name === name);
  return known?.deterministic ?? !/seconds|PerSecond/i.test(name);
}

function shorten(text = ''): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
