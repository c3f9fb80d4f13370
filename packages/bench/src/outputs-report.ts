/** The report of the study of outputs: a table for the terminal, and one HTML file. */
import { drawTable } from './benchmarks/result.ts';
import { count, escapeHtml, percent, percentSpread, significant, threadsLabel } from './format.ts';
import { OUTPUTS_ARMS, outputsMark } from './outputs-arms.ts';
import type { OutputsRecord } from './outputs-records.ts';
import { type OutputsRow, summarizeOutputs } from './outputs-summary.ts';
import { symbolSvg } from './report/plots/drawing.ts';
import { lossBySeconds, precisionBySeconds } from './plots/outputs.ts';
import { standalone } from './plots/standalone.ts';
import { contextFacts, factList, reportPage } from './report-page.ts';
import type { StudyContext } from './machine.ts';
import type { Spread } from './spread.ts';

const HEAD = [
  'arm',
  'seeds',
  's per 100k rows',
  'multiply-adds a row',
  'padded, %',
  'P@1, %',
  'P@5, %',
  'loss',
  's to full P@1',
  's to full loss',
] as const;

/** A row for each arm, then what the frequencies of the classes alone would do. */
export function outputsTable(records: readonly OutputsRecord[]): string {
  return drawTable(HEAD, tableRows(records));
}

function tableRows(records: readonly OutputsRecord[]): string[][] {
  const frequent = firstOf(records).frequent;
  const alone = [percent(frequent.precision1), percent(frequent.precision5), frequent.loss.toFixed(3)];
  return [
    ...summarizeOutputs(records).map((row) => [
      row.arm,
      String(row.runs),
      spreadOf(row.secondsPer100k),
      count(row.multiplyAdds),
      percent(row.paddedShare),
      percentSpread(row.precision1),
      percentSpread(row.precision5),
      spreadOf(row.loss, (value) => value.toFixed(3)),
      soonOf(row.soon.precision1),
      soonOf(row.soon.loss),
    ]),
    ['frequencies alone', '–', '–', '–', '–', ...alone, '–', '–'],
  ];
}

function spreadOf({ mean, deviation }: Spread, format: (value: number) => string = significant): string {
  return deviation === null ? format(mean) : `${format(mean)} ± ${format(deviation)}`;
}

function soonOf(soon: OutputsRow['soon']['loss']): string {
  if (soon === undefined) return '–';
  return soon === 'never' ? soon : spreadOf(soon);
}

/** Both plots as files of their own, by name. */
export function outputsPlots(records: readonly OutputsRecord[]): Record<string, string> {
  const { frequent } = firstOf(records);
  const rows = summarizeOutputs(records);
  const names = rows.map(({ arm }) => arm);
  const marks = names.map(outputsMark);
  return {
    'outputs-precision.svg': standalone(precisionBySeconds(rows, frequent), names, marks),
    'outputs-loss.svg': standalone(lossBySeconds(rows, frequent), names, marks),
  };
}

/** The report: what was run, the table, both plots, and all checkpoints. */
export function renderOutputsReport(records: readonly OutputsRecord[], context?: StudyContext): string {
  const first = firstOf(records);
  const rows = summarizeOutputs(records);
  const legend = rows.map(({ arm }) => `<li>${symbolSvg(outputsMark(arm))} ${escapeHtml(arm)}</li>`).join('');
  const about = OUTPUTS_ARMS.filter(({ name }) => rows.some(({ arm }) => arm === name))
    .map(({ name, about: text }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`)
    .join('\n');
  const points = rows.flatMap(({ arm, curve }) =>
    curve.map((point) => [
      arm,
      String(point.rows),
      spreadOf(point.seconds),
      percentSpread(point.precision1),
      percentSpread(point.precision5),
      spreadOf(point.loss, (value) => value.toFixed(3)),
    ]),
  );
  const { features, hidden, activation, classes, epochs, batchSize, threads, rate, active } = first;
  const facts: [string, string][] = [
    ['Network', `${features}–${hidden} (${activation})–${classes} (softmax)`],
    ['Rows', `${first.rows} to train on, ${first.testRows} to test with`],
    ['Training', `epochs: ${epochs}, batches of ${batchSize}, Adam at the rate ${rate}`],
    ['Active classes', `at most ${active} of ${classes}`],
    ['Threads', threadsLabel(threads)],
    ...(context ? contextFacts(context) : []),
  ];
  return reportPage(
    `Outputs of a wide softmax: ${first.task}`,
    `${factList(facts)}
<dl class="arms">
${about}
</dl>
<h2>At the end of training</h2>
${htmlTable('summary', HEAD, tableRows(records))}
<p class="note">Mean ± standard deviation over the seeds. Measures are of all classes: P@k and the loss of the full softmax on the test rows. Seconds are of training, evaluations left out; the last two columns say when an arm was where the full softmax of the same seed ended, on straight lines between checkpoints. “Frequencies alone” gives every row the frequencies of the classes among the training rows.</p>
<h2>P@1 and seconds of training</h2>
<figure class="plot"><ul class="legend">${legend}</ul>${precisionBySeconds(rows, first.frequent)}</figure>
<h2>Loss and seconds of training</h2>
<figure class="plot"><ul class="legend">${legend}</ul>${lossBySeconds(rows, first.frequent)}</figure>
<h2>All checkpoints</h2>
${htmlTable('records', ['arm', 'rows', 'seconds', 'P@1, %', 'P@5, %', 'loss'], points)}`,
    'Outputs',
  );
}

function htmlTable(id: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map(
    ([name = '', ...cells]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll"><table id="${id}">
<thead><tr>${head.map((title) => `<th>${escapeHtml(title)}</th>`).join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`;
}

/** @throws {Error} if there are none. */
function firstOf(records: readonly OutputsRecord[]): OutputsRecord {
  const [first] = records;
  if (first === undefined) throw new Error('There are no records, so there is nothing to draw.');
  return first;
}
