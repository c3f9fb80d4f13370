/** What a benchmark gives: figures, and tables for people. */
import Table from 'cli-table3';
import { significant } from '../../format.ts';
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

/** A table beside the main one. Its first column is text, the others are numbers. */
export interface BenchTable {
  /** One line over the table. */
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A figure with the range in which it may lie when it is measured again: the quartiles of its repeats, or see `within`. A
 * plain number was measured once, and may be 5 % more or less.
 */
export type Figure = number | Pick<Sample, 'median' | 'low' | 'high'>;

/** A figure that hardly varies: by this share of it. */
export function within(value: number, share: number): Figure {
  return { median: value, low: value * (1 - share), high: value * (1 + share) };
}

/** The value of a figure alone. */
export function figureValue(figure: Figure): number {
  return typeof figure === 'number' ? figure : figure.median;
}

/** The outcome of a benchmark. */
export interface BenchResult {
  /** Unit of all rows' samples, e.g. `GFLOP/s`. */
  readonly unit: string;
  /**
   * How a row is compared with its baseline: `ratio` divides its median by the baseline's; `speed-up` the other way
   * round, where rows are times and the baseline is what is to be beaten. `ratio` by default.
   */
  readonly compare?: 'ratio' | 'speed-up';
  readonly rows: readonly BenchRow[];
  /** Further tables, below the first. */
  readonly tables?: readonly BenchTable[];
  /** The figures that are tracked over time, by a name that tells the unit. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** Sentences under the table. */
  readonly notes?: readonly string[];
}

/** Draws the rows: median, spread (from the first to the third quartile), and the ratio to the baseline; then the rest. */
export function benchTable(result: BenchResult): string {
  const { unit, compare = 'ratio', rows, tables = [], notes = [], figures } = result;
  const body = rows.map((row) => {
    const { median, low, high, count } = row.sample;
    const baseline = rows.find((other) => other.baseline === true && other.group === row.group)?.sample
      .median;
    const compared = (base: number): string =>
      (compare === 'ratio' ? median / base : base / median).toFixed(2);
    return [
      row.name,
      significant(median),
      `${significant(low)} – ${significant(high)}`,
      String(count),
      baseline === undefined ? '–' : significant(baseline),
      baseline === undefined ? '–' : compared(baseline),
    ];
  });
  const head = ['', `median, ${unit}`, 'quartiles', 'samples', 'baseline', compare];
  const list = Object.entries(figures).map(
    ([name, figure]) => `${name} = ${significant(figureValue(figure))}`,
  );
  return [
    drawTable(head, body),
    ...tables.map((table) => `${table.title}\n${drawTable(table.head, table.rows)}`),
    ...notes,
    `Figures: ${list.join(', ')}`,
  ].join('\n');
}

/** A table for the terminal: the first columns, so many `texts`, to the left, the others to the right. */
export function drawTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number = 1,
): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (column < texts ? 'left' : 'right')),
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
