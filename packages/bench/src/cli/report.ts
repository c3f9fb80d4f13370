/** `hashgrad report`: a report drawn again, from its records. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { latestRecords, readRecords } from '../engine/store.ts';
import { plural } from '../format.ts';
import type { StudyContext } from '../machine.ts';
import { drawOutputs, OUTPUTS_CONTEXT_FILE } from '../outputs-command.ts';
import { checkOutputsRecord } from '../outputs-records.ts';
import { outputsTable } from '../outputs-report.ts';
import { OUTPUTS_FILE, readLines } from '../outputs-store.ts';
import { loadStudy } from '../studies/load.ts';
import { drawReport } from './draw-report.ts';
import { readStudyFile, recordsPathOf } from './study-file.ts';

/** Adds the command. */
export function addReport(program: Command): void {
  program
    .command('report')
    .summary('draw the report of a study again, from its records')
    .description('Draws the report beside the records. An unfinished study’s will do.')
    .argument('<place>', 'the study’s folder, or the records of "hashgrad outputs"')
    .option('--svg <folder>', 'of the study of outputs, also draw the plots as files into this folder')
    .action(async (place: string, { svg }: { svg?: string }) => {
      if (place.endsWith(OUTPUTS_FILE)) drawOutputsAgain(place, svg);
      else await drawAgain(place);
    });
}

async function drawAgain(place: string): Promise<void> {
  const path = recordsPathOf(place);
  const folder = dirname(path);
  const all = readRecords(path);
  const [first] = all;
  if (first === undefined) throw new Error(`${path} holds no records.`);
  const file = readStudyFile(folder);
  const { study } = await loadStudy(file?.reference ?? { name: first.trial.study });
  const records = latestRecords(all, file && new Set(file.keys));
  const report = drawReport({ ...study, seeds: file?.seeds ?? study.seeds }, records, folder);
  console.log(`Report of ${plural(records.length, 'trial')}: ${report}`);
}

function drawOutputsAgain(path: string, svg: string | undefined): void {
  const folder = dirname(path);
  const records = readLines(path, checkOutputsRecord);
  console.log(outputsTable(records));
  const contextPath = join(folder, OUTPUTS_CONTEXT_FILE);
  // Records that were moved away from it have a report that says less.
  const context = existsSync(contextPath)
    ? (JSON.parse(readFileSync(contextPath, 'utf8')) as StudyContext)
    : undefined;
  console.log(`\nReport of ${plural(records.length, 'run')}: ${drawOutputs(records, folder, context, svg)}`);
}
