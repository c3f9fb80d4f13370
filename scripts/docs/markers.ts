/** Tables that a program draws into READMEs: what stands between `<!-- table: NAME -->` and `<!-- end of table -->`. */

const BEGIN = /^<!-- table: ([\w-]+) -->$/;
const END = '<!-- end of table -->';

/** A table in a README. */
export interface Marked {
  readonly name: string;
  /** The text between the markers, without the line breaks beside them. */
  readonly body: string;
}

/**
 * The tables of a README in their order.
 *
 * @throws {Error} that names `file` and the line, if a table has no end, an end no table, or two have one name.
 */
export function tablesIn(text: string, file: string): Marked[] {
  const found: Marked[] = [];
  let open: { readonly name: string; readonly line: number } | undefined;
  const lines = text.split('\n');
  for (const [line, content] of lines.entries()) {
    const where = `${file}, line ${line + 1}`;
    const name = BEGIN.exec(content)?.[1];
    if (name !== undefined) {
      if (open) throw new Error(`${where}: the table ${name} begins before the table ${open.name} ends.`);
      if (found.some((table) => table.name === name)) throw new Error(`${where}: a second table ${name}.`);
      open = { name, line };
    } else if (content === END) {
      if (!open) throw new Error(`${where}: a table ends that has not begun.`);
      found.push({ name: open.name, body: lines.slice(open.line + 1, line).join('\n') });
      open = undefined;
    }
  }
  if (open) throw new Error(`${file}: the table ${open.name} has no end.`);
  return found;
}

/** The README with another text between the markers of a table. @throws {Error} if it has no such table, or as tablesIn. */
export function withTable(text: string, file: string, name: string, body: string): string {
  if (!tablesIn(text, file).some((table) => table.name === name)) {
    throw new Error(`${file}: there is no line "<!-- table: ${name} -->" for the table ${name}.`);
  }
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => BEGIN.exec(line)?.[1] === name);
  const end = lines.indexOf(END, begin);
  return [...lines.slice(0, begin + 1), body, ...lines.slice(end)].join('\n');
}

/** A Markdown table; the first column to the left, the others to the right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number = 1,
): string {
  const rule = `|${head.map((_, column) => (column < texts ? '---|' : '--:|')).join('')}`;
  return [rowText(head), rule, ...rows.map(rowText)].join('\n');
}

function rowText(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
