/** Learning curves: accuracy after each epoch, a column of panels for each fraction, dense in all of them. */
import * as Plot from '@observablehq/plot';
import { fractionLabel, percentSpread } from '../format.ts';
import { runLabel } from '../progress.ts';
import type { SummaryRow } from '../summary.ts';
import { armColour, armsOf, armSymbol, FULL, render } from './drawing.ts';
import { accuracyScale, errorBand } from './scales.ts';

/** The full pass in the upper row of panels, the sparse pass in the lower. */
export function learningCurves(rows: readonly SummaryRow[]): string {
  const sparse = rows.filter((row) => row.arm !== 'dense').map((row) => row.fraction);
  const fractions = sparse.length === 0 ? [1] : [...new Set(sparse)].toSorted((a, b) => a - b);
  const title = (fraction: number): string =>
    sparse.length === 0 ? 'all units' : `${fractionLabel(fraction)} of hidden units`;
  const data = (['full', 'sparse'] as const).flatMap((pass) =>
    fractions.flatMap((fraction) =>
      rows
        .filter((row) => row.arm === 'dense' || row.fraction === fraction)
        .flatMap((row) =>
          row.curve.map((point) => ({
            arm: row.arm,
            column: title(fraction),
            row: `${pass} pass`,
            epoch: point.epoch,
            ...errorBand(point[pass]),
            title: `${runLabel(row)}, epoch ${point.epoch}: ${percentSpread(point[pass])} %`,
          })),
        ),
    ),
  );
  const epochs = [...new Set(data.map(({ epoch }) => epoch))];
  return render({
    width: FULL,
    height: 620,
    marginLeft: 56,
    marginRight: 80,
    marginBottom: 44,
    fx: { label: null, padding: 0.06, domain: fractions.map(title) },
    fy: { label: null, padding: 0.08 },
    x: {
      label: 'epoch →',
      ticks: epochs.length <= 12 ? epochs : 10,
      tickFormat: 'd',
      inset: 16,
      // A scale needs two ends.
      ...(epochs.length === 1 ? { domain: [0, 2] } : {}),
    },
    y: accuracyScale(
      data.flatMap(({ low, high }) => [low, high]),
      'test accuracy',
    ),
    marks: [
      Plot.axisFx({ anchor: 'top', label: null }),
      Plot.axisFy({ anchor: 'right', label: null }),
      Plot.frame({ stroke: 'var(--grid)' }),
      ...armsOf(rows).flatMap((arm, index) => {
        const mine = data.filter((item) => item.arm === arm);
        const colour = armColour(index);
        const shared = { fx: 'column', fy: 'row', x: 'epoch' };
        return [
          Plot.areaY(mine, { ...shared, y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.12 }),
          Plot.lineY(mine, { ...shared, y: 'error', stroke: colour, strokeWidth: 2 }),
          Plot.dot(mine, {
            ...shared,
            y: 'error',
            fill: colour,
            symbol: armSymbol(index),
            r: 4,
            title: 'title',
          }),
        ];
      }),
    ],
  });
}
