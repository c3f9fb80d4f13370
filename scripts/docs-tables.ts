/**
 * Draws tables and plots of studies from the records in docs/records, and tables that are lists of what the code has: those of the
 * READMEs and of the site's pages.
 *
 *     npm run docs:tables                                      draws all
 *     npm run docs:tables -- --check                           says which are stale or have no records; exit code 1 if so
 *     npm run docs:tables -- --keep selectors results/selectors   keeps the records of a study, and draws what quotes it
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keepRecords } from './docs/kept-records.ts';
import { PLOTS } from './docs/plots.ts';
import { keepBenchmark } from './docs/benchmark-table.ts';
import { isWanted, plotProblems, plotted, problemsOf, redrawn, textOf } from './docs/redraw.ts';
import { MEASURED } from './docs/measured.ts';
import { TABLES } from './docs/tables.ts';

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false }, keep: { type: 'string' } },
  allowPositionals: true,
});

if (values.keep !== undefined) {
  const quoted = [...TABLES, ...PLOTS].flatMap(({ study }) => (study ? [study.study.name] : []));
  const [folder] = positionals;
  const measured = new Set(MEASURED.map(({ benchmark }) => benchmark));
  const isBenchmark = measured.has(values.keep);
  if (!(isBenchmark || quoted.includes(values.keep)) || folder === undefined) {
    const names = [...new Set(quoted)].join(', ');
    throw new Error(
      `--keep takes the name of a study that is quoted, of ${names}, and a folder of results; or of a benchmark, of ` +
        `${[...measured].join(', ')}, and the file that its --json wrote.`,
    );
  }
  if (isBenchmark) keepBenchmark(values.keep, folder);
  else console.log(`${values.keep}: ${keepRecords(root, values.keep, folder).length} records kept.`);
}

if (values.check) {
  const problems = [
    ...TABLES.flatMap((table) => problemsOf(root, table)),
    ...PLOTS.flatMap((plot) => plotProblems(root, plot)),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length === 0)
    console.log(
      `${TABLES.filter((table) => isWanted(root, table)).length} tables and ${PLOTS.length} plots are as their records have them.`,
    );
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  for (const table of TABLES.filter((each) => isWanted(root, each))) {
    const path = resolve(root, table.file);
    const before = textOf(root, table);
    const after = redrawn(root, table, before);
    if (after === before) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, after);
    console.log(`${table.file}: the table ${table.name} is drawn anew.`);
  }
  for (const plot of PLOTS) {
    const path = resolve(root, plot.file);
    const [before, after] = [existsSync(path) ? readFileSync(path, 'utf8') : '', plotted(root, plot)];
    if (after === before) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, after);
    console.log(`${plot.file}: drawn anew.`);
  }
}
