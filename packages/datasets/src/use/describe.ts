import type { DenseDataset, SparseDataset, Split } from '../types.ts';
import { classCounts } from './class-counts.ts';
import { RowHashes } from './row-hashes.ts';

/** What {@link describe} takes: a data set, or its parts. */
export type Described = DenseDataset | SparseDataset | Split<DenseDataset | SparseDataset>;

/**
 * A summary to print: rows and columns, how many values are not 0, their range, rows of each class, and what is odd and may be a
 * mistake: columns that never vary, rows that come twice or are both trained on and tested with, classes without rows, rows
 * sorted by class, values that are no finite numbers.
 *
 * @returns some lines, without a line end at the last.
 */
export function describe(data: Described): string {
  if (!('train' in data)) return describePart(data.name, data).join('\n');
  const { name, train, test } = data;
  const common = new RowHashes(train).common(test);
  return [
    ...describePart(`${name}, to train on`, train),
    ...describePart(`${name}, to test with`, test),
    ...(common > 0
      ? [odd(`${count(common, 'row')} to test with ${common === 1 ? 'is' : 'are'} also trained on`)]
      : []),
  ].join('\n');
}

function describePart(title: string, part: DenseDataset | SparseDataset): string[] {
  const { rows, columns, classes } = part;
  const shape = 'shape' in part && part.shape ? `${part.shape.join(' x ')} = ` : '';
  const stats = statistics(part);
  const perRow = 'inputs' in part ? '' : `, ${number(part.ids.length / rows)} a row`;
  const labelsPerRow = 'inputs' in part ? '' : `, ${number(part.labels.length / rows)} labels a row`;
  return [
    `${title}: ${count(rows, 'row')} of ${shape}${count(columns, 'column')}, ${count(classes, 'class', 'classes')}${labelsPerRow}`,
    `  values from ${number(stats.least)} to ${number(stats.most)}, mean ${number(stats.mean)}; ${percent(stats.nonZeros / (rows * columns))} are not 0${perRow}`,
    ...classLines(part),
    ...oddities(part, stats).map(odd),
  ];
}

/** Few classes one by one; of many how many have how many rows. */
function classLines(part: DenseDataset | SparseDataset): string[] {
  const counts = classCounts(part);
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  if (part.classes <= 20) {
    const width = String(part.classes - 1).length;
    const names = (part as { readonly classNames?: readonly string[] }).classNames;
    const numbers = Array.from(counts, whole);
    const longest = Math.max(...numbers.map(({ length }) => length));
    return numbers.map((text, label) => {
      const name = names?.[label] === undefined ? '' : ` ${names[label]}`;
      return `  class ${String(label).padStart(width)} ${text.padStart(longest)} ${bar(counts[label]! / most)}${name}`;
    });
  }
  const groups = new Map<number, number>();
  for (const rows of counts) {
    const group = rows === 0 ? -1 : Math.floor(Math.log10(rows));
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  const largest = Math.max(...groups.values());
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([group, classes]) => {
      const range = group < 0 ? 'no row' : `${whole(10 ** group)} to ${whole(10 ** (group + 1) - 1)} rows`;
      return `  ${whole(classes).padStart(9)} classes with ${range.padEnd(22)} ${bar(classes / largest)}`;
    });
}

interface Statistics {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly nonZeros: number;
  readonly notFinite: number;
  readonly emptyRows: number;
  /** Columns whose value is the same in all rows. */
  readonly constant: number;
}

function statistics(part: DenseDataset | SparseDataset): Statistics {
  const { rows, columns } = part;
  const values = 'inputs' in part ? part.inputs : part.values;
  let [least, most, sum, nonZeros, notFinite, emptyRows] = [Infinity, -Infinity, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      notFinite++;
      continue;
    }
    if (value < least) least = value;
    if (value > most) most = value;
    if (value !== 0) nonZeros++;
    sum += value;
  }
  if (values.length < rows * columns) [least, most] = [Math.min(least, 0), Math.max(most, 0)];
  for (let row = 0; row < rows; row++) {
    const [from, to] = rangeOf(part, row);
    let empty = true;
    for (let j = from; j < to && empty; j++) empty = values[j] === 0;
    if (empty) emptyRows++;
  }
  const mean = sum / (rows * columns - notFinite);
  return { least, most, mean, nonZeros, notFinite, emptyRows, constant: constantColumns(part) };
}

