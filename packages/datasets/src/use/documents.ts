import type { SparseDataset } from '../types.ts';

/**
 * Texts as counts of words: a column for each word, in the order of their characters' codes. Words are what stands between
 * blanks; case is not changed.
 *
 * @param known Words that have a column; by default all that come. Others are left out.
 * @throws TypeError naming the row that is no text.
 */
export function documentsOf(
  name: string,
  rows: readonly unknown[],
  known?: readonly string[],
): Pick<SparseDataset, 'offsets' | 'ids' | 'values'> & { readonly columnNames: readonly string[] } {
  const texts = rows.map((row, i) => {
    if (typeof row !== 'string') throw new TypeError(`${name}: row ${i} is no text, unlike row 0.`);
    return row.split(/\s+/u).filter((word) => word !== '');
  });
  const columnNames = known ?? [...new Set(texts.flat())].toSorted();
  if (columnNames.length === 0) throw new RangeError(`${name}: there is no word in ${rows.length} rows.`);
  const columns = new Map(columnNames.map((word, c) => [word, c]));
  const ids: number[] = [];
  const values: number[] = [];
  const offsets = new Int32Array(rows.length + 1);
  for (const [row, words] of texts.entries()) {
    const counts = new Map<number, number>();
    for (const word of words) {
      const column = columns.get(word);
      if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
    }
    for (const [column, count] of [...counts].toSorted(([a], [b]) => a - b)) {
      ids.push(column);
      values.push(count);
    }
    offsets[row + 1] = ids.length;
  }
  return { offsets, ids: Int32Array.from(ids), values: Float32Array.from(values), columnNames };
}
