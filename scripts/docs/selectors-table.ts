/** The table of the study of selectors: accuracy and work of each arm. */
import { weighted, weightsText } from '../../packages/bench/src/analysis/costs.ts';
import { estimate } from '../../packages/bench/src/analysis/estimate.ts';
import { metricValue } from '../../packages/bench/src/analysis/metrics.ts';
import { pointLabel, type Runs, runsByPoint } from '../../packages/bench/src/analysis/runs.ts';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { Study } from '../../packages/bench/src/engine/study.ts';
import { count, plural } from '../../packages/bench/src/format.ts';
import { inOrder } from '../../packages/bench/src/report/facts.ts';
import { markdownTable } from './markers.ts';

/** Columns of work, with the parts that each holds. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  choose: ['hashing', 'choose'],
  forward: ['forward'],
  backward: ['backward'],
  optimizer: ['optimizer'],
  rehash: ['rehash'],
};

/** The table, and what it is of. @throws {Error} if dense has no record, with whose work that of others is compared. */
export function selectorsTable(study: Study, records: readonly TrialRecord[]): string {
  const runs = inOrder(study, runsByPoint(records));
  const dense = runs.find(({ point }) => point['arm'] === 'dense');
  if (!dense) throw new Error('The records of selectors have no dense network to compare with.');
  const all = workOf(dense, Object.values(COLUMNS).flat());
  const share = (run: Runs, parts: readonly string[]): string => shareText((100 * workOf(run, parts)) / all);
  const rows = runs.map((run) => [
    pointLabel(run.point),
    spread(run, 'accuracy.full'),
    spread(run, 'accuracy.sparse'),
    percent(estimate(valuesOf(run, 'activeShare')).mean),
    ...Object.values(COLUMNS).map((parts) => share(run, parts)),
    share(run, Object.values(COLUMNS).flat()),
  ]);
  const head = ['', 'accuracy, full pass', 'sparse pass', 'active', ...Object.keys(COLUMNS), 'all work'];
  const seeds = Math.max(...runs.map(({ finished }) => finished.length));
  const { epochs } = dense.finished[0]?.trial.config ?? {};
  return [
    markdownTable(head, rows),
    '',
    `Accuracy on the test images and active units in per cent, mean ± standard deviation over ${plural(seeds, 'seed')}, ` +
      `${String(epochs)} epochs. Work in per cent of dense's, which is ${count(all)} a training sample; *choose* is hashing and look-ups, or topK's ` +
      `full search. ${weightsText().replace(/^w/, 'W')}`,
  ].join('\n');
}

function valuesOf({ finished }: Runs, name: string): number[] {
  return finished.flatMap((record) => metricValue(record, name) ?? []);
}

function spread(run: Runs, name: string): string {
  const { mean, deviation } = estimate(valuesOf(run, name));
  return deviation === null ? percent(mean) : `${percent(mean)} ± ${percent(deviation)}`;
}

function workOf({ finished }: Runs, parts: readonly string[]): number {
  const works = finished.map(({ cost }) =>
    parts.reduce((sum, part) => sum + (cost[part] === undefined ? 0 : weighted(cost[part])), 0),
  );
  return estimate(works).mean;
}

/** In per cent. */
function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function shareText(share: number): string {
  if (share === 0) return '0';
  return share < 0.1 ? '<0.1' : share.toFixed(1);
}
