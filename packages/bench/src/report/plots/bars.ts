/** Horizontal bars: values with error bars, and stacks by part. */
import * as Plot from '@observablehq/plot';
import { NARROW, partColour, render, seriesMark, WIDE } from './drawing.ts';
import { tickText, type Axis } from './scales.ts';
import type { PlotPoint } from './xy.ts';

/** A value for each named row. */
export interface BarPoint extends Omit<PlotPoint, 'x'> {
  readonly name: string;
}

/**
 * A row for each name, with the value's symbol and interval.
 *
 * @param names from top to bottom.
 */
export function barPlot(
  points: readonly BarPoint[],
  {
    names,
    panels,
    axis,
  }: { readonly names: readonly string[]; readonly panels: readonly string[]; readonly axis: Axis },
): string {
  const data = points.map(({ name, panel, mark, title, y }) => ({
    name,
    panel,
    mark,
    title,
    x: axis.place(y.value),
    x1: axis.place(y.low),
    x2: axis.place(y.high),
  }));
  const many = panels.length > 1;
  const fx = many ? { fx: 'panel' } : {};
  const marks = [...new Set(points.map(({ mark }) => mark))];
  return render({
    width: many ? WIDE : NARROW,
    height: 90 + names.length * 26,
    marginLeft: marginFor(names),
    marginTop: many ? 44 : 28,
    marginBottom: 44,
    ...(many ? { fx: { label: null, padding: 0.06, domain: [...panels] } } : {}),
    x: axis.options,
    y: { label: null, domain: [...names] },
    marks: [
      ...(many ? [Plot.axisFx({ anchor: 'top', label: null, dy: -12 })] : []),
      Plot.frame({ stroke: 'var(--grid)' }),
      ...marks.flatMap((index) => {
        const mine = data.filter(({ mark }) => mark === index);
        const { colour: stroke, dot } = seriesMark(index);
        return [
          Plot.ruleY(mine, { ...fx, y: 'name', x1: 'x1', x2: 'x2', stroke, strokeWidth: 2 }),
          Plot.dot(mine, { ...fx, y: 'name', x: 'x', ...dot, r: 4.5, title: 'title' }),
        ];
      }),
    ],
  });
}

/** A piece of a stacked bar. */
export interface StackPiece {
  readonly name: string;
  /** The place of the part in the legend. */
  readonly part: number;
  readonly value: number;
  readonly title: string;
}

/** Bars of parts side by side, each with its total behind it. */
export function stackPlot(
  pieces: readonly StackPiece[],
  {
    names,
    label,
    show,
  }: { readonly names: readonly string[]; readonly label: string; show(total: number): string },
): string {
  const totals = names.map((name) => ({
    name,
    total: pieces.reduce((sum, piece) => (piece.name === name ? sum + piece.value : sum), 0),
  }));
  return render({
    width: NARROW,
    height: 70 + names.length * 26,
    marginLeft: marginFor(names),
    marginRight: 64,
    marginBottom: 44,
    x: {
      label: `${label} →`,
      grid: true,
      nice: true,
      ticks: 5,
      tickFormat: (value: number) => tickText(value, label),
    },
    y: { label: null, domain: [...names] },
    marks: [
      Plot.barX(
        pieces.filter(({ value }) => value > 0),
        {
          y: 'name',
          x: 'value',
          fill: (piece: StackPiece) => partColour(piece.part),
          title: 'title',
          // A line between parts, for those who see no difference in their colours.
          stroke: 'var(--card)',
          strokeWidth: 0.5,
          insetTop: 2,
          insetBottom: 2,
        },
      ),
      Plot.ruleX([0]),
      Plot.text(totals, {
        y: 'name',
        x: 'total',
        text: ({ total }: { total: number }) => show(total),
        textAnchor: 'start',
        dx: 6,
      }),
    ],
  });
}

/** Room for the names, in pixels. */
function marginFor(names: readonly string[]): number {
  return Math.min(260, 24 + 6.6 * Math.max(4, ...names.map(({ length }) => length)));
}