function rangeOf(part: DenseDataset | SparseDataset, row: number): [from: number, to: number] {
  if ('inputs' in part) return [row * part.columns, (row + 1) * part.columns];
  return [part.offsets[row]!, part.offsets[row + 1]!];
}

function constantColumns(part: DenseDataset | SparseDataset): number {
  const { rows, columns } = part;
  if ('inputs' in part) {
    const { inputs } = part;
    const varies = new Uint8Array(columns);
    for (let at = columns; at < inputs.length; at += columns) {
      for (let c = 0; c < columns; c++) if (inputs[at + c] !== inputs[c]) varies[c] = 1;
    }
    return varies.reduce((sum, each) => sum + 1 - each, 0);
  }
  const { ids, values } = part;
  const times = new Int32Array(columns);
  const first = new Float32Array(columns);
  const varies = new Uint8Array(columns);
  for (let j = 0; j < ids.length; j++) {
    const id = ids[j]!;
    if (times[id]!++ === 0) first[id] = values[j]!;
    else if (values[j] !== first[id]) varies[id] = 1;
  }
  let constant = 0;
  for (let c = 0; c < columns; c++) {
    const zeros = rows - times[c]!;
    if (times[c] === 0 || (varies[c] === 0 && (zeros === 0 || first[c] === 0))) constant++;
  }
  return constant;
}

function oddities(part: DenseDataset | SparseDataset, stats: Statistics): string[] {
  const { rows, columns, labels } = part;
  const found: string[] = [];
  const say = (times: number, sentence: string): void => {
    if (times > 0) found.push(sentence);
  };
  say(stats.notFinite, `${count(stats.notFinite, 'value')} ${be(stats.notFinite)} no finite number`);
  if (rows > 1) {
    say(
      stats.constant,
      `${count(stats.constant, 'column')} of ${whole(columns)} never ${stats.constant === 1 ? 'varies' : 'vary'}`,
    );
  }
  say(stats.emptyRows, `${count(stats.emptyRows, 'row')} ${be(stats.emptyRows)} all 0`);
  const twice = new RowHashes(part).twice();
  say(twice, `${count(twice, 'row')} ${be(twice)} the same as an earlier one`);
  const missing = classCounts(part).reduce((sum, each) => sum + Number(each === 0), 0);
  say(
    missing,
    `${count(missing, 'class', 'classes')} of ${whole(part.classes)} ${missing === 1 ? 'has' : 'have'} no row`,
  );
  if ('inputs' in part) {
    const sorted = rows > 20 && labels.every((label, i) => i === 0 || label >= labels[i - 1]!);
    const fallen = rows > 20 && labels.every((label, i) => i === 0 || label <= labels[i - 1]!);
    if ((sorted || fallen) && labels[0] !== labels[rows - 1]) {
      found.push('rows are sorted by class: shuffle before some are taken');
    }
  } else {
    const { labelOffsets } = part;
    let without = 0;
    for (let row = 0; row < rows; row++) if (labelOffsets[row] === labelOffsets[row + 1]) without++;
    say(without, `${count(without, 'row')} ${without === 1 ? 'has' : 'have'} no label`);
  }
  return found;
}

function odd(sentence: string): string {
  return `  odd: ${sentence}`;
}

function be(times: number): string {
  return times === 1 ? 'is' : 'are';
}

function bar(share: number): string {
  return '█'.repeat(Math.round(20 * share)) || (share > 0 ? '▏' : '');
}

function whole(value: number): string {
  return value.toLocaleString('en-US');
}

function count(value: number, one: string, several: string = `${one}s`): string {
  return `${whole(value)} ${value === 1 ? one : several}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${number(100 * share)} %`;
}
