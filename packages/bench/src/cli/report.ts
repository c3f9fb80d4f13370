/** `hashgrad report`: a report drawn again, from its records. */
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { latestRecords, readRecords } from '../engine/store.ts';
import { plural } from '../format.ts';
import { loadStudy } from '../studies/load.ts';
import { drawReport } from './draw-report.ts';
import { readStudyFile, recordsPathOf, STUDY_FILE } from './study-file.ts';

/** Adds the command. */
export function addReport(program: Command): void {
  program
    .command('report')
    .summary('draw the report of a study again, from its records')
    .description('Draws the report beside the records. An unfinished study’s will do.')
    .argument('<place>', 'the study’s folder, or its records')
    .action((place: string) => drawAgain(place));
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
  if (records.length === 0) {
    throw new Error(
      `${path} holds ${plural(all.length, 'record')}, but of other settings or sources than those last asked for. ` +
        `Run the study again, or remove ${STUDY_FILE} for a report of all.`,
    );
  }
  const report = drawReport({ ...study, seeds: file?.seeds ?? study.seeds }, records, folder);
  console.log(`Report of ${plural(records.length, 'trial')}: ${report}`);
}
