/** `hashgrad outputs`: the study of wide outputs. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { duration, significant } from './format.ts';
import { describeMachine, thisMachine } from './machine.ts';
import { parseCount, parseFractions, parseNames, parsePositive, parseSeeds, parsed } from './options.ts';
import { OUTPUTS_ARM_NAMES, outputsArm } from './outputs-arms.ts';
import type { OutputsRecord } from './outputs-records.ts';
import { outputsPlots, outputsTable, renderOutputsReport } from './outputs-report.ts';
import { runOutputsStudy } from './outputs-study.ts';
import { outputsTask, type OutputsTaskOptions } from './outputs-task.ts';
import type { StudyContext } from './machine.ts';
import { appendRecord, OUTPUTS_FILE, startRecords } from './outputs-store.ts';
import { writeWhole } from './write-whole.ts';

interface OutputsOptions extends OutputsTaskOptions {
  readonly arms: readonly string[];
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly checkpoints: readonly number[];
  readonly hidden: number;
  readonly activation: 'linear' | 'relu';
  readonly active: number;
  readonly batch: number;
  readonly threads: number;
  readonly rate: number;
  readonly out: string;
  readonly svg?: string;
}

/** Adds the command. */
export function addOutputs(program: Command): void {
  program
    .command('outputs')
    .summary('compare ways of choosing the outputs of a wide softmax')
    .description(
      'Trains sparse rows -> a narrow layer -> a softmax over very many classes, with several ways of choosing the classes that ' +
        'are computed for a row (the arms), and draws P@1 and the loss of the full softmax against training time. The task is ' +
        'to predict the words around a word of a text, labels of a file, or those of a made-up world.',
    )
    .option('--text <file>', 'a text, raw, .gz or .br: skip-grams of its words')
    .option(
      '--window <n>',
      'words at either side that are to be predicted, of a text (default: 2)',
      parseCount,
    )
    .option('--xc-train <file>', 'rows to train on, in the format of the Extreme Classification Repository')
    .option('--xc-test <file>', 'rows to test with')
    .option(
      '--rows <n>',
      'training rows (default: 500000 of a text, all of a file, 50000 made up)',
      parseCount,
    )
    .option('--test <n>', 'test rows (default: 2000, or all that a file has)', parseCount)
    .addOption(
      parsed(
        '--arms <list>',
        `arms to compare, of ${OUTPUTS_ARM_NAMES.join(', ')}`,
        parseNames,
        OUTPUTS_ARM_NAMES.join(),
      ),
    )
    .addOption(parsed('--seeds <n>', 'number of seeds, or the seeds themselves: 7,8,9', parseSeeds, '3'))
    .option('--epochs <n>', 'passes over the training rows', parseCount, 1)
    .addOption(
      parsed(
        '--checkpoints <list>',
        'when to evaluate, in per cent of training; the end comes by itself',
        parseFractions,
        '12.5,25,50,75',
      ),
    )
    .option('--hidden <n>', 'units of the hidden layer', parseCount, 128)
    .addOption(
      new Option('--activation <name>', 'of the hidden layer').choices(['linear', 'relu']).default('linear'),
    )
    .option('--active <n>', 'classes that are computed for a row, at most', parseCount, 1000)
    .option('--batch <n>', 'rows a training step', parseCount, 256)
    .option('--threads <n>', 'threads that compute', parseCount, Math.min(2, availableParallelism()))
    .option('--rate <number>', 'learning rate of Adam', parsePositive, 0.003)
    .option('--out <folder>', 'folder for the records and the report', 'results')
    .option('--svg <folder>', 'also draw the plots as files into this folder')
    .action((options: OutputsOptions) => outputs(options));
}

async function outputs(options: OutputsOptions): Promise<void> {
  const { arms, seeds, batch, out, svg } = options;
  arms.forEach(outputsArm); // a wrong name is refused before a file is read
  const context: StudyContext = { started: new Date().toISOString(), machine: thisMachine() };
  const data = outputsTask(options);
  const { train, test } = data;
  const runs = arms.length * seeds.length;
  console.log(
    `${pc.bold(data.name)}: ${train.rows} training and ${test.rows} test rows; ` +
      `${train.columns}-${options.hidden}-${train.classes}, ${runs} runs`,
  );
  console.log(describeMachine(context.machine));
  const path = startRecords(out, OUTPUTS_FILE);
  writeWhole(join(out, OUTPUTS_CONTEXT_FILE), `${JSON.stringify(context, null, 2)}\n`);
  const started = performance.now();
  let done = 0;
  const records = await runOutputsStudy(data, { ...options, batchSize: batch }, (record) => {
    appendRecord(path, record);
    const left = ((performance.now() - started) / 1000 / ++done) * (runs - done);
    console.log(
      `[${String(done).padStart(String(runs).length)}/${runs}] ${runLine(record)}, ${duration(left)} left`,
    );
  });
  console.log(outputsTable(records));
  console.log(`Records: ${path}`);
  console.log(`Report:  ${drawOutputs(records, out, context, svg)}`);
}

/** The file beside the records that says when and on what machine they were measured. */
export const OUTPUTS_CONTEXT_FILE = 'outputs-study.json';

/** Writes the report into a folder, the plots into another, and gives the report's path. */
export function drawOutputs(
  records: readonly OutputsRecord[],
  folder: string,
  context: StudyContext | undefined,
  svg: string | undefined,
): string {
  const path = join(folder, 'outputs.html');
  writeWhole(path, renderOutputsReport(records, context));
  if (svg !== undefined) {
    mkdirSync(svg, { recursive: true });
    for (const [name, text] of Object.entries(outputsPlots(records))) writeWhole(join(svg, name), text);
  }
  return path;
}

function runLine({ arm, seed, moments }: OutputsRecord): string {
  const { precision1, loss, seconds } = moments.at(-1)!;
  return `${arm}, seed ${seed}: P@1 ${(100 * precision1).toFixed(1)} %, loss ${loss.toFixed(3)}, ${significant(seconds)} s`;
}
