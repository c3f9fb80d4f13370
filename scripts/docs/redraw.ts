/** Drawing tables and plots of records anew, and what is wrong with those that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import { keptFile, readKept } from './kept-records.ts';
import { tablesIn, withTable } from './markers.ts';
import { staleness } from './staleness.ts';
import type { DocsPlot } from './plots.ts';
import type { DocsTable } from './tables.ts';

/** The text of a README or page with the table as it should be. @throws {Error} if its records are not kept, or as withTable. */
export function redrawn(root: string, table: DocsTable, text: string): string {
  const body = bodyOf(root, table);
  if (body === undefined) throw new Error(noRecords(table, `${table.file}, table ${table.name}`));
  return withTable(text, table.file, table.name, body);
}

/** The text of its file, or of a new one. @throws {Error} if there is none, and may not be. */
export function textOf(root: string, { file, blank }: Pick<DocsTable, 'file' | 'blank'>): string {
  const path = join(root, file);
  return blank === undefined || existsSync(path) ? readFileSync(path, 'utf8') : blank;
}

/** Whether there is to be such a table now: pages of reports are there while records are. */
export function isWanted(root: string, { study, blank }: Pick<DocsTable, 'study' | 'blank'>): boolean {
  return blank === undefined || study === undefined || existsSync(join(root, keptFile(study.study.name)));
}

/** What is to stand between the markers; nothing if the records are not kept and have to be. */
function bodyOf(root: string, { study, unsettled, draw }: DocsTable): string | undefined {
  const records = study ? readKept(root, study.study.name) : [];
  return records ? draw(records) : unsettled;
}

/** What is wrong with a table, one sentence each: no records, records of another study than there is now, or other text. */
export function problemsOf(root: string, table: DocsTable): string[] {
  const { name, file, study } = table;
  const who = `${file}, table ${name}`;
  const records = study ? readKept(root, study.study.name) : [];
  const body = bodyOf(root, table);
  if (body === undefined) return isWanted(root, table) ? [noRecords(table, who)] : [];
  const text = textOf(root, table);
  const now = tablesIn(text, file).find((marked) => marked.name === name);
  const drawn =
    now?.body === body
      ? []
      : [
          `${who}: is not as its ${study ? 'records have' : 'list has'} it. npm run docs:tables draws it anew.`,
        ];
  return [...(records ? staleSentences(table, records, who) : []), ...drawn];
}

/** A plot's file as it should be. @throws {Error} if its records are not kept. */
export function plotted(root: string, plot: DocsPlot): string {
  const records = readKept(root, plot.study.study.name);
  if (!records) throw new Error(noRecords(plot, plot.file));
  return plot.draw(records);
}

/** What is wrong with a plot, as `problemsOf`. */
export function plotProblems(root: string, plot: DocsPlot): string[] {
  const records = readKept(root, plot.study.study.name);
  if (!records) return [noRecords(plot, plot.file)];
  const path = join(root, plot.file);
  const same = existsSync(path) && readFileSync(path, 'utf8') === plot.draw(records);
  const drawn = same
    ? []
    : [`${plot.file}: is not as its records have it. npm run docs:tables draws it anew.`];
  return [...staleSentences(plot, records, plot.file), ...drawn];
}

/** What tables and plots have in common. */
interface Quoting {
  readonly study?: DocsTable['study'] | undefined;
}

function staleSentences({ study }: Quoting, records: readonly TrialRecord[], who: string): string[] {
  if (!study) return [];
  const found = staleness(study.study, study.size, records);
  return found.map((sentence) => `${who}: stale. ${sentence} ${howToMake({ study })}`);
}

function noRecords({ study }: Quoting, who: string): string {
  return `${who}: has no records in ${keptFile(study!.study.name)}. ${howToMake({ study })}`;
}

function howToMake({ study }: Quoting): string {
  const { name } = study!.study;
  const size = study!.size === 'quick' ? '' : ` --${study!.size}`;
  return `npm run hashgrad -- study ${name}${size} makes records; npm run docs:tables -- --keep ${name} results/${name} keeps them.`;
}
