/** The report of a study: one HTML file that needs nothing else, neither scripts nor the network. */
import { ARMS } from './arms.ts';
import { count, escapeHtml, fractionLabel, percent, plural, significant } from './format.ts';
import type { StudyContext } from './machine.ts';
import { multiplyAddsByPart, secondsByPart } from './plots/bars.ts';
import { learningCurves } from './plots/curves.ts';
import { armsOf, partColour, symbolSvg } from './plots/drawing.ts';
import { accuracyByActiveShare, accuracyByMultiplyAdds, accuracyBySeconds } from './plots/scatter.ts';
import { PARTS } from '@hashgrad/sparse-nn';
import type { RunRecord } from './records.ts';
import { contextFacts, factList, reportPage } from './report-page.ts';
import { summarize } from './summary.ts';
import type { SummaryRow } from './summary.ts';
import { columnGroups, COLUMNS, summaryCells } from './table.ts';

const SPREAD =
  'Mean over the seeds; vertical bars show one standard deviation, lines join the fractions of an arm. The scales are logarithmic, the vertical one in the error.';

/**
 * Draws the report.
 *
 * @param records runs of one study; an unfinished study's will do.
 * @param context when and where they were measured, if that is known.
 * @returns a whole HTML document.
 * @throws Error if there are no records, or records of different studies.
 */
export function renderReport(records: readonly RunRecord[], context?: StudyContext): string {
  const rows = summarize(records);
  const title = `Selectors on ${(records[0] as RunRecord).dataset}`;
  return reportPage(
    title,
    `${heading(records, context)}
<h2>Summary</h2>
${summarySection(rows)}
${armList(rows)}
<h2>Accuracy and what it costs</h2>
${figure('Accuracy against active units', accuracyByActiveShare(rows), `${SPREAD} Arms are drawn a few pixels apart.`, armLegend(rows))}
${figure('Accuracy against multiply-adds', accuracyByMultiplyAdds(rows), `${SPREAD} Everything that training computes is counted, hashing and rehashing too.`, armLegend(rows))}
${figure('Accuracy against training time', accuracyBySeconds(rows), `${SPREAD} Time is the median over the seeds, each against the dense run of the same seed; horizontal bars show the extremes.`, armLegend(rows))}
<h2>Where the work goes</h2>
<div class="pair">
${figure('Multiply-adds by part', multiplyAddsByPart(rows), 'Per training sample.', partLegend())}
${figure('Training time by part', secondsByPart(rows), 'Mean over the seeds.', partLegend())}
</div>
<h2>Learning curves</h2>
${figure('Accuracy after each epoch', learningCurves(rows), 'Mean over the seeds; bands show one standard deviation. The vertical scale is logarithmic in the error.', armLegend(rows))}
<h2>Raw records</h2>
${rawRecords(records)}`,
  );
}

function heading(records: readonly RunRecord[], context: StudyContext | undefined): string {
  const first = records[0] as RunRecord;
  const seeds = [...new Set(records.map((record) => record.seed))];
  const facts: [string, string][] = [
    ['Data set', first.dataset],
    ['Network', `${first.units.join('–')}, ReLU`],
    ['Seeds', seeds.join(', ')],
    ['Training', `${plural(first.epochs, 'epoch')}, batches of ${first.batchSize}`],
    ['Threads', [...new Set(records.map((record) => record.threads))].join(', ')],
    ['Dense network', `${count(first.denseMultiplyAdds)} multiply-adds per training sample`],
  ];
  if (context !== undefined) facts.push(...contextFacts(context));
  return factList(facts);
}

function summarySection(rows: readonly SummaryRow[]): string {
  const groups = columnGroups().map(({ title, span }) =>
    title === ''
      ? `<th colspan="${span}"></th>`
      : `<th class="group" colspan="${span}" scope="colgroup"><span>${title}</span></th>`,
  );
  const titles = COLUMNS.map(({ title }) => `<th scope="col">${title}</th>`);
  const body = rows.map((row) => {
    const [arm, ...cells] = summaryCells(row);
    const data = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
    return `<tr data-arm="${escapeHtml(row.arm)}"><th scope="row">${escapeHtml(arm ?? '')}</th>${data}</tr>`;
  });
  return `<div class="scroll"><table id="summary">
<thead><tr>${groups.join('')}</tr><tr>${titles.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>
<p class="note">Accuracy is the mean over the seeds ± one standard deviation. <em>Full pass</em> computes all units for a
test image, <em>sparse pass</em> only those that the arm chooses. <em>Choose</em> is what it takes to
choose units: hashing and table look-ups, and for topK the search through all units. Time is
the median over the seeds; <em>× dense</em> compares each run with the dense run of the same seed.</p>`;
}

function armList(rows: readonly SummaryRow[]): string {
  const items = armsOf(rows).flatMap((arm) => {
    const description = ARMS.find(({ name }) => name === arm)?.description;
    return description === undefined
      ? []
      : [`<dt>${escapeHtml(arm)}</dt><dd>${escapeHtml(description)}</dd>`];
  });
  return `<dl class="arms">\n${items.join('\n')}\n</dl>`;
}

function figure(title: string, svg: string, note: string, legend: string): string {
  return `<figure class="plot">
<h3>${title}</h3>
${legend}
${svg}
<figcaption>${note}</figcaption>
</figure>`;
}

function armLegend(rows: readonly SummaryRow[]): string {
  const items = armsOf(rows).map((arm, index) => `<li>${symbolSvg(index)}${escapeHtml(arm)}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function partLegend(): string {
  const items = PARTS.map(
    (part) => `<li><span class="swatch" style="background:${partColour(part)}"></span>${part}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function rawRecords(records: readonly RunRecord[]): string {
  const before = ['arm', 'fraction', 'seed', 'full pass, %', 'sparse pass, %', 'active, %', 'last loss'];
  const titles = [...before, ...PARTS, 'seconds'];
  const body = records.map((record) => {
    const cells = [
      record.arm,
      fractionLabel(record.fraction),
      String(record.seed),
      (record.accuracy.full * 100).toFixed(2),
      (record.accuracy.sparse * 100).toFixed(2),
      percent(record.activeShare),
      significant(record.history.at(-1)?.loss ?? NaN),
      ...PARTS.map((part) => count(record.multiplyAdds[part])),
      significant(record.seconds),
    ];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  return `<details>
<summary>${plural(records.length, 'run')}</summary>
<div class="scroll"><table id="records">
<thead>
<tr><th colspan="${before.length}"></th><th class="group" colspan="${PARTS.length}" scope="colgroup"><span>multiply-adds</span></th><th></th></tr>
<tr>${titles.map((title) => `<th scope="col">${title}</th>`).join('')}</tr>
</thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>
<p class="note">Multiply-adds are per training sample, seconds are the training time of all epochs.</p>
</details>`;
}
