/** Sections as Markdown, whose plots are files beside it. */
import { isNumeric, type Block, type Part, type TableBlock } from './blocks.ts';

/** The whole document. */
export function markdown(title: string, question: string, parts: readonly Part[]): string {
  const sections = parts.map(
    (part) => `## ${text(part.title)}\n\n${part.blocks.map((block) => blockText(block)).join('\n\n')}`,
  );
  return `# ${text(title)}\n\n${text(question)}\n\n${sections.join('\n\n')}\n`;
}

/** A table as Markdown: the columns of numbers stand right. */
function markdownTable(table: Pick<TableBlock, 'head' | 'names' | 'rows'>): string {
  const { head, rows } = table;
  const rule = head.map((_, i) => (isNumeric(table, i) ? '--:' : '---'));
  return [tableLine(head), `| ${rule.join(' | ')} |`, ...rows.map(tableLine)].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => text(cell) || ' ').join(' | ')} |`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'table':
      return markdownTable(block);
    case 'figure':
      return `![${text(block.title)}](${block.name}.svg)\n\n${text(block.note)}`;
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``;
    case 'list':
      return block.items.map((item) => `- ${text(item)}`).join('\n');
    case 'facts':
      return block.facts.map(([name, fact]) => `- ${text(name)}: ${text(fact)}`).join('\n');
    case 'details':
      return `<details>\n<summary>${text(block.summary)}</summary>\n\n${block.blocks.map((inner) => blockText(inner)).join('\n\n')}\n\n</details>`;
    default:
      return text(block.text);
  }
}

/** A text in which nothing is markup, on one line. */
function text(plain: string): string {
  return plain
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/[\\`*_[\]|]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
}
