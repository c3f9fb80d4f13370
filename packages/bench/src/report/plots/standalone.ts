/** A plot as a file of its own: a white background, the report's colours on paper, and the legend. */
import { escapeHtml } from '../../format.ts';
import type { FigureBlock, LegendEntry } from '../blocks.ts';
import { lightColours } from '../style.ts';
import { partColour, symbolSvg } from './drawing.ts';

/** A legend's entry is so wide, and a row of them so high. */
const [ENTRY, ROW] = [190, 20];
const MARGIN = 12;

/** The figure's plot with its title and legend, as a whole SVG file. */
export function standalone({ svg, legend, title }: FigureBlock): string {
  const size = (name: string): number => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(svg)?.[1]);
  const columns = Math.floor(size('width') / ENTRY);
  const top = MARGIN + ROW * (1 + Math.ceil(legend.length / columns));
  const width = size('width') + 2 * MARGIN;
  const height = size('height') + top + MARGIN;
  const entries = legend.map((entry, i) =>
    legendEntry(entry, MARGIN + ENTRY * (i % columns), MARGIN + ROW * (1 + Math.floor(i / columns))),
  );
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" color="#1d1f21" fill="#1d1f21">
<title>${escapeHtml(title)}</title>
<rect width="100%" height="100%" fill="white"/>
<text x="${MARGIN}" y="${MARGIN + 10}" font-size="14" font-weight="600">${escapeHtml(title)}</text>
${entries.join('\n')}
${group(svg, MARGIN, top)}
</svg>
`;
  return drawn.replaceAll(/var\((--[\w-]+)\)/g, (text, name: string) => lightColours.get(name) ?? text);
}

function legendEntry({ label, mark }: LegendEntry, x: number, y: number): string {
  const drawn =
    'series' in mark
      ? group(symbolSvg(mark.series), x, y)
      : `<rect x="${x + 2}" y="${y + 2}" width="12" height="12" rx="2" fill="${partColour(mark.part)}"/>`;
  return `${drawn}<text x="${x + 22}" y="${y + 12}">${escapeHtml(label)}</text>`;
}

/** What an SVG element draws, moved: sizes of an SVG element inside another follow rules that renderers differ in. */
function group(svg: string, x: number, y: number): string {
  return svg
    .replace(
      /<svg [^>]*class="([^"]*)"[^>]*>/,
      `<g class="$1" transform="translate(${x},${y})" text-anchor="middle">`,
    )
    .replace(/<\/svg>\s*$/, '</g>');
}
