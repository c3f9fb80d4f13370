/** The table of the study of attention: the error of each method by the share of keys read, and what a query costs. */
import { weighted } from '../../packages/bench/src/analysis/costs.ts';
import { estimate } from '../../packages/bench/src/analysis/estimate.ts';
import { metricValue } from '../../packages/bench/src/analysis/metrics.ts';
import { matches, type Runs, runsByPoint } from '../../packages/bench/src/analysis/runs.ts';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { Study } from '../../packages/bench/src/engine/study.ts';
import { count, plural } from '../../packages/bench/src/format.ts';
import { markdownTable } from './markers.ts';

/** What columns are of. */
const SHARES = ['1 %', '10 %'];
const NEEDLES = ['0 % on needles', '50 % on needles', '90 % on needles'];
/** Where the work is told. */
const COSTED = { share: '1 %', needles: '50 % on needles' };

/** The table, and what it is of. @throws {Error} if the records have not all that it shows. */
export function attentionTable({ factors }: Study, records: readonly TrialRecord[]): string {
  const runs = runsByPoint(records);
  const at = (method: string, share: string, needles: string): Runs => {
    const found = runs.find(({ point }) => matches(point, { method, share, needles }));
    if (!found) throw new Error(`The records of attention have no ${method}, ${share}, ${needles}.`);
    return found;
  };
  const rows = Object.keys(factors['method'] ?? {}).map((method) => {
    const costed = at(method, COSTED.share, COSTED.needles);
    return [
      method,
      ...NEEDLES.flatMap((needles) => SHARES.map((share) => errorOf(at(method, share, needles)))),
      count(workOf(costed, ['hashing', 'choose', 'forward'])),
      count(workOf(costed, ['rehash'])),
    ];
  });
  const head = [
    '',
    ...NEEDLES.flatMap((needles) => SHARES.map((share) => `${needles}: ${share} read`)),
    'work of a query, 1 %',
    'of its tables',
  ];
  const seeds = Math.max(...runs.map(({ finished }) => finished.length));
  return [
    markdownTable(head, rows),
    '',
    `Errors in lengths of the exact output, means over ${plural(seeds, 'seed')}. Work in multiply-adds; that of building tables is shared by ` +
      'the 64 queries.',
  ].join('\n');
}

function errorOf({ finished }: Runs): string {
  return estimate(finished.flatMap((record) => metricValue(record, 'outputError') ?? [])).mean.toFixed(3);
}

function workOf({ finished }: Runs, parts: readonly string[]): number {
  const works = finished.map(({ cost }) => parts.reduce((sum, part) => sum + weighted(cost[part]!), 0));
  return estimate(works).mean;
}
