/** `hashgrad bench`: runs a benchmark, or lists them. */
import type { Command } from 'commander';
import pc from 'picocolors';
import type { Bench } from '../benchmarks/lib/benchmark.ts';
import { compareText } from '../benchmarks/lib/compare.ts';
import { BENCHMARKS, findBenchmark } from '../benchmarks/index.ts';
import { readResultFile, resultFile, writeResultFile } from '../benchmarks/lib/result-file.ts';
import { benchTable } from '../benchmarks/lib/result.ts';
import { describeMachine, thisMachine } from '../engine/machine.ts';

interface FileOptions {
  readonly json?: string;
  readonly compare?: string;
}

/** Adds the command, with a subcommand for each benchmark. */
export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .summary('run a benchmark, or list them')
    .description(
      'Runs one benchmark and prints its table; `hashgrad bench NAME --help` has its options. Without a name it lists the benchmarks.',
    )
    .usage('[name] [options]')
    .argument('[name]', 'the benchmark')
    .helpCommand(false)
    .action((name: string | undefined) => {
      if (name !== undefined) findBenchmark(name);
      for (const { name: each, description } of BENCHMARKS) console.log(`${each.padEnd(14)}${description}`);
    });
  for (const benchmark of BENCHMARKS) addBenchmark(command, benchmark);
}

function addBenchmark(parent: Command, benchmark: Bench): void {
  const command = parent
    .command(benchmark.name, { hidden: true })
    .description(`Measures ${benchmark.description}.`)
    .option('--json <file>', 'also write the figures, with the machine and the options, to this file')
    .option('--compare <file>', 'print what changed since this file was written by --json')
    .action(async (given: FileOptions) => run(benchmark, given));
  for (const option of Object.values(benchmark.options)) command.addOption(option);
}

async function run(benchmark: Bench, { json, compare, ...options }: FileOptions): Promise<void> {
  const { name, description } = benchmark;
  // What is wrong with it is better known before than after a quarter of an hour.
  const before = compare === undefined ? undefined : readResultFile(compare, name);
  const machine = thisMachine();
  console.log(`${pc.bold(name)}: ${description}\n${describeMachine(machine)}`);
  const result = await benchmark.run({ ...options, onProgress: (text) => console.log(`  ${text}`) });
  console.log(benchTable(result));
  // Where results are kept changes none of them.
  const { cache: _, ...kept } = options as Readonly<Record<string, unknown>>;
  const after = resultFile(name, machine, kept, result);
  if (compare !== undefined && before !== undefined) console.log(compareText(compare, before, after));
  if (json === undefined) return;
  writeResultFile(json, after);
  console.log(`Written to ${json}`);
}
