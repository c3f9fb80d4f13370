/** Where the work of training goes: stacked bars by part, one for each arm and fraction. */
import * as Plot from '@observablehq/plot';
import { PARTS } from '@hashgrad/sparse-nn';
import type { Part } from '@hashgrad/sparse-nn';
import { percent, significant } from '../format.ts';
import { runLabel } from '../progress.ts';
import type { SummaryRow } from '../summary.ts';
import { HALF, partColour, render } from './drawing.ts';

/** Multiply-adds of a training sample by part, relative to dense's total. */
export function multiplyAddsByPart(rows: readonly SummaryRow[]): string {
  return bars(
    rows,
    (row, part) => row.multiplyAdds[part] * 100,
    'multiply-adds in training, % of dense →',
    (value) => `${percent(value / 100)} %`,
  );
}

/** Mean seconds of an epoch by part. */
export function secondsByPart(rows: readonly SummaryRow[]): string {
  return bars(
    rows,
    (row, part) => row.partSeconds[part],
    'training time, seconds an epoch →',
    (value) => `${significant(value)} s`,
  );
}

function bars(
  rows: readonly SummaryRow[],
  value: (row: SummaryRow, part: Part) => number,
  label: string,
  show: (value: number) => string,
): string {
  const data = rows.flatMap((row) =>
    PARTS.map((part) => ({
      name: runLabel(row),
      part,
      value: value(row, part),
      title: `${runLabel(row)}, ${part}: ${show(value(row, part))}`,
    })),
  );
  const totals = rows.map((row) => ({
    name: runLabel(row),
    total: PARTS.reduce((sum, part) => sum + value(row, part), 0),
  }));
  return render({
    width: HALF,
    height: 70 + rows.length * 26,
    marginLeft: 92,
    marginRight: 64,
    marginBottom: 44,
    x: { label, grid: true, nice: true },
    y: { label: null, domain: rows.map(runLabel) },
    color: { type: 'ordinal', domain: [...PARTS], range: PARTS.map(partColour) },
    marks: [
      Plot.barX(data, { y: 'name', x: 'value', fill: 'part', title: 'title', insetTop: 1, insetBottom: 1 }),
      Plot.ruleX([0]),
      Plot.text(totals, {
        y: 'name',
        x: 'total',
        text: (item: { total: number }) => show(item.total),
        textAnchor: 'start',
        dx: 6,
      }),
    ],
  });
}
