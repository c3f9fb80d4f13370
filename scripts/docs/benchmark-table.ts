/** Figures of a benchmark as a table, from the file that its `--json` wrote: `docs/records/benchmarks/NAME.json`. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import {
  type MeasuredFigure,
  readResultFile,
  type ResultFile,
  writeResultFile,
} from '../../packages/bench/src/benchmarks/lib/result-file.ts';
import { describeMachine } from '../../packages/bench/src/engine/machine.ts';
import { significant } from '../../packages/bench/src/format.ts';
import { markdownTable } from './markers.ts';
import type { DocsTable } from './tables.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What a README has of a benchmark's figures. */
export interface Quoted {
  /** Of the benchmark. */
  readonly benchmark: string;
  /** The README, from the root of the repository. */
  readonly file: string;
  /** Tells its table from others of the benchmark. */
  readonly part?: string;
  /** What rows are called, by the figure's name, or by what stands for the `*` of columns. Default: all figures, by their names. */
  readonly rows?: Readonly<Record<string, string>>;
  /** The figures' names in each column, with a `*` for the row: `flat_*`. Default: one column, and the range. */
  readonly columns?: Readonly<Record<string, string>>;
}

function keptBenchmark(root: string, name: string): string {
  return join(root, 'docs/records/benchmarks', `${name}.json`);
}

/**
 * Keeps the figures that `hashgrad bench NAME --json FILE` wrote, without the folders of the machine that are among the options.
 *
 * @throws {Error} if it is no such file.
 */
export function keepBenchmark(name: string, file: string, root: string = ROOT): void {
  const result = readResultFile(file, name);
  const options = Object.entries(result.options).filter(
    ([, value]) => typeof value !== 'string' || !isAbsolute(value),
  );
  const kept = keptBenchmark(root, name);
  mkdirSync(dirname(kept), { recursive: true });
  writeResultFile(kept, { ...result, options: Object.fromEntries(options) });
}

/** The table of a benchmark's figures in a README, called `bench-NAME` or `bench-NAME-PART`. */
export function benchmarkTable(quoted: Quoted, root: string = ROOT): DocsTable {
  const { benchmark, part, file } = quoted;
  const kept = keptBenchmark(root, benchmark);
  const command = `\`npx @hashgrad/bench bench ${benchmark}\``;
  return {
    name: part === undefined ? `bench-${benchmark}` : `bench-${benchmark}-${part}`,
    file,
    draw: () =>
      existsSync(kept)
        ? figuresText(readResultFile(kept, benchmark), quoted, command)
        : `*Not measured yet*: ${command} does it.`,
  };
}

function figuresText(measured: ResultFile, { rows, columns }: Quoted, command: string): string {
  const given = Object.entries(measured.options)
    .filter(([, value]) => ['number', 'string'].includes(typeof value) || Array.isArray(value))
    .map(([name, value]) => `${name} ${String(value)}`);
  const { figures } = measured;
  return [
    columns === undefined ? listOf(figures, rows) : gridOf(figures, columns, rows ?? {}),
    '',
    `${[`${command} on ${describeMachine(measured.machine)}`, ...given].join(', ')}. Another run may find what lies in the range.`,
  ].join('\n');
}

/** A row a figure. */
function listOf(figures: ResultFile['figures'], rows: Quoted['rows']): string {
  const shown = rows ?? Object.fromEntries(Object.keys(figures).map((name) => [name, `\`${name}\``]));
  const cells = Object.entries(shown).map(([name, label]) => {
    const figure = figures[name];
    if (figure === undefined) throw unknown(name);
    return [label, readable(figure.value), rangeOf(figure)];
  });
  return markdownTable(['figure', 'median', 'range'], cells);
}

/** A row for what stands for the columns' stars. */
function gridOf(
  figures: ResultFile['figures'],
  columns: NonNullable<Quoted['columns']>,
  rows: NonNullable<Quoted['rows']>,
): string {
  const cells = Object.entries(rows).map(([name, label]) => {
    const row = Object.values(columns).map((pattern) => figures[pattern.replace('*', name)]);
    if (row.every((figure) => figure === undefined)) throw unknown(name);
    return [label, ...row.map((figure) => (figure ? `${readable(figure.value)} (${rangeOf(figure)})` : '–'))];
  });
  return markdownTable(['median (range)', ...Object.keys(columns)], cells);
}

function unknown(name: string): Error {
  return new Error(
    `The figures that are kept have no ${name}: measure all of them, with every peer installed.`,
  );
}

function rangeOf({ low, high }: MeasuredFigure): string {
  return `${readable(low)} to ${readable(high)}`;
}

/** Three significant digits, thousands set apart. */
function readable(value: number): string {
  return value >= 1000 ? Number(value.toPrecision(3)).toLocaleString('en-US') : significant(value);
}
