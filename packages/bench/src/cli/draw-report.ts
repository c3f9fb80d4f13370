/** The files of a report. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { TrialRecord } from '../engine/record.ts';
import type { Study } from '../engine/study.ts';
import type { ReportContext } from '../report/facts.ts';
import { renderReport } from '../report/report.ts';
import { writeWhole } from '../write-whole.ts';
import { readStudyFile } from './study-file.ts';

/** Writes the report into a folder, as HTML, Markdown, CSV and plots, and gives the path of the HTML file. */
export function drawReport(study: Study, records: readonly TrialRecord[], folder: string): string {
  const report = renderReport(study, records, contextOf(folder));
  const path = join(folder, 'report.html');
  writeWhole(path, report.html);
  writeWhole(join(folder, 'report.md'), report.markdown);
  writeWhole(join(folder, 'records.csv'), report.csv);
  for (const [name, svg] of Object.entries(report.svgs)) writeWhole(join(folder, name), svg);
  return path;
}

function contextOf(folder: string): ReportContext {
  const file = readStudyFile(folder);
  const commit = commitOf();
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  return {
    versions: { '@hashgrad/bench': version },
    ...(file && { command: ['hashgrad', ...file.command.map(quoted)].join(' ') }),
    ...(commit !== undefined && { commit }),
  };
}

/** A word of a command line as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The commit of the sources, where this runs from them. */
function commitOf(): string | undefined {
  if (extname(import.meta.filename) !== '.ts') return undefined;
  try {
    const options = { cwd: import.meta.dirname, stdio: 'pipe' } as const;
    return execFileSync('git', ['rev-parse', 'HEAD'], options).toString().trim();
  } catch {
    return undefined; // no repository, or no git
  }
}
