/** The summary as a table for the terminal: at most 120 columns, readable without colour. */
import Table from 'cli-table3';
import { percent, percentSpread, significant } from './format.ts';
import { runLabel } from './progress.ts';
import type { SummaryRow } from './summary.ts';

/** Cells of one summary row, in the order of {@link COLUMNS}. */
export function summaryCells(row: SummaryRow): string[] {
  const { multiplyAdds } = row;
  return [
    runLabel(row),
    percentSpread(row.accuracy.full),
    percentSpread(row.accuracy.sparse),
    percent(row.activeShare),
    percent(multiplyAdds.hashing + multiplyAdds.choose),
    percent(multiplyAdds.forward),
    percent(multiplyAdds.backward),
    percent(multiplyAdds.optimizer),
    percent(multiplyAdds.rehash),
    percent(row.multiplyAddsTotal),
    significant(row.secondsPerEpoch.median),
    row.secondsRelative === null ? '–' : row.secondsRelative.median.toFixed(2),
  ];
}

/** A column of the summary: what stands over it, and over it and its neighbours together. */
export interface Column {
  /** Title over the neighbouring columns that carry the same one; empty for none. */
  readonly group: string;
  readonly title: string;
}

/** The columns of the summary, in the terminal and in the report. */
export const COLUMNS: readonly Column[] = [
  { group: '', title: 'arm' },
  { group: 'test accuracy, %', title: 'full' },
  { group: 'test accuracy, %', title: 'sparse' },
  { group: '', title: 'active, %' },
  { group: 'multiply-adds, % of dense', title: 'choose' },
  { group: 'multiply-adds, % of dense', title: 'forward' },
  { group: 'multiply-adds, % of dense', title: 'backward' },
  { group: 'multiply-adds, % of dense', title: 'optimizer' },
  { group: 'multiply-adds, % of dense', title: 'rehash' },
  { group: 'multiply-adds, % of dense', title: 'sum' },
  { group: 'training time', title: 's/epoch' },
  { group: 'training time', title: '× dense' },
];

/** Neighbouring columns with the same group title, together. */
export function columnGroups(): { readonly title: string; readonly span: number }[] {
  const groups: { title: string; span: number }[] = [];
  for (const { group } of COLUMNS) {
    const last = groups.at(-1);
    if (last !== undefined && last.title === group) last.span += 1;
    else groups.push({ title: group, span: 1 });
  }
  return groups;
}

/**
 * Draws the summary; lines are joined by line ends, without one at the end. There are no vertical rules: with them
 * the table would be wider than 120 columns.
 */
export function summaryTable(rows: readonly SummaryRow[]): string {
  const titles = COLUMNS.map(({ title }) => title);
  const body = rows.map(summaryCells);
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...body.map((cells) => (cells[index] as string).length)),
  );
  let at = 0;
  const groups = columnGroups().map(({ title, span }) => {
    const last = at + span - 1;
    const over = (): number => widths.slice(at, last + 1).reduce((sum, each) => sum + each + GAP, -GAP);
    // Where titles and numbers are short, the title over them is what needs room.
    widths[last] = (widths[last] as number) + Math.max(0, title.length - over());
    const content = title === '' ? '' : overline(title, over());
    at += span;
    return { content, colSpan: span };
  });
  const table = new Table({
    chars: { ...NO_RULES, middle: ' ' },
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': GAP - 1 },
    colWidths: widths.map((width) => width + GAP - 1),
    colAligns: COLUMNS.map((_, index) => (index === 0 ? 'left' : 'right')),
  });
  table.push(
    groups,
    titles,
    widths.map((width) => '─'.repeat(width)),
    ...body,
  );
  return table.toString().replaceAll(/ +$/gm, '');
}

/** Spaces between columns: the one that stands in the rule's place and the padding. */
const GAP = 2;

const NO_RULES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
  ]),
);

/** The title amid a rule of `width` columns, which shows what it stands over. */
function overline(title: string, width: number): string {
  const rule = Math.max(0, width - title.length - 2);
  return rule < 2
    ? title.padStart(width)
    : `${'─'.repeat(rule >> 1)} ${title} ${'─'.repeat(rule - (rule >> 1))}`;
}
