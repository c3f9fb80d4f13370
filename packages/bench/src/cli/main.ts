#!/usr/bin/env node
/**
 * The command `hashgrad`. Wrong input gives one line on the error output and exit code 1; a study some of whose trials failed
 * ends with 3, one that was stopped with 130.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { ExitError } from './exit.ts';

// The next start takes half the time, of this process and of those that run blocks.
enableCompileCache();
process.env['NODE_COMPILE_CACHE'] ??= getCompileCacheDir();

/** What adds each subcommand. Some need large libraries: only what is asked for is loaded. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  study: async () => (await import('./study.ts')).addStudy,
  list: async () => (await import('./list.ts')).addList,
  show: async () => (await import('./list.ts')).addShow,
  status: async () => (await import('./status.ts')).addStatus,
  worker: async () => (await import('./worker.ts')).addWorker,
  merge: async () => (await import('./merge.ts')).addMerge,
  report: async () => (await import('./report.ts')).addReport,
  compare: async () => (await import('./compare.ts')).addCompare,
  bench: async () => (await import('./bench.ts')).addBench,
  profile: async () => (await import('./profile.ts')).addProfile,
  data: async () => (await import('./data.ts')).addData,
};

/**
 * The command with the subcommand that `argv` names, or else with all. It throws instead of leaving the process, and prints no
 * errors itself.
 */
async function buildProgram([name = '']: readonly string[]): Promise<Command> {
  const program = new Command('hashgrad');
  program.description(
    'Ablation studies and benchmarks of networks that compute only the neurons an input excites.',
  );
  program.version(ownVersion(), '-V, --version', 'show the version');
  const wanted = Object.hasOwn(COMMANDS, name) ? [name] : Object.keys(COMMANDS);
  for (const each of wanted) (await COMMANDS[each]?.())?.(program);
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  for (const command of [program, ...commands]) {
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .helpOption('-h, --help', 'show this help');
  }
  return program;
}

/** The version of this package. */
function ownVersion(): string {
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Runs the command line `argv` (without node and script) and gives the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const program = await buildProgram(argv);
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for
    if (error instanceof CommanderError && error.code === 'commander.help') return 1; // help was shown instead
    console.error(errorLine(error));
    if (process.env['HASHGRAD_DEBUG'] === '1') console.error(error);
    return error instanceof ExitError ? error.exitCode : 1;
  }
}

/** The message of an error in one line. */
function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `hashgrad: ${message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')}`;
}

// The reader of a pipe may leave early, as `head` does: then there is nobody to write for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await main(process.argv.slice(2));
