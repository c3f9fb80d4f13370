/** `hashgrad list` and `hashgrad show`: which studies there are, and what one of them does. */
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { canonicalJson } from '../engine/json.ts';
import { settable } from '../engine/plan.ts';
import { tuningSize } from '../engine/plan-tuning.ts';
import { TimeLeft } from '../engine/progress.ts';
import { checkPoints, planTrials } from '../engine/runner.ts';
import { latestRecords, readRecords, RECORDS_FILE } from '../engine/store.ts';
import type { TrialRecord } from '../engine/record.ts';
import { duration, plural } from '../format.ts';
import { STUDIES } from '../studies/index.ts';
import { addStudyOptions, requestOf, type StudyOptions } from './study-options.ts';

/** Adds `list`. */
export function addList(program: Command): void {
  program
    .command('list')
    .summary('name the studies')
    .description('Names the studies with their questions.')
    .action(() => {
      for (const { name, question } of STUDIES) console.log(`${pc.bold(name)}: ${question}`);
    });
}

/** Adds `show`. */
export function addShow(program: Command): void {
  addStudyOptions(
    program
      .command('show')
      .summary('show what a study does, and what can be set')
      .description('Shows the question, factors, trials and settings of a study, and how long it may take.'),
  )
    .option(
      '--out <folder>',
      'folder whose records say how long trials take (default: results/ and the study’s name)',
    )
    .action((name: string | undefined, options: StudyOptions & { readonly out?: string }) =>
      show(name, options),
    );
}

async function show(
  name: string | undefined,
  options: StudyOptions & { readonly out?: string },
): Promise<void> {
  const request = await requestOf(name, options);
  const { study, points, size } = request;
  await checkPoints(study, points);
  console.log(`${pc.bold(study.name)} (${size} form): ${study.question}\n`);
  for (const [factor, levels] of Object.entries(study.factors)) {
    console.log(`${factor}: ${Object.keys(levels).join(' | ')}`);
  }
  console.log(`Seeds: ${study.seeds.join(', ')}`);
  console.log(
    `Metrics: ${study.metrics.map((metric) => (typeof metric === 'string' ? metric : metric.name)).join(', ')}`,
  );
  const records = recordsIn(options.out ?? join('results', study.name));
  const { tune, run } = planTrials(request, records);
  const tuned = tuningSize(study, points);
  const tuning = tuned > 0 ? `${plural(tuned, 'trial')} of tuning, and ` : '';
  console.log(
    `Trials: ${tuning}${plural(points.length, 'point')} × ${plural(study.seeds.length, 'seed')} = ${points.length * study.seeds.length}`,
  );
  const keys = new Set([...tune, ...run].map(({ key }) => key));
  const finished = latestRecords(records, keys);
  const done = new Set(finished.map(({ key }) => key));
  const left = new TimeLeft();
  // Records of another form say nothing of these trials; those of the same configs with other seeds or older code do.
  const configs = new Set([...tune, ...run].map(({ trial }) => canonicalJson(trial.config)));
  const alike = records.filter(({ trial }) => configs.has(canonicalJson(trial.config)));
  left.start(finished.length > 0 ? finished : alike, 1);
  const seconds = left.left([...tune, ...run].filter(({ key }) => !done.has(key)));
  console.log(
    seconds === undefined
      ? 'Time: not known before the first trial is finished'
      : `Time: ${duration(seconds)} for the ${keys.size - done.size} trials that are not finished, by records of earlier ones`,
  );
  console.log('\nWhat --set can set, with its value in the first point that has it:');
  for (const [path, value] of settable(points)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      console.log(`  ${path}=${JSON.stringify(value)}`);
    }
  }
}

/** The records of a folder; none if it has none. */
function recordsIn(folder: string): TrialRecord[] {
  try {
    return readRecords(join(folder, RECORDS_FILE));
  } catch (error) {
    if ((error as Error).message.startsWith('There is no file')) return [];
    throw error;
  }
}
