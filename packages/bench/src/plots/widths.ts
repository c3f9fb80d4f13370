/** The study of widths, drawn: time and accuracy against the width of the hidden layer. */
import * as Plot from '@observablehq/plot';
import { percentSpread, significant, thousands } from '../format.ts';
import { BEST_DENSE } from '../widths-study.ts';
import type { WidthRow } from '../widths-study.ts';
import { armMark, FULL, render } from './drawing.ts';
import { PASSES } from './scatter.ts';
import { accuracyScale, errorBand, logScale } from './scales.ts';

const SHAPE = { width: FULL, height: 420, marginLeft: 56, marginBottom: 44 };

/** The arms in order of appearance, then dense at its best batch size: a place decides colour and symbol. */
export function widthSeries(rows: readonly WidthRow[]): string[] {
  const labels = new Set(rows.map(({ label }) => label));
  return labels.delete(BEST_DENSE) ? [...labels, BEST_DENSE] : [...labels];
}

/** Those of {@link widthSeries} that have an accuracy, in the same places. */
export function accuracySeries(rows: readonly WidthRow[]): string[] {
  return widthSeries(rows).filter((label) => label !== BEST_DENSE);
}

/** Seconds of an epoch against the width; both scales are logarithmic. */
export function secondsByWidth(rows: readonly WidthRow[]): string {
  const data = rows.map((row) => ({
    ...row,
    low: row.summary?.secondsPerEpoch.low ?? row.secondsPerEpoch,
    high: row.summary?.secondsPerEpoch.high ?? row.secondsPerEpoch,
    title: `${row.label}, ${thousands(row.width)} units: ${significant(row.secondsPerEpoch)} s`,
  }));
  const scale = logScale(
    data.flatMap(({ low, high }) => [low, high]),
    '',
  );
  return render({
    ...SHAPE,
    x: widthScale(rows),
    y: { ...scale, label: '↑ training time, seconds an epoch (log scale)' },
    marks: [
      Plot.frame({ stroke: 'var(--grid)' }),
      ...widthSeries(rows).flatMap((name, index) => {
        const mine = data.filter((item) => item.label === name);
        const { dot } = armMark(index);
        const stroke = dot.stroke as string;
        return [
          Plot.line(mine, { x: 'width', y: 'secondsPerEpoch', ...line(index) }),
          Plot.ruleX(mine, { x: 'width', y1: 'low', y2: 'high', stroke, strokeWidth: 1.5 }),
          Plot.dot(mine, { x: 'width', y: 'secondsPerEpoch', ...dot, r: 4, title: 'title' }),
        ];
      }),
    ],
  });
}

/** Test accuracy against the width, a panel for each pass. */
export function accuracyByWidth(rows: readonly WidthRow[]): string {
  const data = (['full', 'sparse'] as const).flatMap((pass) =>
    rows.flatMap(({ label, width, summary }) => {
      if (summary === null) return [];
      const accuracy = summary.accuracy[pass];
      const title = `${label}, ${thousands(width)} units: ${percentSpread(accuracy)} %`;
      return { label, width, panel: PASSES[pass], ...errorBand(accuracy), title };
    }),
  );
  return render({
    ...SHAPE,
    fx: { label: null, padding: 0.06 },
    x: widthScale(rows),
    y: accuracyScale(
      data.flatMap(({ low, high }) => [low, high]),
      'test accuracy',
    ),
    marks: [
      Plot.axisFx({ anchor: 'top', label: null }),
      Plot.frame({ stroke: 'var(--grid)' }),
      ...accuracySeries(rows).flatMap((name, index) => {
        const mine = data.filter((item) => item.label === name);
        const { dot } = armMark(index);
        const stroke = dot.stroke as string;
        const shared = { fx: 'panel', x: 'width' };
        return [
          Plot.line(mine, { ...shared, y: 'error', ...line(index) }),
          Plot.ruleX(mine, { ...shared, y1: 'low', y2: 'high', stroke, strokeWidth: 1.5 }),
          Plot.dot(mine, { ...shared, y: 'error', ...dot, r: 4, title: 'title' }),
        ];
      }),
    ],
  });
}

function line(index: number): Plot.LineOptions {
  const { dot, dash } = armMark(index);
  return { stroke: dot.stroke as string, strokeWidth: 1.5, strokeOpacity: 0.6, strokeDasharray: dash };
}

/** A logarithmic scale whose ticks are the widths. */
function widthScale(rows: readonly WidthRow[]): Plot.ScaleOptions {
  const ticks = [...new Set(rows.map(({ width }) => width))];
  const domain = [Math.min(...ticks) / 1.2, Math.max(...ticks) * 1.2];
  const label = 'units of the hidden layer (log scale) →';
  // The base is 2 because ticks far from a power of it get no label.
  return { type: 'log', base: 2, domain, ticks, tickFormat: thousands, label, grid: true };
}
