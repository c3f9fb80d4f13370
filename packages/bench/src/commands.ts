/** The subcommands of `hashgrad`: their options, and what they print. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import pc from 'picocolors';
import { armNames, DEFAULT_ARMS, DEFAULT_RATE } from './arms.ts';
import { addDataOptions, loadDataset } from './data.ts';
import type { DataOptions } from './data.ts';
import { duration, plural } from './format.ts';
import { describeMachine, thisMachine } from './machine.ts';
import {
  parseCount,
  parseCounts,
  parsed,
  parseFractions,
  parseNames,
  parsePositive,
  parseSeeds,
} from './options.ts';
import { drawOutputs, OUTPUTS_CONTEXT_FILE } from './outputs-command.ts';
import { checkOutputsRecord, type OutputsRecord } from './outputs-records.ts';
import { outputsTable } from './outputs-report.ts';
import { profileTable } from './profile.ts';
import { PROFILE_TASKS } from './profile-tasks.ts';
import { consoleProgress } from './progress.ts';
import { checkRecord, type RunRecord } from './records.ts';
import { renderReport } from './report.ts';
import type { StudyContext } from './machine.ts';
import { appendRecord, readLines, REPORT_FILE, startRecords, STUDY_FILE, writeWhole } from './store.ts';
import { runStudy } from './study.ts';
import { planStudy } from './plan.ts';
import { summarize } from './summary.ts';
import { summaryTable } from './table.ts';

interface StudyOptions extends DataOptions {
  readonly arms: readonly string[];
  readonly fractions: readonly number[];
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  readonly threads: number;
  readonly units: readonly number[];
  readonly rate: number;
  readonly out: string;
}

/** `hashgrad study`: the ablation study of selectors. */
export function addStudy(program: Command): void {
  addDataOptions(
    program
      .command('study')
      .summary('run the ablation study: ways of choosing the neurons to compute, against a dense network')
      .description(
        'Trains the same network with several ways of choosing the hidden units that are computed (the arms), and ' +
          'reports accuracy, multiply-adds and time against the dense network.',
      ),
  )
    .addOption(parsed('--arms <list>', `arms to compare, of ${armNames()}`, parseNames, DEFAULT_ARMS.join()))
    .addOption(parsed('--fractions <list>', 'active hidden units, in per cent', parseFractions, '5,25'))
    .addOption(parsed('--seeds <n>', 'number of seeds, or the seeds themselves: 7,8,9', parseSeeds, '3'))
    .option('--epochs <n>', 'passes over the training set', parseCount, 4)
    .option('--batch <n>', 'samples per training step', parseCount, 128)
    .option('--threads <n>', 'threads that compute', parseCount, Math.min(2, availableParallelism()))
    .addOption(parsed('--units <list>', 'widths of the hidden layers', parseCounts, '1000,1000'))
    .option('--rate <number>', 'learning rate', parsePositive, DEFAULT_RATE)
    .option('--out <folder>', 'folder for the records and the report', 'results')
    .action((options: StudyOptions) => study(options));
}

async function study(options: StudyOptions): Promise<void> {
  const { arms, fractions, seeds, epochs, batch, threads, rate } = options;
  const settings = { arms, fractions, seeds, epochs, batchSize: batch, threads, hidden: options.units, rate };
  const plan = planStudy(settings);
  const split = await loadDataset(options);
  const context: StudyContext = { started: new Date().toISOString(), machine: thisMachine() };
  const widths = [split.train.columns, ...options.units, split.train.classes].join('-');
  console.log(
    `${pc.bold(split.name)}: ${split.train.rows} training and ${split.test.rows} test samples; network ${widths}; ` +
      `${plural(plan.length, 'run')} of ${plural(epochs, 'epoch')}, ${plural(threads, 'thread')}`,
  );
  console.log(describeMachine(context.machine));

  const recordsPath = startRecords(options.out);
  writeWhole(join(options.out, STUDY_FILE), `${JSON.stringify(context, null, 2)}\n`);
  const progress = consoleProgress();
  const interrupt = (): void => {
    progress.stop();
    console.error(
      `Stopped. Finished runs are in ${recordsPath}; "hashgrad report ${recordsPath}" draws them.`,
    );
    process.exit(130);
  };
  process.once('SIGINT', interrupt);
  const started = performance.now();
  const records = await runStudy(split, settings, {
    progress,
    onRecord: (record) => appendRecord(recordsPath, record),
  }).finally(() => process.removeListener('SIGINT', interrupt));

  console.log(`\n${summaryTable(summarize(records))}\n`);
  console.log(
    'Accuracy: mean ± standard deviation over the seeds. Choose: hashing and table look-ups, or topK’s full search.',
  );
  console.log(`The study took ${duration((performance.now() - started) / 1000)}.`);
  console.log(`Records: ${recordsPath}`);
  console.log(`Report:  ${drawReport(records, options.out, context)}`);
}

