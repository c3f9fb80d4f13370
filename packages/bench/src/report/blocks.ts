/** What sections are made of, before they become HTML or Markdown. All texts are plain. */

/** An entry of a legend: the mark of a series, or the colour of a part. */
export interface LegendEntry {
  readonly label: string;
  readonly mark: { readonly series: number } | { readonly part: number };
}

/** A table. Cells are texts; the first `names` columns name the row. Columns of numbers stand right, others left. */
export interface TableBlock {
  readonly kind: 'table';
  /** Of its element; unique in a report. */
  readonly id: string;
  readonly head: readonly string[];
  readonly names: number;
  readonly rows: readonly (readonly string[])[];
}

/** A plot, also a file of its own. */
export interface FigureBlock {
  readonly kind: 'figure';
  /** The name of its file, without `.svg`; unique in a report. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
  /** Whether it takes a row of its own. */
  readonly wide: boolean;
  readonly legend: readonly LegendEntry[];
  readonly note: string;
}

/** A piece of a section. */
export type Block =
  | TableBlock
  | FigureBlock
  | { readonly kind: 'lead' | 'text' | 'note' | 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, text: string])[] }
  | { readonly kind: 'details'; readonly summary: string; readonly blocks: readonly Block[] };

/** A section with its heading. */
export interface Part {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Whether a column of a table holds numbers, or nothing: those stand right. */
export function isNumeric({ names, rows }: Pick<TableBlock, 'names' | 'rows'>, column: number): boolean {
  return column >= names && rows.every((cells) => /^[<>−-]?\d|^–?$/.test(cells[column] ?? ''));
}
