/** The files of a report. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { writeFileAtomic } from '@hashgrad/kernels';
import type { TrialRecord } from '../engine/record.ts';
import type { Study } from '../engine/study.ts';
import type { ReportContext } from '../report/facts.ts';
import { renderReport } from '../report/report.ts';
import { readStudyFile } from './study-file.ts';

/** Writes the report into a folder, as HTML, Markdown, CSV and plots, and gives the path of the HTML file. */
export function drawReport(study: Study, records: readonly TrialRecord[], folder: string): string {
  const report = renderReport(study, records, contextOf(folder));
  const files = {
    'report.html': report.html,
    'report.md': report.markdown,
    'records.csv': report.csv,
    ...report.svgs,
  };
  // Under each name there is the old file or the whole new one.
  for (const [name, text] of Object.entries(files)) writeFileAtomic(join(folder, name), Buffer.from(text));
  return join(folder, 'report.html');
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
