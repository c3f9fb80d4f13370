/** All records as CSV (RFC 4180): a line for each trial, of tuning too. */
import { totalWork } from '../analysis/costs.ts';
import type { TrialRecord } from '../engine/record.ts';

/** Columns: what the trial was, its metrics, its weighted work, its time, and what went wrong. Series are left to the records. */
export function csv(records: readonly TrialRecord[]): string {
  const names = (of: (record: TrialRecord) => Readonly<Record<string, unknown>>): string[] => [
    ...new Set(records.flatMap((record) => Object.keys(of(record)))),
  ];
  const factors = names(({ trial }) => trial.point);
  const tuned = names(({ trial }) => trial.tuned);
  const metrics = names((record) => record.metrics);
  const head = [
    'study',
    'stage',
    ...factors,
    'seed',
    ...tuned,
    ...metrics,
    'work',
    'seconds',
    'shared',
    'block',
    'startedAt',
    'error',
    'key',
  ];
  const lines = records.map((record) => {
    const { trial, cost, error } = record;
    return [
      trial.study,
      trial.stage,
      ...factors.map((factor) => trial.point[factor]),
      trial.seed,
      ...tuned.map((path) => plain(trial.tuned[path])),
      ...metrics.map((metric) => record.metrics[metric]),
      Object.keys(cost).length === 0 ? undefined : totalWork(cost),
      record.seconds,
      record.shared,
      record.block,
      record.startedAt,
      error?.message,
      record.key,
    ];
  });
  return [head, ...lines].map((cells) => `${cells.map(field).join(',')}\r\n`).join('');
}

function plain(value: unknown): string | number | undefined {
  return value === undefined || typeof value === 'string' || typeof value === 'number'
    ? value
    : JSON.stringify(value);
}

function field(value: string | number | boolean | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
