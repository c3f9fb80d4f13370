/** Figures of a benchmark as a table, from the file that its `--json` wrote: `docs/records/benchmarks/NAME.json`. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  readResultFile,
  type ResultFile,
  writeResultFile,
} from '../../packages/bench/src/benchmarks/lib/result-file.ts';
import { describeMachine } from '../../packages/bench/src/engine/machine.ts';
import { significant } from '../../packages/bench/src/format.ts';
import { markdownTable } from './markers.ts';
import type { DocsTable } from './tables.ts';

const ROOT = join(import.meta.dirname, '../..');

function keptBenchmark(root: string, name: string): string {
  return join(root, 'docs/records/benchmarks', `${name}.json`);
}

/** Keeps the figures that `hashgrad bench NAME --json FILE` wrote. @throws {Error} if it is no such file. */
export function keepBenchmark(name: string, file: string, root: string = ROOT): void {
  const figures = readResultFile(file, name);
  const kept = keptBenchmark(root, name);
  mkdirSync(dirname(kept), { recursive: true });
  writeResultFile(kept, figures);
}

/** The table of a benchmark's figures in a README, called `bench-NAME`. */
export function benchmarkTable(name: string, file: string, root: string = ROOT): DocsTable {
  const kept = keptBenchmark(root, name);
  const command = `\`npx @hashgrad/bench bench ${name}\``;
  return {
    name: `bench-${name}`,
    file,
    draw: () =>
      existsSync(kept)
        ? figuresText(readResultFile(kept, name), command)
        : `*Not measured yet*: ${command} does it.`,
  };
}

function figuresText({ machine, figures, options }: ResultFile, command: string): string {
  const rows = Object.entries(figures).map(([name, { value, low, high }]) => [
    `\`${name}\``,
    significant(value),
    `${significant(low)} to ${significant(high)}`,
  ]);
  const given = Object.entries(options)
    .filter(([, value]) => ['number', 'string'].includes(typeof value) || Array.isArray(value))
    .map(([name, value]) => `${name} ${String(value)}`);
  return [
    markdownTable(['figure', 'median', 'range'], rows),
    '',
    `${[`${command} on ${describeMachine(machine)}`, ...given].join(', ')}. Another run may find what lies in the range.`,
  ].join('\n');
}
