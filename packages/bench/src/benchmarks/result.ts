/** What a benchmark gives, as a table for people and as a file of figures for programs. */
import Table from 'cli-table3';
import { significant } from '../format.ts';
import type { Machine } from '../machine.ts';
import { writeWhole } from '../store.ts';
import type { Sample } from './measure.ts';

/** One line of a benchmark's table. */
export interface BenchRow {
  /** What was measured. */
  readonly name: string;
  /** In the result's unit. */
  readonly sample: Sample;
  /** True for what the other rows of the same group are compared with. */
  readonly baseline?: boolean;
  /** Rows are compared with the baseline of their own group; rows without one share a group. */
  readonly group?: string;
}

/** The outcome of a benchmark. */
export interface BenchResult {
  /** Unit of all rows' samples, e.g. `GFLOP/s`. More is better. */
  readonly unit: string;
  readonly rows: readonly BenchRow[];
  /** The figures that are tracked over time, by a name that tells the unit. */
  readonly figures: Readonly<Record<string, number>>;
  /** Sentences under the table. */
  readonly notes?: readonly string[];
}

/** Draws the rows: median, spread (from the first to the third quartile), and the ratio to the baseline. */
export function benchTable(result: BenchResult): string {
  const table = new Table({
    head: ['', `median, ${result.unit}`, 'quartiles', 'samples', 'baseline', 'ratio'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const row of result.rows) {
    const baseline = result.rows.find((other) => other.baseline === true && other.group === row.group);
    table.push([
      row.name,
      significant(row.sample.median),
      `${significant(row.sample.low)} – ${significant(row.sample.high)}`,
      String(row.sample.count),
      baseline === undefined ? '–' : significant(baseline.sample.median),
      baseline === undefined ? '–' : (row.sample.median / baseline.sample.median).toFixed(2),
    ]);
  }
  const figures = Object.entries(result.figures).map(([name, value]) => `${name} = ${significant(value)}`);
  return [table.toString(), ...(result.notes ?? []), `Figures: ${figures.join(', ')}`].join('\n');
}

/** Writes `{ name, machine, figures }` as a whole file. */
export function writeFigures(path: string, name: string, machine: Machine, result: BenchResult): void {
  writeWhole(path, `${JSON.stringify({ name, machine, figures: result.figures }, null, 2)}\n`);
}
