/** The study of outputs, drawn: what is learned against seconds of training, arms together. */
import * as Plot from '@observablehq/plot';
import { significant } from '../format.ts';
import { outputsMark } from '../outputs-arms.ts';
import type { Learned } from '../outputs-records.ts';
import type { OutputsRow } from '../outputs-summary.ts';
import { render, seriesMark, WIDE } from '../report/plots/drawing.ts';

/** P@1, in per cent, against seconds of training. */
export function precisionBySeconds(rows: readonly OutputsRow[], frequent: Learned): string {
  return draw(rows, 'precision1', 100 * frequent.precision1, 100, {
    label: '↑ P@1 on the test rows, %',
    type: 'linear',
  });
}

/** The loss of the full softmax against seconds of training. */
export function lossBySeconds(rows: readonly OutputsRow[], frequent: Learned): string {
  return draw(rows, 'loss', frequent.loss, 1, {
    label: '↑ loss of the full softmax, nats',
    ticks: 8,
    tickFormat: significant,
  });
}

/** A line for what the frequencies of the classes alone would do, and one with points for each arm. */
function draw(
  rows: readonly OutputsRow[],
  measure: 'precision1' | 'loss',
  frequent: number,
  factor: number,
  y: Plot.ScaleOptions,
): string {
  const data = rows.flatMap(({ arm, curve }) =>
    curve.map((point) => {
      const { mean, deviation } = point[measure];
      const [value, half] = [factor * mean, factor * (deviation ?? 0)];
      const title = `${arm}, ${point.rows} rows, ${significant(point.seconds.mean)} s: ${significant(value)}`;
      return { arm, x: point.seconds.mean, value, low: value - half, high: value + half, title };
    }),
  );
  return render({
    width: WIDE,
    height: 460,
    marginLeft: 56,
    marginBottom: 44,
    x: { type: 'log', label: 'seconds of training →', inset: 12, ticks: 8, tickFormat: significant },
    y: { ...y, inset: 8, grid: true },
    marks: [
      Plot.frame({ stroke: 'var(--grid)' }),
      Plot.ruleY([frequent], { stroke: 'var(--soft)', strokeDasharray: '6 4' }),
      Plot.text([frequent], {
        y: (value: number) => value,
        text: () => 'frequencies alone',
        frameAnchor: 'right',
        textAnchor: 'end',
        dx: -4,
        dy: -7,
        fill: 'var(--soft)',
      }),
      ...rows.flatMap(({ arm }) => {
        const mine = data.filter((item) => item.arm === arm);
        const mark = outputsMark(arm);
        const stroke = seriesMark(mark).colour;
        return [
          Plot.ruleX(mine, { x: 'x', y1: 'low', y2: 'high', stroke, strokeWidth: 1.5 }),
          Plot.line(mine, {
            x: 'x',
            y: 'value',
            stroke,
            strokeWidth: 1.5,
            strokeDasharray: seriesMark(mark).dash,
          }),
          Plot.dot(mine, { x: 'x', y: 'value', ...seriesMark(mark).dot, r: 4, title: 'title' }),
        ];
      }),
    ],
  });
}
