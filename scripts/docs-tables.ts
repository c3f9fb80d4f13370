/**
 * Draws the READMEs' tables of studies from the records in docs/records, and those that are lists of what the code has.
 *
 *     npm run docs:tables                                      draws all
 *     npm run docs:tables -- --check                           says which are stale or have no records; exit code 1 if so
 *     npm run docs:tables -- --keep selectors results/selectors   keeps the records of a study, and draws its table
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keepRecords } from './docs/kept-records.ts';
import { problemsOf, redrawn, sectionsWithoutRecords } from './docs/redraw.ts';
import { TABLES, WITHOUT_RECORDS } from './docs/tables.ts';

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false }, keep: { type: 'string' } },
  allowPositionals: true,
});

if (values.keep !== undefined) {
  const table = TABLES.find(({ name, study }) => name === values.keep && study);
  const [folder] = positionals;
  if (!table || folder === undefined) {
    const names = TABLES.flatMap(({ name, study }) => (study ? [name] : []));
    throw new Error(
      `--keep takes the name of a table of a study, of ${names.join(', ')}, and a folder of results.`,
    );
  }
  const kept = keepRecords(root, values.keep, folder);
  console.log(`${values.keep}: ${kept.length} records kept.`);
}

if (values.check) {
  const problems = TABLES.flatMap((table) => problemsOf(root, table));
  for (const section of sectionsWithoutRecords(root, WITHOUT_RECORDS)) console.log(section);
  for (const problem of problems) console.error(problem);
  if (problems.length === 0)
    console.log(`${TABLES.length} tables of READMEs are as their records have them.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  for (const table of TABLES) {
    const path = resolve(root, table.readme);
    const before = readFileSync(path, 'utf8');
    const after = redrawn(root, table, before);
    if (after === before) continue;
    writeFileSync(path, after);
    console.log(`${table.readme}: the table ${table.name} is drawn anew.`);
  }
}
