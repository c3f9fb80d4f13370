/** The table of the study of capacity: what each arm learned by heart, for how much work. */
import { estimate, halfWidth } from '../../packages/bench/src/analysis/estimate.ts';
import { metricValue } from '../../packages/bench/src/analysis/metrics.ts';
import { type Runs, runsByPoint } from '../../packages/bench/src/analysis/runs.ts';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { Study } from '../../packages/bench/src/engine/study.ts';
import { count, plural } from '../../packages/bench/src/format.ts';
import { inOrder } from '../../packages/bench/src/report/facts.ts';
import { markdownTable } from './markers.ts';

/** A row for each arm, and what the columns are. @throws {Error} if there are no records. */
export function capacityTable(study: Study, records: readonly TrialRecord[]): string {
  const runs = inOrder(study, runsByPoint(records.filter(({ trial }) => trial.stage === 'run')));
  const [first] = runs;
  if (!first) throw new Error('There are no records of capacity.');
  const rows = runs.map((run) => [
    run.point['arm'] === 'narrow' ? `narrow, ${run.point['units']} units` : run.point['arm']!,
    accuracyOf(run),
    count(estimate(valuesOf(run, 'work')).mean),
    String(run.finished[0]?.trial.tuned['optimizer.rate'] ?? ''),
  ]);
  const { epochs } = first.finished[0]?.trial.config ?? {};
  return [
    markdownTable(['', 'rows known, %', 'work a row', 'rate'], rows),
    '',
    `Rows that the sparse pass gives the right label after ${String(epochs)} epochs, mean and half of the 95 % interval over ` +
      `${plural(first.finished.length, 'seed')}; all work of a row in training, in multiply-adds; the rate that tuning chose.`,
  ].join('\n');
}

function accuracyOf(run: Runs): string {
  const all = estimate(valuesOf(run, 'accuracy.sparse'));
  const half = halfWidth(all);
  return `${(100 * all.mean).toFixed(1)}${half === null ? '' : ` ± ${(100 * half).toFixed(1)}`}`;
}

function valuesOf({ finished }: Runs, name: string): number[] {
  return finished.flatMap((record) => metricValue(record, name) ?? []);
}
