/** A plot as a file of its own, for READMEs: a white background, the report's colours for light, and the legend. */
import { escapeHtml } from '../format.ts';
import { reportStyle } from '../report-style.ts';
import { symbolSvg, WIDE } from '../report/plots/drawing.ts';

/** A legend's entry is so wide, and a row of them so high. */
const [ENTRY, ROW] = [190, 20];
const MARGIN = 12;

/** Variables of the style sheet's first rule. */
const COLOURS = new Map(
  Array.from(
    (/:root \{(?<rule>[^}]*)\}/.exec(reportStyle)?.groups?.['rule'] ?? '').matchAll(/(--[\w-]+): ([^;]+);/g),
    ([, name = '', colour = '']) => [name, colour],
  ),
);

/** `svg` is a plot of the width WIDE; each name of the legend goes with a mark, by default with that of the same place. */
export function standalone(
  svg: string,
  legend: readonly string[],
  marks: readonly number[] = [...legend.keys()],
): string {
  const columns = Math.floor(WIDE / ENTRY);
  const top = MARGIN + ROW * Math.ceil(legend.length / columns);
  const width = WIDE + 2 * MARGIN;
  const height = Number(/ height="(\d+)"/.exec(svg)?.[1]) + top + MARGIN;
  const entries = legend.map((name, i) => {
    const [x, y] = [MARGIN + ENTRY * (i % columns), MARGIN + ROW * Math.floor(i / columns)];
    return `${group(symbolSvg(marks[i]!), x, y)}<text x="${x + 22}" y="${y + 12}">${escapeHtml(name)}</text>`;
  });
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" color="#1d1f21" fill="#1d1f21">
<rect width="100%" height="100%" fill="white"/>
${entries.join('\n')}
${group(svg, MARGIN, top)}
</svg>
`;
  return (
    drawn
      .replaceAll(/var\((--[\w-]+)\)/g, (text, name: string) => COLOURS.get(name) ?? text)
      // Two decimals of a pixel are enough.
      .replaceAll(/\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))))
  );
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
