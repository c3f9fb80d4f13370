#!/usr/bin/env node
/** The command `hashgrad`. Wrong input gives one line on the error output and exit code 1. */
import { Command, CommanderError } from 'commander';
import { addActivations } from './activations-command.ts';
import { addBench } from './bench-command.ts';
import { addProfile, addReport, addStudy } from './commands.ts';
import { addOutputs } from './outputs-command.ts';
import { addPrecisionRecall } from './precision-recall-command.ts';
import { addSearch } from './search-command.ts';
import { addWidths } from './widths-command.ts';

/** The command with all its subcommands. It throws instead of leaving the process, and prints no errors itself. */
function buildProgram(): Command {
  const program = new Command('hashgrad');
  program.description(
    'Ablation studies and benchmarks of networks that compute only the neurons an input excites.',
  );
  addStudy(program);
  addReport(program);
  addWidths(program);
  addBench(program);
  addProfile(program);
  addOutputs(program);
  addSearch(program);
  addPrecisionRecall(program);
  addActivations(program);
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .helpOption('-h, --help', 'show this help');
  }
  return program;
}

/** Runs the command line `argv` (without node and script) and gives the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for
    if (error instanceof CommanderError && error.code === 'commander.help') return 1; // help was shown instead
    console.error(errorLine(error));
    if (process.env['HASHGRAD_DEBUG'] === '1') console.error(error);
    return 1;
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
