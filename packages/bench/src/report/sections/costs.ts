/** Where the work goes, by part. */
import { weighted, weightsText } from '../../analysis/costs.ts';
import { matches, pointLabel, runsByPoint, type Runs } from '../../analysis/runs.ts';
import { OPERATIONS } from '@hashgrad/sparse-nn';
import { count, significant } from '../../format.ts';
import type { Block, FigureBlock, TableBlock } from '../blocks.ts';
import { inOrder } from '../facts.ts';
import { whereOption } from '../options.ts';
import { stackPlot } from '../plots/bars.ts';
import type { DrawSection } from './section.ts';

/** Stacks of weighted work and of seconds by part, and all counts as a table. */
export const costs: DrawSection = ({ study, records }, spec, id) => {
  const runs = inOrder(study, runsByPoint(records)).filter(
    ({ point, finished }) => matches(point, whereOption(spec)) && finished.length > 0,
  );
  const work = partsOf(runs, ({ cost }) => cost);
  const timed = partsOf(runs, ({ partSeconds }) => partSeconds);
  if (work.length + timed.length === 0) return [{ kind: 'text', text: 'No trial has counted its work yet.' }];
  const parts = [...new Set([...work, ...timed])];
  const blocks: Block[] = [];
  if (work.length > 0) {
    const of = (each: Runs, part: string): number =>
      meanOf(each, ({ cost }) => (cost[part] === undefined ? 0 : weighted(cost[part])));
    blocks.push(stack(runs, parts, work, of, `${id}-work`, 'Work by part', 'multiply-adds', count));
  }
  if (timed.length > 0) {
    const of = (each: Runs, part: string): number =>
      meanOf(each, ({ partSeconds }) => partSeconds[part] ?? 0);
    blocks.push(stack(runs, parts, timed, of, `${id}-seconds`, 'Time by part', 'seconds', secondsText));
  }
  if (work.length === 0) return blocks;
  return [
    ...blocks,
    { kind: 'note', text: `Per training sample (or query), mean over the seeds; ${weightsText()}` },
    { kind: 'details', summary: 'All counts', blocks: [countsTable(runs, work, `${id}-counts`)] },
  ];
};

type Finished = Runs['finished'][number];

function meanOf({ finished }: Runs, of: (record: Finished) => number): number {
  return finished.reduce((sum, record) => sum + of(record), 0) / finished.length;
}

/** The parts in the order in which records first name them. */
function partsOf(
  runs: readonly Runs[],
  of: (record: Finished) => Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set(runs.flatMap(({ finished }) => finished.flatMap((record) => Object.keys(of(record)))))];
}

function stack(
  runs: readonly Runs[],
  parts: readonly string[],
  shown: readonly string[],
  of: (each: Runs, part: string) => number,
  name: string,
  title: string,
  unit: string,
  show: (value: number) => string,
): FigureBlock {
  const pieces = runs.flatMap((each) =>
    shown.map((part) => {
      const value = of(each, part);
      return {
        name: pointLabel(each.point),
        part: parts.indexOf(part),
        value,
        title: `${pointLabel(each.point)}, ${part}: ${show(value)}`,
      };
    }),
  );
  return {
    kind: 'figure',
    name,
    title,
    svg: stackPlot(pieces, { names: runs.map(({ point }) => pointLabel(point)), label: unit, show }),
    wide: false,
    legend: shown.map((part) => ({ label: part, mark: { part: parts.indexOf(part) } })),
    note: 'Mean over the seeds.',
  };
}

function countsTable(runs: readonly Runs[], parts: readonly string[], id: string): TableBlock {
  return {
    kind: 'table',
    id,
    names: 2,
    head: [
      'point',
      'part',
      'multiply-adds',
      'comparisons',
      'additions',
      'words',
      'entries',
      'candidates',
      'together',
      '% of all',
    ],
    rows: runs.flatMap((each) => {
      const total = meanOf(each, ({ cost }) =>
        Object.values(cost).reduce((sum, part) => sum + weighted(part), 0),
      );
      return parts.map((part) => {
        const together = meanOf(each, ({ cost }) => (cost[part] === undefined ? 0 : weighted(cost[part])));
        return [
          pointLabel(each.point),
          part,
          ...OPERATIONS.map((name) => count(meanOf(each, ({ cost }) => cost[part]?.[name] ?? 0))),
          count(together),
          total === 0 ? '–' : ((100 * together) / total).toFixed(1),
        ];
      });
    }),
  };
}

function secondsText(value: number): string {
  return `${significant(value)} s`;
}
