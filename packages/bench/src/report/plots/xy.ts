/** Points with error bars in both directions, joined by series, in panels: Pareto plots and curves. */
import * as Plot from '@observablehq/plot';
import { NARROW, render, seriesMark, WIDE } from './drawing.ts';
import type { Axis } from './scales.ts';

/** A value with the ends of its interval; where there is none, they are the value. */
export interface Spread {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A point of a plot. */
export interface PlotPoint {
  /** The place of its series among the marks. */
  readonly mark: number;
  readonly panel: string;
  readonly x: Spread;
  readonly y: Spread;
  /** Shown by a browser when the pointer rests on it. */
  readonly title: string;
}

/** What is drawn besides points and error bars. */
export interface XyOptions {
  /** The panels in order, from left to right; one without a name for a plot without panels. */
  readonly panels: readonly string[];
  readonly x: Axis;
  readonly y: Axis;
  /** Shaded intervals rather than error bars. */
  readonly bands: boolean;
  /** The points of the Pareto front, joined by a soft line. */
  readonly front?: readonly PlotPoint[];
}

/** Draws the points; those of a series are joined in the order given. */
export function xyPlot(points: readonly PlotPoint[], { panels, x, y, bands, front = [] }: XyOptions): string {
  const place = ({ panel, title, mark, ...point }: PlotPoint) => ({
    panel,
    title,
    mark,
    x: x.place(point.x.value),
    x1: x.place(point.x.low),
    x2: x.place(point.x.high),
    y: y.place(point.y.value),
    y1: y.place(point.y.low),
    y2: y.place(point.y.high),
  });
  const data = points.map(place);
  const many = panels.length > 1;
  const fx = many ? { fx: 'panel' } : {};
  const marks = [...new Set(points.map(({ mark }) => mark))];
  return render({
    width: many ? WIDE : NARROW,
    height: 400,
    marginLeft: 56,
    marginTop: many ? 44 : 28,
    marginBottom: 44,
    ...(many ? { fx: { label: null, padding: 0.06, domain: [...panels] } } : {}),
    x: x.options,
    y: y.options,
    marks: [
      ...(many ? [Plot.axisFx({ anchor: 'top', label: null, dy: -12 })] : []),
      Plot.frame({ stroke: 'var(--grid)' }),
      Plot.line(front.map(place), {
        ...fx,
        x: 'x',
        y: 'y',
        stroke: 'var(--soft)',
        strokeWidth: 6,
        strokeOpacity: 0.25,
      }),
      ...marks.flatMap((index) => {
        const mine = data.filter(({ mark }) => mark === index);
        const { colour: stroke, dash, dot } = seriesMark(index);
        return [
          Plot.line(mine, {
            ...fx,
            x: 'x',
            y: 'y',
            stroke,
            strokeWidth: 1.5,
            strokeOpacity: 0.7,
            strokeDasharray: dash,
          }),
          ...(bands
            ? [Plot.areaY(mine, { ...fx, x: 'x', y1: 'y1', y2: 'y2', fill: stroke, fillOpacity: 0.14 })]
            : [
                Plot.ruleX(mine, { ...fx, x: 'x', y1: 'y1', y2: 'y2', stroke, strokeWidth: 1.5 }),
                Plot.ruleY(mine, { ...fx, y: 'y', x1: 'x1', x2: 'x2', stroke, strokeWidth: 1.5 }),
              ]),
          Plot.dot(mine, { ...fx, x: 'x', y: 'y', ...dot, r: 4, title: 'title' }),
        ];
      }),
    ],
  });
}
