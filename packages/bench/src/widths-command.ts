/** `hashgrad widths`: the study of widths. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import pc from 'picocolors';
import { armNames, DEFAULT_RATE } from './arms.ts';
import { addDataOptions, loadDataset } from './data.ts';
import type { DataOptions } from './data.ts';
import { duration, plural, thousands } from './format.ts';
import { describeMachine, thisMachine } from './machine.ts';
import {
  parseCount,
  parseCounts,
  parsed,
  parseFraction,
  parseNames,
  parsePositive,
  parseSeeds,
} from './options.ts';
import { standalone } from './plots/standalone.ts';
import { accuracyByWidth, accuracySeries, secondsByWidth, widthSeries } from './plots/widths.ts';
import { consoleProgress, silent } from './progress.ts';
import type { StudyContext } from './machine.ts';
import { appendRecord, startRecords, writeWhole } from './store.ts';
import { conclusionTexts, renderWidthsReport, widthsTable } from './widths-report.ts';
import { planWidths, runWidths, widthRows } from './widths-study.ts';
import type { WidthResult, WidthsSettings } from './widths-study.ts';

/** The drawn report, and what it is drawn from beside the records. */
const REPORT_FILE = 'widths.html';
const RESULTS_FILE = 'widths.json';

interface WidthsOptions extends DataOptions {
  readonly widths: readonly number[];
  readonly arms: readonly string[];
  readonly fraction?: number;
  readonly count?: number;
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  readonly denseBatches: readonly number[];
  readonly threads: number;
  readonly rate: number;
  readonly out: string;
  readonly svg?: string;
}

/** Adds the command. */
export function addWidths(program: Command): void {
  addDataOptions(
    program
      .command('widths')
      .summary('find the width of the hidden layer from which on hashing wins')
      .description(
        'Trains networks with one hidden layer of several widths, with several ways of choosing the units that are computed ' +
          '(the arms), and says from which width on hashing is faster or more accurate than dense and narrow. Dense is timed ' +
          'at several batch sizes, of which the fastest is the baseline for time.',
      ),
  )
    .addOption(
      parsed('--widths <list>', 'units of the hidden layer, a study each', parseCounts, DEFAULTS.widths),
    )
    .addOption(parsed('--arms <list>', `arms to compare, of ${armNames()}`, parseNames, DEFAULTS.arms))
    .addOption(
      new Option('--fraction <n>', 'active hidden units, in per cent (default: 5)')
        .argParser(parseFraction)
        .conflicts('count'),
    )
    .option('--count <n>', 'active hidden units, as many at every width, in place of --fraction', parseCount)
    .addOption(
      parsed('--seeds <n>', 'number of seeds, or the seeds themselves: 7,8,9', parseSeeds, DEFAULTS.seeds),
    )
    .option('--epochs <n>', 'passes over the training set', parseCount, DEFAULTS.epochs)
    .option('--batch <n>', 'samples per training step', parseCount, 128)
    .addOption(
      parsed(
        '--dense-batches <list>',
        'batch sizes that dense is timed at, beside --batch',
        parseCounts,
        '128,512,1024',
      ),
    )
    .option('--threads <n>', 'threads that compute', parseCount, Math.min(2, availableParallelism()))
    .option('--rate <number>', 'learning rate', parsePositive, DEFAULT_RATE)
    .option('--out <folder>', 'folder for the records and the report', 'results')
    .option('--svg <folder>', 'also draw the plots as files into this folder')
    .action((options: WidthsOptions) => widths(options));
}

const DEFAULTS = {
  widths: '1000,2000,4000,8000,16000',
  arms: 'dense,narrow,random,topK,lsh,signatures',
  fraction: 0.05,
  seeds: '3',
  epochs: 2,
};

async function widths(options: WidthsOptions): Promise<void> {
  const { fraction = DEFAULTS.fraction, count, out, svg } = options;
  const settings: WidthsSettings = {
    ...options,
    active: count === undefined ? { fraction } : { count },
    batchSize: options.batch,
  };
  const { widths: list, epochs, threads } = settings;
  planWidths(settings); // refuses before the data set is read
  const split = await loadDataset(options);
  const context: StudyContext = { started: new Date().toISOString(), machine: thisMachine() };
  console.log(
    `${pc.bold(split.name)}: ${split.train.rows} training and ${split.test.rows} test samples; ` +
      `${plural(list.length, 'width')}, ${plural(epochs, 'epoch')}, ${plural(threads, 'thread')}`,
  );
  console.log(describeMachine(context.machine));

  const recordsPath = startRecords(out);
  let progress = silent;
  const interrupt = (): void => {
    progress.stop();
    console.error(
      `Stopped. Finished runs are in ${recordsPath}; ${REPORT_FILE} has the widths that were finished.`,
    );
    process.exit(130);
  };
  process.once('SIGINT', interrupt);
  const started = performance.now();
  const finished: WidthResult[] = [];
  await runWidths(split, settings, {
    progressOf: (width) => {
      console.log(`${thousands(width)} units (${finished.length + 1} of ${list.length})`);
      return (progress = consoleProgress());
    },
    onRecord: (record) => appendRecord(recordsPath, record),
    onResult: (result) => {
      finished.push(result);
      write(out, finished, context);
    },
  }).finally(() => process.removeListener('SIGINT', interrupt));

  console.log(`\n${widthsTable(finished)}\n`);
  console.log('× dense: time as a multiple of dense’s at its best batch size.');
  for (const text of conclusionTexts(finished)) console.log(text);
  console.log(`The study took ${duration((performance.now() - started) / 1000)}.`);
  console.log(`Records: ${recordsPath}`);
  console.log(`Report:  ${join(out, REPORT_FILE)}`);
  if (svg !== undefined) drawFiles(svg, finished);
}

/** What has been measured so far: a study that is stopped keeps its finished widths. */
function write(folder: string, results: readonly WidthResult[], context: StudyContext): void {
  const dense = results.map(({ width, dense: timings }) => ({ width, timings }));
  writeWhole(join(folder, RESULTS_FILE), `${JSON.stringify({ ...context, dense }, null, 2)}\n`);
  writeWhole(join(folder, REPORT_FILE), renderWidthsReport(results, context));
}

function drawFiles(folder: string, results: readonly WidthResult[]): void {
  mkdirSync(folder, { recursive: true });
  const rows = results.flatMap(widthRows);
  writeWhole(join(folder, 'widths-time.svg'), standalone(secondsByWidth(rows), widthSeries(rows)));
  writeWhole(join(folder, 'widths-accuracy.svg'), standalone(accuracyByWidth(rows), accuracySeries(rows)));
}
