/** `hashgrad bench`: runs a benchmark, or lists them. */
import { Option } from 'commander';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { BenchOption, BenchOptions } from '../benchmarks/bench.ts';
import { BENCHMARKS, findBenchmark } from '../benchmarks/index.ts';
import { CORPUS_NAMES } from '../benchmarks/mips-corpora.ts';
import { benchTable, writeFigures } from '../benchmarks/result.ts';
import { describeMachine, thisMachine } from '../engine/machine.ts';
import { parseCount, parseCounts, parseNames, parseSeed, parseSeeds } from './options.ts';

type BenchCommandOptions = Omit<BenchOptions, 'onProgress'> & { readonly json?: string };

/** Adds the command. */
export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .summary('run a benchmark, or list them')
    .description('Runs one benchmark and prints its table. Without a name it lists the benchmarks.')
    .argument('[name]', 'the benchmark')
    .option('--json <file>', 'also write the figures to this file, as { name, machine, figures }');
  const add = (name: BenchOption, value: string, text: string, parse?: (given: string) => unknown): void => {
    const option = new Option(`--${name} <${value}>`, `${text}; of ${takers(name).join(', ')}`);
    command.addOption(parse ? option.argParser(parse) : option);
  };
  add('steps', 'n', 'training steps to time; wide then leaves P@1 out', parseCount);
  add('seeds', 'n', 'seeds to measure P@1 with: so many, or a list such as 1,5 (default: 1)', parseSeeds);
  add('vectors', 'n', 'vectors of each corpus; mips-scale takes a list such as 100000,300000', parseCounts);
  add('dimensions', 'n', 'coordinates of a vector', parseCount);
  add('queries', 'n', 'queries that are measured; as many others are for tuning', parseCount);
  add('seed', 'n', 'of the vectors and queries (default: 1)', parseSeed);
  add('corpus', 'list', `corpora, of ${CORPUS_NAMES.join(', ')}`, parseNames);
  add('words', 'file', 'word vectors, as text (default: in the folder word-vectors of HASHGRAD_DATA)');
  add('threads', 'n', 'threads that compute (default: 1)', parseCount);
  add('cache', 'folder', 'where exact results and graphs are kept (default: in the system’s cache folder)');
  command.addOption(
    new Option('--peer <name>', `what is measured beside; of ${takers('peer').join(', ')}`).choices([
      'usearch',
      'none',
    ]),
  );
  command.action(bench);
}

async function bench(name: string | undefined, { json, ...options }: BenchCommandOptions): Promise<void> {
  const given = Object.keys(options) as BenchOption[];
  if (name === undefined) {
    const first = json === undefined ? given[0] : 'json';
    if (first !== undefined) throw new Error(`--${first} needs the name of a benchmark.`);
    for (const benchmark of BENCHMARKS) console.log(`${benchmark.name.padEnd(12)}${benchmark.description}`);
    return;
  }
  const benchmark = findBenchmark(name);
  const unheeded = given.find((option) => benchmark.takes?.includes(option) !== true);
  if (unheeded !== undefined) {
    const those = takers(unheeded).join(', ');
    throw new Error(`The benchmark ${name} takes no --${unheeded}; those that do are ${those}.`);
  }
  const machine = thisMachine();
  console.log(`${pc.bold(benchmark.name)}: ${benchmark.description}\n${describeMachine(machine)}`);
  const result = await benchmark.run({ ...options, onProgress: (text) => console.log(`  ${text}`) });
  console.log(benchTable(result));
  if (json !== undefined) {
    writeFigures(json, benchmark.name, machine, result);
    console.log(`Written to ${json}`);
  }
}

/** The benchmarks that heed an option. */
function takers(option: BenchOption): string[] {
  return BENCHMARKS.filter(({ takes }) => takes?.includes(option)).map(({ name }) => name);
}
