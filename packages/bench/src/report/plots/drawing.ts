/** What all plots share: sizes, colours, symbols, and SVG text without a browser. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { PART_COLOURS } from '../style.ts';

/** Width of a plot with panels, in pixels; the style sheet scales it down where there is less room. */
export const WIDE = 1160;

/** Width of a plot of one panel: two stand side by side. */
export const NARROW = 600;

/** The symbols of series, so that colour is not all that tells them apart. */
const SYMBOLS: readonly Plot.SymbolType[] = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'cross',
  'star',
  'wye',
];

/** How a series is drawn. */
export interface Mark {
  readonly colour: string;
  readonly dot: Plot.DotOptions;
  /** Of its line, as SVG's `stroke-dasharray`. */
  readonly dash: string;
}

/** The mark of the series at place `index`: after as many as there are colours, hollow and dashed, then blue inside and dotted. */
export function seriesMark(index: number): Mark {
  const round = Math.floor(index / SYMBOLS.length) % 3;
  const colour = `var(--arm-${index % SYMBOLS.length})`;
  const fill = [colour, 'var(--paper)', 'var(--accent)'][round] as string;
  const symbol = SYMBOLS[index % SYMBOLS.length] as Plot.SymbolType;
  return {
    colour,
    dot: { symbol, stroke: colour, strokeWidth: 1.5, fill },
    dash: ['none', '4 3', '1 3'][round] as string,
  };
}

/** The colour of the part at place `index`, a variable of the style sheet. */
export function partColour(index: number): string {
  return `var(--part-${index % PART_COLOURS})`;
}

/** The symbol of the series at place `index`, as a small SVG for a legend. */
export function symbolSvg(index: number): string {
  return render({
    width: 16,
    height: 16,
    margin: 0,
    x: { domain: [-1, 1], axis: null },
    y: { domain: [-1, 1], axis: null },
    marks: [Plot.dot([{ x: 0, y: 0 }], { x: 'x', y: 'y', r: 5, ...seriesMark(index).dot })],
  });
}

/** Draws a plot as the text of an SVG element. Two decimals of a pixel are enough. */
export function render(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ ...options, document: document as unknown as Document });
  // Standing alone in a file, inside HTML or not, an SVG has to name its namespace.
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg.outerHTML.replaceAll(/<[^>]+>/g, rounded);
}

/** A tag with its coordinates rounded; texts between tags are left as they are. */
function rounded(tag: string): string {
  return tag.replaceAll(/\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))));
}
