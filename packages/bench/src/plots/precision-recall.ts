/** Precision against recall: a column of panels for each number of best items, a row for each number of hashes. */
import * as Plot from '@observablehq/plot';
import type { PrecisionRecall } from '../precision-recall.ts';
import { render, seriesMark, WIDE } from '../report/plots/drawing.ts';

/** The plot; the legend's names are `precisionRecallWays`. */
export function precisionByRecall(results: readonly PrecisionRecall[]): string {
  const data = results.flatMap(({ way, hashes, top, curve }) =>
    curve.map((point) => ({ way, column: `top ${top}`, row: `${hashes} hashes`, ...point })),
  );
  const rows = [...new Set(data.map(({ row }) => row))];
  return render({
    width: WIDE,
    height: 80 + 180 * rows.length,
    marginLeft: 48,
    marginRight: 76,
    marginBottom: 44,
    fx: { label: null, padding: 0.06, domain: [...new Set(data.map(({ column }) => column))] },
    fy: { label: null, padding: 0.1, domain: rows },
    x: { label: 'recall →', domain: [0, 1], ticks: 5 },
    y: { label: '↑ precision', domain: [0, 1], ticks: 5, grid: true },
    marks: [
      Plot.axisFx({ anchor: 'top', label: null }),
      Plot.axisFy({ anchor: 'right', label: null }),
      Plot.frame({ stroke: 'var(--grid)' }),
      ...precisionRecallWays(results).flatMap((way, index) => {
        const mine = data.filter((item) => item.way === way);
        const shared = { fx: 'column', fy: 'row', x: 'recall', y: 'precision' };
        return [
          Plot.line(mine, { ...shared, stroke: seriesMark(index).colour, strokeWidth: 1.5 }),
          Plot.dot(mine, { ...shared, ...seriesMark(index).dot, r: 2 }),
        ];
      }),
    ],
  });
}

/** The ways, in order of appearance. */
export function precisionRecallWays(results: readonly PrecisionRecall[]): string[] {
  return [...new Set(results.map(({ way }) => way))];
}
