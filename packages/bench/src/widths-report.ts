/** The report of the study of widths: a table for the terminal, and one HTML file. */
import { ARMS } from './arms.ts';
import { drawTable } from './benchmarks/result.ts';
import {
  escapeHtml,
  fractionLabel,
  percent,
  percentSpread,
  plural,
  significant,
  thousands,
} from './format.ts';
import { symbolSvg } from './plots/drawing.ts';
import { accuracyByWidth, accuracySeries, secondsByWidth, widthSeries } from './plots/widths.ts';
import type { RunRecord } from './records.ts';
import { contextFacts, factList, reportPage } from './report-page.ts';
import type { StudyContext } from './machine.ts';
import { conclude, conclusionText } from './widths-conclusions.ts';
import { bestBatch, widthRows } from './widths-study.ts';
import type { WidthResult, WidthRow } from './widths-study.ts';

const HEAD = ['width', 'arm', 'full, %', 'sparse, %', 'active, %', 's/epoch', '× dense', 'multiply-adds, %'];

/** One table of all widths: accuracy, time, the time as a multiple of dense's at its best batch size, and multiply-adds. */
export function widthsTable(results: readonly WidthResult[]): string {
  return drawTable(HEAD, results.flatMap(cellsOf), 2);
}

/** Sentences about where hashing wins. */
export function conclusionTexts(results: readonly WidthResult[]): string[] {
  return conclude(results).map(conclusionText);
}

/**
 * Draws the report.
 *
 * @param results at least one; those of an unfinished study will do.
 */
export function renderWidthsReport(results: readonly WidthResult[], context: StudyContext): string {
  const first = results[0]?.records[0] as RunRecord;
  const rows = results.flatMap(widthRows);
  const title = `Widths of the hidden layer on ${first.dataset}`;
  const facts: [string, string][] = [
    ['Data set', first.dataset],
    ['Network', `${first.units[0]}–width–${first.units.at(-1)}, ReLU`],
    ['Active units', activeText(results)],
    ['Seeds', [...new Set(results.flatMap(({ records }) => records.map(({ seed }) => seed)))].join(', ')],
    ['Training', `${plural(first.epochs, 'epoch')}, batches of ${first.batchSize}`],
    ['Threads', String(first.threads)],
    ...contextFacts(context),
  ];
  const answers = conclusionTexts(results).map((text) => `<li>${escapeHtml(text)}</li>`);
  return reportPage(
    title,
    `${factList(facts)}
${answers.length === 0 ? '' : `<h2>Where hashing wins</h2>\n<ul id="conclusions">\n${answers.join('\n')}\n</ul>\n<p class="note">Times are compared by their medians over the seeds, accuracies by their means. “From a width on” is at it and at all wider ones that were measured.</p>`}
<h2>Time</h2>
${figure(secondsByWidth(rows), 'Median over the seeds; vertical bars show the extremes.', widthSeries(rows))}
<h2>Accuracy</h2>
${figure(accuracyByWidth(rows), 'Mean over the seeds; vertical bars show one standard deviation. The vertical scale is logarithmic in the error.', accuracySeries(rows))}
<h2>All widths</h2>
<div class="scroll"><table id="summary">
<thead><tr>${HEAD.map((name) => `<th${name === 'arm' ? ' class="name"' : ''} scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>
${results.flatMap((result) => cellsOf(result).map(tableRow)).join('\n')}
</tbody>
</table></div>
<p class="note"><em>Full pass</em> computes all units for a test sample, <em>sparse pass</em> only those that the arm
chooses. <em>× dense</em> compares each run with the dense run of the same seed, of which it takes the share that dense's
best batch size needs; accuracies are of the study's own batch size. Multiply-adds are those of training, in per cent of
dense's.</p>
${denseSection(results)}
<dl class="arms">
${armItems(rows).join('\n')}
</dl>`,
  );
}

function cellsOf(result: WidthResult): string[][] {
  const best = bestBatch(result);
  return widthRows(result).map(({ width, label, summary, secondsPerEpoch, relative }) => [
    thousands(width),
    summary === null ? `${label} (${best?.batchSize})` : label,
    ...(summary === null
      ? ['', '', '']
      : [
          percentSpread(summary.accuracy.full),
          percentSpread(summary.accuracy.sparse),
          percent(summary.activeShare),
        ]),
    significant(secondsPerEpoch),
    relative === null ? '–' : significant(relative),
    summary === null ? '' : percent(summary.multiplyAddsTotal),
  ]);
}

function tableRow([width = '', arm = '', ...cells]: readonly string[]): string {
  const data = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
  return `<tr><td>${width}</td><th class="name" scope="row">${escapeHtml(arm)}</th>${data}</tr>`;
}

/** How fast dense is at each batch size: what its best one was chosen from. */
function denseSection(results: readonly WidthResult[]): string {
  const batches = results[0]?.dense.map(({ batchSize }) => batchSize) ?? [];
  if (batches.length === 0) return '';
  const rows = results.map(
    ({ width, dense }) =>
      `<tr><td>${thousands(width)}</td>${dense.map(({ secondsPerSample }) => `<td>${significant(1 / secondsPerSample)}</td>`).join('')}</tr>`,
  );
  return `<h2>Dense by batch size</h2>
<div class="scroll"><table id="batches">
<thead><tr><th scope="col">width</th>${batches.map((batch) => `<th scope="col">batches of ${batch}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
<p class="note">Training samples a second, from single steps of all batch sizes by turns.</p>`;
}

function figure(svg: string, note: string, series: readonly string[]): string {
  const legend = series.map((name, index) => `<li>${symbolSvg(index)}${escapeHtml(name)}</li>`);
  return `<figure class="plot">
<ul class="legend">${legend.join('')}</ul>
${svg}
<figcaption>${note}</figcaption>
</figure>`;
}

function armItems(rows: readonly WidthRow[]): string[] {
  return widthSeries(rows).flatMap((name) => {
    const description = ARMS.find((arm) => arm.name === name)?.description;
    return description === undefined
      ? []
      : [`<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(description)}</dd>`];
  });
}

/** A share that is the same at all widths, or the number of units that it makes up. */
function activeText(results: readonly WidthResult[]): string {
  const sparse = results.flatMap(({ width, records }) =>
    records.flatMap(({ arm, fraction }) => (arm === 'dense' ? [] : { width, fraction })),
  );
  const fractions = new Set(sparse.map(({ fraction }) => fraction));
  const [fraction] = fractions;
  if (fraction === undefined) return 'all';
  if (fractions.size === 1) return fractionLabel(fraction);
  return [...new Set(sparse.map((each) => Math.round(each.fraction * each.width)))].map(thousands).join(', ');
}
