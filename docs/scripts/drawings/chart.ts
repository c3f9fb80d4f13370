/** Charts in the look of the drawings, by Observable Plot and without a browser. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escaped, label, STYLE, WIDTH } from './svg.ts';

/** A chart and the lines of text above it. */
export interface Chart {
  /** For those who hear it. */
  readonly title: string;
  /** The first line is bold. */
  readonly heading: readonly string[];
  /** What each colour stands for, a line for each two. */
  readonly legend?: readonly {
    readonly name: string;
    readonly colour: string;
    readonly symbol?: Plot.SymbolType;
  }[];
  readonly options: Plot.PlotOptions & { readonly height: number };
}

const [LINE, ENTRY] = [20, 224];

/** A whole SVG file. Two decimals of a pixel are enough, and keep it alike on all machines. */
export function chartFile({ title, heading, legend = [], options }: Chart): string {
  const top = 12 + LINE * (heading.length + Math.ceil(legend.length / 2));
  const height = top + options.height;
  const entries = legend.map(({ name, colour, symbol = 'circle' }, i) => {
    const [x, y] = [20 + ENTRY * (i % 2), 8 + LINE * (heading.length + Math.floor(i / 2) + 0.5)];
    const mark = plot({
      width: 16,
      height: 16,
      margin: 0,
      x: { domain: [-1, 1], axis: null },
      y: { domain: [-1, 1], axis: null },
      marks: [Plot.dot([[0, 0]], { r: 4.5, symbol, stroke: colour, fill: colour })],
    });
    return `${moved(mark, x - 4, y)}${label(x + 18, y + 13, name, { kind: 'soft' })}`;
  });
  const body = plot({ width: WIDTH, style: { fontSize: '13px' }, ...options });
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<rect width="100%" height="100%" rx="8" style="fill:var(--paper)"/>
${heading.map((text, i) => label(16, 26 + LINE * i, text, { kind: i === 0 ? 'bold' : 'soft' })).join('\n')}
${entries.join('\n')}
${moved(body, 0, top)}
</svg>
`;
}

function plot(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ ...options, document: document as unknown as Document });
  return svg.outerHTML.replaceAll(/<style>.*?<\/style>/gs, '').replaceAll(/<[^>]+>/g, rounded);
}

/** A tag with its coordinates rounded; texts between tags are left as they are. */
function rounded(tag: string): string {
  return tag.replaceAll(/\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))));
}

/** What an SVG element draws, moved. Sizes of an SVG element inside another follow rules that renderers differ in. */
function moved(svg: string, x: number, y: number): string {
  return svg
    .replace(
      /<svg [^>]*>/,
      `<g transform="translate(${x},${y})" fill="currentColor" style="color:var(--soft)" text-anchor="middle">`,
    )
    .replace(/<\/svg>\s*$/, '</g>');
}
