/** The tables of READMEs that say what imports cost: the first column of each says what is imported. */
import { markdownTable, tablesIn, withTable } from '../docs/markers.ts';
import type { Size } from './bundle.ts';

/** The name of the table's markers. */
const NAME = 'sizes';

/** How much more than is said an import may cost, and how much less, before the table is wrong. */
const MORE = 1.03;
const LESS = 0.9;

/** A row: what is imported, and the kilobytes that the README says, none where they are still to be measured. */
export interface Row {
  readonly names: readonly string[];
  readonly minified: number;
  readonly gzipped: number;
}

/** The rows of a README's table, none if it has no such table. @throws {Error} naming `file` for a row that names nothing. */
export function sizeRows(text: string, file: string): Row[] {
  const table = tablesIn(text, file).find(({ name }) => name === NAME);
  const lines = table?.body.split('\n').slice(2) ?? [];
  return lines.map((line) => {
    const [imported = '', minified = '', gzipped = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const names = [...imported.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    if (names.length === 0)
      throw new Error(`${file}, table ${NAME}: '${line}' does not say what is imported.`);
    return { names, minified: Number.parseFloat(minified), gzipped: Number.parseFloat(gzipped) };
  });
}

/** What is wrong with a row, for a README of that name: imports that cost more than it says, or much less. */
export function sizeProblems({ names, ...said }: Row, size: Size, file: string): string[] {
  return (['minified', 'gzipped'] as const).flatMap((form) => {
    const measured = size[form] / 1000;
    if (measured <= said[form] * MORE + 0.5 && measured >= said[form] * LESS - 0.5) return [];
    const words = `${names.join(', ')}: ${measured.toFixed(1)} kB ${form}, not ${said[form]}`;
    return [`${file}: ${words}. npm run sizes writes it anew; look first at what made the difference.`];
  });
}

/** The README with the sizes that were measured, by rows. */
export function withSizes(text: string, file: string, rows: readonly Row[], sizes: readonly Size[]): string {
  const body = markdownTable(
    ['imported', 'minified', 'gzipped'],
    rows.map(({ names }, row) => {
      const { minified, gzipped } = sizes[row] as Size;
      return [names.map((name) => `\`${name}\``).join(', '), kilobytes(minified), kilobytes(gzipped)];
    }),
  );
  return withTable(text, file, NAME, body);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
