/** Trials in child processes: one for each block, with limits, so that a trial that dies takes nothing with it. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Executor, RefusedError, type TrialEvents } from './executor.ts';
import type { Sources } from './key.ts';
import type { Outcome } from './measure.ts';
import type { Trial } from './record.ts';

/** Where a child finds the study: the name of one of ours, or a file. */
export type StudyReference = { readonly name: string } | { readonly file: string };

/** What a trial may take. */
export interface Limits {
  /** Wall time of a trial. */
  readonly seconds?: number;
  /** Memory of the process, shared memory included. */
  readonly megabytes?: number;
}

/** What the parent asks the child for. */
export interface BlockRequest {
  readonly study: StudyReference;
  readonly trials: readonly Trial[];
  /** If given, the child first looks whether its own sources are these, and whether the data is there. */
  readonly sources?: Sources;
}

/** What the child tells. */
export type ChildMessage =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'begin'; readonly index: number }
  | { readonly kind: 'progress'; readonly index: number; readonly done: number }
  | { readonly kind: 'end'; readonly index: number; readonly outcome: Outcome };

/** How often memory is looked at. */
const WATCH_MILLISECONDS = 200;

/** The child's program, a source or built as this file is. */
const CHILD = join(import.meta.dirname, `../cli/child${extname(import.meta.filename)}`);

/**
 * Each block runs in a process of its own. A trial that passes a limit or ends its process is an error; the next ones get a
 * new process.
 *
 * @param sources what trials that another machine asks for depend on: where they or the data are not the same here, the block
 * is refused with a {@link RefusedError}.
 */
export function childProcesses(study: StudyReference, limits: Limits = {}, sources?: Sources): Executor {
  return {
    async runBlock(trials, events, signal) {
      let from = 0;
      while (from < trials.length) {
        signal.throwIfAborted();
        const first = from;
        const request = { study, trials: trials.slice(first), ...(sources && { sources }) };
        from += await runChild(request, limits, signal, {
          note: (text) => events.note(text),
          begin: (index) => events.begin(first + index),
          progress: (index, done) => events.progress(first + index, done),
          end: (index, outcome) => events.end(first + index, outcome),
        });
      }
    },
  };
}

/** Runs as many of the trials as the child survives, and gives their number, the one that it did not survive included. */
async function runChild(
  request: BlockRequest,
  limits: Limits,
  signal: AbortSignal,
  events: TrialEvents,
): Promise<number> {
  const heap = limits.megabytes === undefined ? [] : [`--max-old-space-size=${limits.megabytes}`];
  const child = fork(CHILD, [], {
    execArgv: [...process.execArgv, ...heap],
    // The child is told to stop by its parent alone: Ctrl-C reaches both.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let [ended, running, startedAt, started] = [0, false, '', 0];
  let [killedFor, errors] = ['', ''];
  let failure: unknown;
  const kill = (why: string): void => {
    killedFor ||= why;
    child.kill('SIGKILL');
  };
  const fail = (error: unknown): void => {
    failure ??= error;
    child.kill('SIGKILL');
  };
  const abort = (): void => fail(signal.reason);
  signal.addEventListener('abort', abort);
  // What a study's own code prints is for whoever runs it.
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => events.note(line));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  child.on('message', (message: ChildMessage) => {
    if (failure !== undefined || killedFor !== '') return;
    try {
      if (message.kind === 'refused') return fail(new RefusedError(message.why));
      if (message.kind === 'progress') return events.progress(message.index, message.done);
      running = message.kind === 'begin';
      if (message.kind === 'begin') {
        [startedAt, started] = [new Date().toISOString(), performance.now()];
        return events.begin(message.index);
      }
      ended = message.index + 1;
      events.end(message.index, message.outcome);
    } catch (error) {
      fail(error);
    }
  });
  const watch = setInterval(() => {
    const seconds = (performance.now() - started) / 1000;
    if (running && limits.seconds !== undefined && seconds > limits.seconds) {
      kill(`The trial took longer than its limit of ${limits.seconds} s.`);
    }
    const megabytes = limits.megabytes === undefined ? 0 : residentMegabytes(child);
    if (limits.megabytes !== undefined && megabytes > limits.megabytes) {
      kill(`The trial took more memory than its limit of ${limits.megabytes} MB.`);
    }
  }, WATCH_MILLISECONDS);
  try {
    const closed = new Promise<[number | null, string | null]>((resolve, reject) => {
      child.on('error', reject);
      // 'close' comes when all messages and errors were read.
      child.on('close', (code, by) => resolve([code, by]));
    });
    child.send(request, (error) => {
      if (error) errors ||= error.message;
    });
    const [code, by] = await closed;
    if (failure !== undefined) throw failure;
    if (ended === request.trials.length) return ended;
    const why = killedFor || reasonOf(code, by, errors);
    if (!running) {
      // Between two trials: it is the fault of neither, and the next ones get a new process.
      if (ended > 0) return ended;
      // What fails before a trial begins would fail for all of them.
      throw new Error(`The process for a block could not run its trials: ${why}`);
    }
    events.end(ended, { error: { message: why }, seconds: (performance.now() - started) / 1000, startedAt });
    return ended + 1;
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', abort);
  }
}

function reasonOf(code: number | null, signal: string | null, errors: string): string {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  if (/out of memory|allocation failed/i.test(errors))
    return `The trial ran out of memory; its process ended ${how}.`;
  const said = lastError(errors);
  return `The trial's process ended ${how}${said ? `: ${said}` : '.'}`;
}

/** The message of the error that ended a process, as Node prints it, or else the last line. */
function lastError(errors: string): string | undefined {
  const lines = errors.trim().split('\n');
  const thrown = lines.findLast((line) => /^(?:Uncaught )?(?:\w*Error|\[\w*Error)\b.*:/.test(line));
  return thrown ?? lines.findLast((line) => !/^(?:Node\.js v|$)/.test(line));
}

/** The memory that a process has now; 0 where the system does not say. */
function residentMegabytes({ pid }: ChildProcess): number {
  try {
    if (process.platform === 'linux') {
      const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return Number(kilobytes ?? 0) / 1024;
    }
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  } catch {
    return 0;
  }
}
