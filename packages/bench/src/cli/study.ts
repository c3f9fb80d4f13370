/** `hashgrad study`: runs a study, or goes on with it. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { childProcesses, type Limits } from '../engine/child-processes.ts';
import type { Executor } from '../engine/executor.ts';
import { startingWith } from '../engine/progress.ts';
import type { Stage, TrialRecord } from '../engine/record.ts';
import { tuningSize } from '../engine/plan-tuning.ts';
import { checkPoints, planTrials, runStudy } from '../engine/runner.ts';
import { parseShard, type Shard } from '../engine/shard.ts';
import { Store } from '../engine/store.ts';
import { duration, plural } from '../format.ts';
import { describeMachine, thisMachine } from '../engine/machine.ts';
import { parseCount, parsePositive } from './options.ts';
import { closing } from './closing.ts';
import { consoleProgress } from './console-progress.ts';
import { ExitError } from './exit.ts';
import { resultsTable } from './results-table.ts';
import { statusOf } from './status.ts';
import { writeStudyFile } from './study-file.ts';
import { addStudyOptions, type Request, requestOf, type StudyOptions } from './study-options.ts';

interface Options extends StudyOptions {
  readonly out?: string;
  readonly jobs: number;
  readonly queue?: string;
  readonly shard?: Shard;
  readonly stage?: Stage;
  readonly again?: 'failed' | 'all';
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
}

/** Exit code of a study some of whose trials failed. */
const SOME_FAILED = 3;

/** Adds the command. */
export function addStudy(program: Command): void {
  addStudyOptions(
    program
      .command('study')
      .summary('run a study, or go on with it where it was stopped')
      .description(
        'Runs the trials of a study that are not finished yet, and draws its report. Finished trials are never run twice.',
      ),
  )
    .option('--out <folder>', 'folder for records and report (default: results/ and the study’s name)')
    .option(
      '--jobs <n>',
      'blocks at once, each one seed of all arms; times are then not comparable',
      parseCount,
      1,
    )
    .addOption(
      new Option(
        '--queue <redis>',
        'have workers run it, see "hashgrad worker": redis://host:6379',
      ).conflicts('jobs'),
    )
    .addOption(
      new Option('--shard <i/n>', 'run the i-th of n parts, for one of n machines').argParser(parseShard),
    )
    .addOption(
      new Option('--stage <name>', 'of a study that is tuned, only this stage').choices(['tune', 'run']),
    )
    .addOption(
      new Option('--again <which>', 'run trials again that failed, or all').choices(['failed', 'all']),
    )
    .option('--time-limit <seconds>', 'of a trial', parsePositive)
    .option('--memory-limit <megabytes>', 'of a trial', parseCount)
    .action((name: string | undefined, options: Options) => study(name, options));
}

async function study(name: string | undefined, options: Options): Promise<void> {
  const request = await requestOf(name, options);
  const { study: what, points, reference, size } = request;
  const trials = points.length * what.seeds.length;
  const tuning = tuningSize(what, points);
  console.log(
    `${pc.bold(what.name)}${size === 'full' ? '' : ` (${size} form)`}: ${what.question}\n` +
      `${plural(points.length, 'point')} × ${plural(what.seeds.length, 'seed')} = ${plural(trials, 'trial')}${tuning > 0 ? `, after ${tuning} of tuning` : ''}. ${describeMachine(thisMachine())}`,
  );
  await checkPoints(what, points);

  const folder = options.out ?? join('results', what.name);
  using store = Store.open(folder, what.name);
  for (const note of store.notes) console.log(note);
  const keep = (): void => {
    const { tune, run } = planTrials(request, store.records);
    writeStudyFile(folder, {
      study: what.name,
      reference,
      command: process.argv.slice(2),
      seeds: what.seeds,
      started,
      machine: thisMachine(),
      keys: [...tune, ...run].map(({ key }) => key),
    });
  };
  const started = new Date().toISOString();
  const { jobs, shard, stage, again } = options;
  const began = performance.now();
  const table = (records: readonly TrialRecord[]): string => resultsTable(what, points, records);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new ExitError(stoppedText(store.path), 130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const progress = startingWith(keep, consoleProgress(what, table));
  const summary = (): void => progress.note(statusOf(folder));
  process.on('SIGUSR1', summary);
  await using executor = await executorFor(request, options);
  const records = await runStudy(request, store, {
    executor,
    progress,
    jobs: options.queue === undefined ? jobs : Infinity,
    signal: stop.signal,
    ...(shard && { shard }),
    ...(stage && { stage }),
    ...(again && { again }),
  }).finally(() => process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGUSR1', summary));
  keep();

  if (stage !== 'tune') {
    console.log(
      `\n${table(records)}\n\n` +
        (what.seeds.length > 1
          ? 'Mean ± standard deviation over n seeds. The report has 95 % intervals.'
          : 'One seed: how far others would differ is not known.'),
    );
    console.log(closing(what, records, request));
  }
  console.log(`Took ${duration((performance.now() - began) / 1000)}.`);
  console.log(`Records: ${store.path}`);
  if (stage !== 'tune') {
    // Plots need large libraries, which would hold up the first trial.
    const { drawReport } = await import('./draw-report.ts');
    console.log(`Report:  ${drawReport(what, records, folder)}`);
  }
  failOnErrors(records, store.path);
}

/** Child processes of this machine, or the queue. */
async function executorFor(
  { reference, sources }: Request,
  options: Options,
): Promise<Executor & AsyncDisposable> {
  const limits = limitsOf(options);
  if (options.queue === undefined) {
    return { ...childProcesses(reference, limits, sources), async [Symbol.asyncDispose]() {} };
  }
  const { queueExecutor } = await import('../queue/queue-executor.ts');
  return await queueExecutor(options.queue, { study: reference, sources, limits });
}

function limitsOf({ timeLimit, memoryLimit }: Options): Limits {
  return {
    ...(timeLimit !== undefined && { seconds: timeLimit }),
    ...(memoryLimit !== undefined && { megabytes: memoryLimit }),
  };
}

function stoppedText(path: string): string {
  return `Stopped. Finished trials are in ${path}; the same command goes on from there.`;
}

/** @throws {ExitError} if a trial failed. */
function failOnErrors(records: readonly TrialRecord[], path: string): void {
  const failed = records.filter(({ error }) => error !== undefined);
  if (failed.length === 0) return;
  const [first] = failed;
  throw new ExitError(
    `${failed.length} of ${plural(records.length, 'trial')} failed, the first with: ${sentence(first?.error?.message)} ` +
      `All errors are in ${path}; --again failed runs them again.`,
    SOME_FAILED,
  );
}

/** A message that ends as sentences do, so that another one can follow. */
function sentence(message = ''): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
