/** Sections as one HTML file that needs neither scripts nor the network. */
import { escapeHtml } from '../format.ts';
import {
  isNumeric,
  type Block,
  type FigureBlock,
  type LegendEntry,
  type Part,
  type TableBlock,
} from './blocks.ts';
import { partColour, symbolSvg } from './plots/drawing.ts';
import { reportStyle } from './style.ts';

/** What stands above the sections, and what is kept inside for programs. */
export interface PageFrame {
  readonly title: string;
  readonly question: string;
  /** JSON, kept in an element that no browser runs. */
  readonly data: unknown;
}

/** The whole document. */
export function page({ title, question, data }: PageFrame, parts: readonly Part[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} – hashgrad</title>
<link rel="icon" href="data:,">
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="question">${escapeHtml(question)}</p>
${parts.map(section).join('\n')}
</main>
<script type="application/json" id="records">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
</body>
</html>
`;
}

function section({ title, blocks }: Part): string {
  return `<section>
<h2>${escapeHtml(title)}</h2>
${blocksHtml(blocks)}
</section>`;
}

/** Neighbouring figures share a grid, so that two stand side by side where there is room. */
function blocksHtml(blocks: readonly Block[]): string {
  const html: string[] = [];
  for (const [i, block] of blocks.entries()) {
    const figure = block.kind === 'figure';
    if (figure && blocks[i - 1]?.kind !== 'figure') html.push('<div class="figures">');
    html.push(blockHtml(block));
    if (figure && blocks[i + 1]?.kind !== 'figure') html.push('</div>');
  }
  return html.join('\n');
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'table':
      return tableHtml(block);
    case 'figure':
      return figureHtml(block);
    case 'code':
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`;
    case 'list':
      return `<ul class="findings">\n${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>`;
    case 'facts':
      return `<dl class="facts">\n${block.facts.map(([name, text]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd></div>`).join('\n')}\n</dl>`;
    case 'details':
      return `<details>\n<summary>${escapeHtml(block.summary)}</summary>\n${blocksHtml(block.blocks)}\n</details>`;
    default:
      return `<p class="${block.kind}">${escapeHtml(block.text)}</p>`;
  }
}

function tableHtml(table: TableBlock): string {
  const { id, head, names, rows } = table;
  const side = head.map((_, i) => (isNumeric(table, i) ? '' : ' class="name"'));
  const titles = head.map((title, i) => `<th${side[i]} scope="col">${escapeHtml(title)}</th>`);
  const body = rows.map((cells) => {
    const row = cells.map((cell, i) =>
      i < names
        ? `<th class="name" scope="row">${escapeHtml(cell)}</th>`
        : `<td${side[i]}>${escapeHtml(cell)}</td>`,
    );
    return `<tr>${row.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0"><table id="${escapeHtml(id)}">
<thead><tr>${titles.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`;
}

function figureHtml({ title, svg, legend, note, wide }: FigureBlock): string {
  return `<figure class="plot${wide ? ' wide' : ''}">
<h3>${escapeHtml(title)}</h3>
${legend.length === 0 ? '' : `<ul class="legend">${legend.map(legendHtml).join('')}</ul>`}
<div class="scroll" tabindex="0">${svg.replace('<svg', `<svg role="img" aria-label="${escapeHtml(title)}"`)}</div>
<figcaption>${escapeHtml(note)}</figcaption>
</figure>`;
}

function legendHtml({ label, mark }: LegendEntry): string {
  const drawn =
    'series' in mark
      ? symbolSvg(mark.series)
      : `<span class="swatch" style="background:${partColour(mark.part)}"></span>`;
  return `<li>${drawn}${escapeHtml(label)}</li>`;
}
