/** Accuracy against what it costs: a panel for the full pass and one for the sparse pass. */
import * as Plot from '@observablehq/plot';
import { percentSpread } from '../format.ts';
import { runLabel } from '../progress.ts';
import type { Range, SummaryRow } from '../summary.ts';
import { armColour, armsOf, armSymbol, FULL, render } from './drawing.ts';
import { accuracyScale, errorBand, logScale } from './scales.ts';

/** What the panels are called. */
export const PASSES = {
  full: 'full pass: all units are computed',
  sparse: 'sparse pass: only chosen units are computed',
} as const;

/** Accuracy against the measured share of active units. */
export function accuracyByActiveShare(rows: readonly SummaryRow[]): string {
  // Most arms have the same share: each is drawn a few pixels beside the next.
  return scatter(rows, ({ activeShare }) => exactly(activeShare), 'hidden units active in training, %', 3);
}

/** Accuracy against all multiply-adds of training, hashing included, relative to dense. */
export function accuracyByMultiplyAdds(rows: readonly SummaryRow[]): string {
  const label = 'multiply-adds in training, hashing included, % of dense';
  return scatter(rows, ({ multiplyAddsTotal }) => exactly(multiplyAddsTotal), label, 0);
}

/** Accuracy against training time relative to dense; against seconds if dense was not run. */
export function accuracyBySeconds(rows: readonly SummaryRow[]): string {
  if (rows.every((row) => row.secondsRelative === null)) {
    return scatter(
      rows,
      ({ secondsPerEpoch }) => scaled(secondsPerEpoch, 0.01),
      'training time, seconds an epoch',
      0,
    );
  }
  return scatter(rows, (row) => row.secondsRelative, 'training time, % of dense in the same run', 0);
}

/** `place` gives the horizontal place as a share; arms are drawn `apart` pixels beside each other. */
function scatter(
  rows: readonly SummaryRow[],
  place: (row: SummaryRow) => Range | null,
  label: string,
  apart: number,
): string {
  const data = (['full', 'sparse'] as const).flatMap((pass) =>
    rows.flatMap((row) => {
      const x = place(row);
      if (x === null) return [];
      const accuracy = row.accuracy[pass];
      return {
        arm: row.arm,
        panel: PASSES[pass],
        x: x.median * 100,
        x1: x.low * 100,
        x2: x.high * 100,
        ...errorBand(accuracy),
        title: `${runLabel(row)}: ${percentSpread(accuracy)} %`,
      };
    }),
  );
  const arms = armsOf(rows);
  return render({
    width: FULL,
    height: 400,
    marginLeft: 56,
    marginBottom: 44,
    fx: { label: null, padding: 0.06 },
    x: logScale(
      data.flatMap(({ x1, x2 }) => [x1, x2]),
      label,
    ),
    y: accuracyScale(
      data.flatMap(({ low, high }) => [low, high]),
      'test accuracy',
    ),
    marks: [
      Plot.axisFx({ anchor: 'top', label: null }),
      Plot.frame({ stroke: 'var(--grid)' }),
      ...arms.flatMap((arm, index) => {
        const mine = data.filter((item) => item.arm === arm);
        const stroke = armColour(index);
        const shared = { fx: 'panel', stroke, dx: (index - (arms.length - 1) / 2) * apart };
        return [
          Plot.line(mine, { ...shared, x: 'x', y: 'error', strokeOpacity: 0.45 }),
          Plot.ruleX(mine, { ...shared, x: 'x', y1: 'low', y2: 'high', strokeWidth: 1.5 }),
          Plot.ruleY(mine, { ...shared, y: 'error', x1: 'x1', x2: 'x2', strokeWidth: 1.5 }),
          Plot.dot(mine, {
            ...shared,
            x: 'x',
            y: 'error',
            fill: stroke,
            stroke: 'none',
            symbol: armSymbol(index),
            r: 5,
            title: 'title',
          }),
        ];
      }),
    ],
  });
}

function exactly(value: number): Range {
  return { median: value, low: value, high: value };
}

function scaled({ median, low, high }: Range, factor: number): Range {
  return { median: median * factor, low: low * factor, high: high * factor };
}
