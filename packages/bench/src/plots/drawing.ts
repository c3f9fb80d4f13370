/** What all plots share: sizes, colours, symbols, and SVG text without a browser. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Width of a plot alone in its row. */
export const FULL = 1160;

/** The marks of arms, so that colour is not all that tells them apart. */
const SYMBOLS: readonly Plot.SymbolType[] = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'cross',
  'star',
  'wye',
];

/** The colour of the arm at place `index`, a variable of the style sheet. */
export function armColour(index: number): string {
  return `var(--arm-${index % SYMBOLS.length})`;
}

/** The symbol of the arm at place `index`. */
export function armSymbol(index: number): Plot.SymbolType {
  return SYMBOLS[index % SYMBOLS.length] as Plot.SymbolType;
}

/** How the arm at place `index` is drawn: after as many as there are colours, hollow and dashed, then blue inside and dotted. */
export function armMark(index: number): { dot: Plot.DotOptions; dash: string } {
  const round = Math.min(2, Math.floor(index / SYMBOLS.length));
  const stroke = armColour(index);
  const fill = [stroke, 'var(--paper)', 'var(--accent)'][round] as string;
  return {
    dot: { symbol: armSymbol(index), stroke, strokeWidth: 1.5, fill },
    dash: ['none', '4 3', '1 3'][round] as string,
  };
}

/** The symbol of the arm at place `index`, as a small SVG for a legend. */
export function symbolSvg(index: number): string {
  return render({
    width: 16,
    height: 16,
    margin: 0,
    x: { domain: [-1, 1], axis: null },
    y: { domain: [-1, 1], axis: null },
    marks: [Plot.dot([{ x: 0, y: 0 }], { x: 'x', y: 'y', r: 5, ...armMark(index).dot })],
  });
}

/** Draws a plot as the text of an SVG element. */
export function render(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ ...options, document: document as unknown as Document });
  // Standing alone in a file, inside HTML or not, an SVG has to name its namespace.
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg.outerHTML;
}