/** `hashgrad report`: the report drawn again. */
export function addReport(program: Command): void {
  program
    .command('report')
    .summary('draw the report of a study again, from its records')
    .description(`Draws the report beside the records, and prints the table. An unfinished study’s will do.`)
    .argument('<file>', 'the records, JSON lines')
    .option('--svg <folder>', 'of the study of outputs, also draw the plots as files into this folder')
    .action((file: string, { svg }: { svg?: string }) => {
      const folder = dirname(file);
      const records = readLines(file, checkAnyRecord);
      const outputs = records.filter((record) => record.study === 'outputs');
      const selectors = records.filter((record) => record.study === 'selectors');
      if (outputs.length > 0 && selectors.length > 0) {
        throw new Error(`${file}: these are records of two studies, which have a report each.`);
      }
      if (selectors.length > 0 && svg !== undefined) {
        throw new Error('--svg is for records of "hashgrad outputs".');
      }
      console.log(selectors.length > 0 ? summaryTable(summarize(selectors)) : outputsTable(outputs));
      const report =
        selectors.length > 0
          ? drawReport(selectors, folder, readContext(folder, STUDY_FILE))
          : drawOutputs(outputs, folder, readContext(folder, OUTPUTS_CONTEXT_FILE), svg);
      console.log(`\nReport of ${plural(records.length, 'run')}: ${report}`);
    });
}

/** @throws Error as the check of the study that the record says it is of; of selectors if it says none. */
function checkAnyRecord(value: unknown, where: string): RunRecord | OutputsRecord {
  const { study: kind } = (value ?? {}) as { study?: unknown };
  return kind === 'outputs' ? checkOutputsRecord(value, where) : checkRecord(value, where);
}

function drawReport(
  records: readonly RunRecord[],
  folder: string,
  context: StudyContext | undefined,
): string {
  const path = join(folder, REPORT_FILE);
  writeWhole(path, renderReport(records, context));
  return path;
}

function readContext(folder: string, file: string): StudyContext | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, file), 'utf8');
  } catch {
    return undefined; // the records were moved away from it: the report says less
  }
  return JSON.parse(text) as StudyContext;
}

/** `hashgrad profile`: the phases of a training step. */
export function addProfile(program: Command): void {
  program
    .command('profile')
    .summary('show where the time of a training step goes')
    .description(
      'Trains for some steps with lsh, and prints the phases of a step: their time, their multiply-adds, and how fast they went.',
    )
    .addOption(
      new Option('--task <name>', 'what to train').choices(Object.keys(PROFILE_TASKS)).default('wide'),
    )
    .option('--threads <n>', 'threads that compute', parseCount, Math.min(2, availableParallelism()))
    .option(
      '--steps <n>',
      'training steps, some to warm up; at least from one rehash to the next',
      parseCount,
      60,
    )
    .action(async (options: { task: keyof typeof PROFILE_TASKS; threads: number; steps: number }) => {
      const { task, threads, steps } = options;
      console.log(describeMachine(thisMachine()));
      console.log(profileTable(await PROFILE_TASKS[task](threads, steps)));
    });
}
