/** The report's plots, as SVG text that needs no script and no other file. Colours are the style sheet's variables. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { fractionLabel, percent, percentSpread, significant } from './format.ts';
import { runLabel } from './progress.ts';
import { PARTS } from './records.ts';
import type { Part } from './records.ts';
import type { Range, SummaryRow } from './summary.ts';

/** Width of a plot beside another one, in pixels; the style sheet scales it down where there is less room. */
const HALF = 556;
/** Width of a plot alone in its row. */
const FULL = 1160;

/** The mark of an arm in the plots of points, so that colour is not all that tells arms apart. */
export const SYMBOLS: readonly Plot.SymbolType[] = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'cross',
  'star',
  'wye',
];

/** The colour of the arm at place `index`, as CSS. */
export function armColour(index: number): string {
  return `var(--arm-${index % SYMBOLS.length})`;
}

/** The colour of a part, as CSS. */
export function partColour(part: Part): string {
  return `var(--part-${part})`;
}

/** One point of a scatter plot with its spreads. */
interface Point {
  readonly arm: string;
  readonly x: number;
  readonly low: number;
  readonly high: number;
  readonly y: number;
  readonly deviation: number;
  readonly title: string;
}

/** Accuracy of the full pass and of the sparse pass, side by side, against the measured share of active units. */
export function accuracyByActiveShare(rows: readonly SummaryRow[]): string {
  const data = (['full', 'sparse'] as const).flatMap((pass) =>
    rows.map((row) => ({
      ...point(row, { median: row.activeShare, low: row.activeShare, high: row.activeShare }, pass),
      pass: pass === 'full' ? 'full pass: all units computed' : 'sparse pass: only chosen units computed',
    })),
  );
  const shares = [...new Set(rows.map((row) => row.fraction * 100))];
  return render({
    width: FULL,
    height: 360,
    marginLeft: 56,
    marginBottom: 44,
    fx: { label: null, padding: 0.06 },
    x: {
      type: 'log',
      label: 'hidden units active in training, % (log scale) →',
      ticks: shares,
      tickFormat: (value: number) => fractionLabel(value / 100).replace(' %', ''),
      inset: 24,
    },
    y: { label: '↑ test accuracy, %', grid: true, nice: true },
    marks: [
      Plot.axisFx({ anchor: 'top', label: null }),
      Plot.frame({ stroke: 'var(--grid)' }),
      ...scatterMarks(armsOf(rows), data, 3, { fx: 'pass' }),
    ],
  });
}

/** Accuracy of the full pass against all multiply-adds of training, hashing included, relative to dense. */
export function accuracyByMultiplyAdds(rows: readonly SummaryRow[]): string {
  const data = rows.map((row) => {
    const total = row.multiplyAddsTotal;
    return point(row, { median: total, low: total, high: total }, 'full');
  });
  return scatter(armsOf(rows), data, 'multiply-adds in training, % of dense (hashing included) →');
}

/** Accuracy of the full pass against training time relative to dense; against seconds if dense was not run. */
export function accuracyBySeconds(rows: readonly SummaryRow[]): string {
  if (rows.every((row) => row.secondsRelative === null)) {
    const data = rows.map((row) => point(row, scaled(row.secondsPerEpoch, 0.01), 'full'));
    return scatter(armsOf(rows), data, 'training time, seconds an epoch →');
  }
  const data = rows.flatMap((row) =>
    row.secondsRelative === null ? [] : [point(row, row.secondsRelative, 'full')],
  );
  return scatter(armsOf(rows), data, 'training time, % of dense in the same run →');
}

/** Stacked bars: multiply-adds of a training sample by part, relative to dense's total. */
export function multiplyAddsByPart(rows: readonly SummaryRow[]): string {
  return bars(
    rows,
    (row, part) => row.multiplyAdds[part] * 100,
    'multiply-adds in training, % of dense →',
    (value) => `${percent(value / 100)} %`,
  );
}

/** Stacked bars: mean seconds of an epoch by part. */
export function secondsByPart(rows: readonly SummaryRow[]): string {
  return bars(
    rows,
    (row, part) => row.partSeconds[part],
    'training time, seconds an epoch →',
    (value) => `${significant(value)} s`,
  );
}

