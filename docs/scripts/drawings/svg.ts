/**
 * Drawings as SVG text: so wide that texts can still be read where a phone shrinks them, and with colours for light and dark. A
 * browser gives a picture the scheme of the page that shows it.
 */

/** Width of a drawing, in pixels; a telephone's page has some 360. */
export const WIDTH = 480;

/** The colours and kinds of shapes. */
export const STYLE = `
svg { --paper: #ffffff; --ink: #1d1f21; --soft: #5d6369; --line: #d0d2d5; --off: #e4e6e8; --on: #d4500a; --near: #2f8fd3; --good: #008a63; --violet: #7a5cc2; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #17181c; --ink: #eceef2; --soft: #a6abb3; --line: #454a52; --off: #34383f; --on: #f58a4a; --near: #5cb8ec; --good: #2bc294; --violet: #a98ff0; }
}
text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: var(--ink); }
.soft { fill: var(--soft); } .bold { font-weight: 600; }
.ink { fill: var(--ink); } .on { fill: var(--on); } .off { fill: var(--off); } .near { fill: var(--near); } .good { fill: var(--good); }
.missed { fill: none; stroke: var(--near); stroke-width: 1.2; } .frame { fill: none; stroke: var(--line); }
.arrow { fill: none; stroke: var(--soft); stroke-width: 1.5; } .faint { opacity: 0.4; }`;

/** What a drawing is beside its shapes. */
export interface Frame {
  readonly height: number;
  readonly width?: number;
  /** What it shows, for those who hear it. */
  readonly title: string;
}

/** A whole SVG file. */
export function svgFile({ height, width = WIDTH, title }: Frame, shapes: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<rect width="100%" height="100%" rx="8" style="fill:var(--paper)"/>
${shapes.join('\n')}
</svg>
`;
}

/** A line of text that begins, or is centred or ends, at a place. */
export function label(
  x: number,
  y: number,
  text: string,
  { kind = '', anchor = 'start' }: { kind?: string; anchor?: 'start' | 'middle' | 'end' } = {},
): string {
  const place = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${short(x)}" y="${short(y)}"${place}${kind && ` class="${kind}"`}>${escaped(text)}</text>`;
}

/** A square of a class of the style. */
export function square(x: number, y: number, size: number, kind: string, radius = 1): string {
  return `<rect class="${kind}" x="${short(x)}" y="${short(y)}" width="${short(size)}" height="${short(size)}" rx="${radius}"/>`;
}

/** An arrow straight down or to the right. */
export function arrow(x: number, y: number, toX: number, toY: number): string {
  const head = toX > x ? `M${toX - 6} ${toY - 4}l6 4-6 4` : `M${toX - 4} ${toY - 6}l4 6 4-6`;
  return `<path class="arrow" d="M${x} ${y}L${toX} ${toY}${head}"/>`;
}

/** A picture of a digit, `size` wide: ink in two strengths, by runs of pixels. */
export function digit(pixels: ArrayLike<number>, x: number, y: number, size: number): string {
  const side = Math.sqrt(pixels.length);
  const scale = size / side;
  const faint = runs(pixels, side, (value) => value >= 0.2 && value < 0.6);
  const full = runs(pixels, side, (value) => value >= 0.6);
  return `<g class="ink" transform="translate(${short(x)} ${short(y)}) scale(${short(scale)})"><path class="faint" d="${faint}"/><path d="${full}"/></g>`;
}

function runs(pixels: ArrayLike<number>, side: number, has: (value: number) => boolean): string {
  let path = '';
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const from = column;
      while (column < side && has(pixels[row * side + column] as number)) column++;
      if (column > from) path += `M${from} ${row}h${column - from}v1h${from - column}z`;
    }
  }
  return path;
}

/** A number as short as can be: two decimals of a pixel are enough, and the same on all machines. */
export function short(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** Text between tags. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
