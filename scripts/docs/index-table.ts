/** The table of the study of indexes: what each way finds where few vectors are scored, for each kind of vectors. */
import { estimate } from '../../packages/bench/src/analysis/estimate.ts';
import { metricValue } from '../../packages/bench/src/analysis/metrics.ts';
import { matches, type Runs, runsByPoint } from '../../packages/bench/src/analysis/runs.ts';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { Study } from '../../packages/bench/src/engine/study.ts';
import { plural } from '../../packages/bench/src/format.ts';
import { markdownTable } from './markers.ts';

/** A row for each way that says what it scored, and what the columns are. @throws {Error} if there are no records. */
export function indexTable({ factors }: Study, records: readonly TrialRecord[]): string {
  const runs = runsByPoint(records);
  const corpora = Object.keys(factors['corpus'] ?? {});
  const rows = Object.keys(factors['method'] ?? {}).flatMap((method) => {
    const cells = corpora.map((corpus) =>
      cellOf(runs.find(({ point }) => matches(point, { method, corpus }))),
    );
    return cells.every((cell) => cell === undefined) ? [] : [[method, ...cells.map((cell) => cell ?? '–')]];
  });
  const finished = runs[0]?.finished ?? [];
  if (finished.length === 0) throw new Error('There are no records of index.');
  const { within } = finished[0]!.trial.config as { readonly within: number };
  return [
    markdownTable(['', ...corpora], rows),
    '',
    `Recall of the 10 best where ${100 * within} % of the vectors are scored, means over ${plural(finished.length, 'seed')}; where even ` +
      'the least effort scores more, its recall, and in brackets the share that it scores.',
  ].join('\n');
}

/** Nothing where it is not known what was scored, as for a graph, or where all is, as by an exact index. */
function cellOf(runs: Runs | undefined): string | undefined {
  if (!runs || runs.finished.length === 0) return undefined;
  const within = runs.finished.flatMap((record) => metricValue(record, 'recallWithin') ?? []);
  if (within.length === runs.finished.length) return estimate(within).mean.toFixed(2);
  const [examined, recall] = ['examined', 'recall'].map((name) =>
    runs.finished.flatMap(({ series }) => series[name]?.[0] ?? []),
  ) as [number[], number[]];
  if (examined.length < runs.finished.length || examined.every((share) => share === 1)) return undefined;
  return `${estimate(recall).mean.toFixed(2)} (${(100 * estimate(examined).mean).toFixed(0)} %)`;
}