/** Learning curves: accuracy of the full pass after each epoch, one panel a fraction, dense in all of them. */
export function learningCurves(rows: readonly SummaryRow[]): string {
  const fractions = [...new Set(rows.filter((row) => row.arm !== 'dense').map((row) => row.fraction))];
  const panels = fractions.length === 0 ? [1] : fractions.toSorted((a, b) => a - b);
  const data = panels.flatMap((fraction) =>
    rows
      .filter((row) => row.arm === 'dense' || row.fraction === fraction)
      .flatMap((row) =>
        row.curve.map(({ epoch, full }) => ({
          arm: row.arm,
          panel: panels.length === 1 && fraction === 1 ? 'all units' : `${fractionLabel(fraction)} active`,
          epoch,
          y: full.mean * 100,
          low: (full.mean - (full.deviation ?? 0)) * 100,
          high: (full.mean + (full.deviation ?? 0)) * 100,
          title: `${runLabel(row)}, epoch ${epoch}: ${percentSpread(full)} %`,
        })),
      ),
  );
  const epochs = [...new Set(data.map(({ epoch }) => epoch))];
  const arms = armsOf(rows);
  return render({
    width: FULL,
    height: 340,
    marginLeft: 56,
    marginBottom: 44,
    fx: { label: null, padding: 0.06, domain: data.map(({ panel }) => panel) },
    x: {
      label: 'epoch →',
      ticks: epochs.length <= 12 ? epochs : 10,
      tickFormat: 'd',
      inset: 16,
      ...(epochs.length === 1 ? { domain: [0, 2] } : {}),
    },
    y: { label: '↑ test accuracy, full pass, %', grid: true, nice: true },
    marks: [
      Plot.axisFx({ anchor: 'top', label: null }),
      Plot.frame({ stroke: 'var(--grid)' }),
      ...arms.flatMap((arm, index) => {
        const mine = data.filter((item) => item.arm === arm);
        const stroke = armColour(index);
        return [
          Plot.areaY(mine, {
            fx: 'panel',
            x: 'epoch',
            y1: 'low',
            y2: 'high',
            fill: stroke,
            fillOpacity: 0.12,
          }),
          Plot.lineY(mine, { fx: 'panel', x: 'epoch', y: 'y', stroke, strokeWidth: 2 }),
          Plot.dot(mine, {
            fx: 'panel',
            x: 'epoch',
            y: 'y',
            fill: stroke,
            symbol: symbolOf(index),
            r: 4,
            title: 'title',
          }),
        ];
      }),
    ],
  });
}

/** The arms in order of appearance; an arm's place decides its colour and symbol everywhere. */
export function armsOf(rows: readonly SummaryRow[]): string[] {
  return [...new Set(rows.map((row) => row.arm))];
}

/** The symbol of the arm at place `index`, as a small SVG for a legend. */
export function symbolSvg(index: number): string {
  return render({
    width: 16,
    height: 16,
    margin: 0,
    x: { domain: [-1, 1], axis: null },
    y: { domain: [-1, 1], axis: null },
    marks: [
      Plot.dot([{ x: 0, y: 0 }], { x: 'x', y: 'y', r: 5, fill: armColour(index), symbol: symbolOf(index) }),
    ],
  });
}

function symbolOf(index: number): Plot.SymbolType {
  return SYMBOLS[index % SYMBOLS.length] as Plot.SymbolType;
}

function point(row: SummaryRow, x: Range, pass: 'full' | 'sparse'): Point {
  const accuracy = row.accuracy[pass];
  return {
    arm: row.arm,
    x: x.median * 100,
    low: x.low * 100,
    high: x.high * 100,
    y: accuracy.mean * 100,
    deviation: (accuracy.deviation ?? 0) * 100,
    title: `${runLabel(row)}: ${percentSpread(accuracy)} %, ${pass} pass`,
  };
}

function scaled({ median, low, high }: Range, factor: number): Range {
  return { median: median * factor, low: low * factor, high: high * factor };
}

function scatter(arms: readonly string[], data: readonly Point[], label: string): string {
  return render({
    width: HALF,
    height: 360,
    marginLeft: 56,
    marginBottom: 44,
    x: { label, grid: true, zero: true, nice: true },
    y: { label: '↑ test accuracy, full pass, %', grid: true, nice: true },
    marks: [Plot.frame({ stroke: 'var(--grid)' }), ...scatterMarks(arms, data, 0)],
  });
}

/**
 * Points with their spreads, the fractions of an arm joined by a thin line. Arms at the same place would hide each
 * other's spread: each is drawn `apart` pixels beside the next.
 */
function scatterMarks(
  arms: readonly string[],
  data: readonly Point[],
  apart: number,
  facet: { readonly fx?: string } = {},
): Plot.Markish[] {
  return arms.flatMap((arm, index) => {
    const mine = data.filter((item) => item.arm === arm);
    const stroke = armColour(index);
    const dx = (index - (arms.length - 1) / 2) * apart;
    return [
      Plot.line(mine, { ...facet, x: 'x', y: 'y', stroke, strokeOpacity: 0.45, dx }),
      Plot.ruleX(mine, {
        ...facet,
        x: 'x',
        y1: (item: Point) => item.y - item.deviation,
        y2: (item: Point) => item.y + item.deviation,
        stroke,
        strokeWidth: 1.5,
        dx,
      }),
      Plot.ruleY(mine, { ...facet, y: 'y', x1: 'low', x2: 'high', stroke, strokeWidth: 1.5, dx }),
      Plot.dot(mine, {
        ...facet,
        x: 'x',
        y: 'y',
        fill: stroke,
        symbol: symbolOf(index),
        r: 5,
        title: 'title',
        dx,
      }),
    ];
  });
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

function render(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ ...options, document: document as unknown as Document });
  // Standing alone in a file, inside HTML or not, an SVG has to name its namespace.
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg.outerHTML;
}
