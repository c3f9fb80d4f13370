/** Drawing a README's table anew, and what is wrong with the one that is there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptFile, readKept } from './kept-records.ts';
import { tablesIn, withTable } from './markers.ts';
import { staleness } from './staleness.ts';
import type { DocsTable } from './tables.ts';

/** The text of a README with the table as it should be. @throws {Error} if the table's records are not kept, or as withTable. */
export function redrawn(root: string, table: DocsTable, text: string): string {
  const records = table.study ? readKept(root, table.name) : [];
  if (!records) throw new Error(noRecords(table));
  return withTable(text, table.readme, table.name, table.draw(records));
}

/** What is wrong with a table, one sentence each: no records, records of another study than there is now, or other text. */
export function problemsOf(root: string, table: DocsTable): string[] {
  const { name, readme, study } = table;
  const who = `${readme}, table ${name}`;
  const records = study ? readKept(root, name) : [];
  if (!records) return [noRecords(table)];
  const stale = study ? staleness(study.study, study.size, records) : [];
  const text = readFileSync(join(root, readme), 'utf8');
  const now = tablesIn(text, readme).find((marked) => marked.name === name);
  const drawn =
    now?.body === table.draw(records)
      ? []
      : [
          `${who}: is not as its ${study ? 'records have' : 'list has'} it. npm run docs:tables draws it anew.`,
        ];
  return [...stale.map((sentence) => `${who}: stale. ${sentence} ${howToMake(table)}`), ...drawn];
}

function noRecords(table: DocsTable): string {
  return `${table.readme}, table ${table.name}: has no records in ${keptFile(table.name)}. ${howToMake(table)}`;
}

function howToMake({ name, study }: DocsTable): string {
  const size = study?.size === 'quick' ? '' : ` --${study?.size}`;
  return `npm run hashgrad -- study ${study?.study.name}${size} makes records; npm run docs:tables -- --keep ${name} results/${study?.study.name} keeps them.`;
}

/** A line for each section whose tables have no records. @throws {Error} if a README has no such section any more. */
export function sectionsWithoutRecords(
  root: string,
  sections: readonly { readonly readme: string; readonly section: string }[],
): string[] {
  return sections.map(({ readme, section }) => {
    if (!readFileSync(join(root, readme), 'utf8').includes(`# ${section}\n`)) {
      throw new Error(
        `${readme} has no section "${section}"; scripts/docs/tables.ts says that it has no records.`,
      );
    }
    return `${readme}, "${section}": of an earlier form of the study, no records were kept.`;
  });
}
