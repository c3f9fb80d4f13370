import { cursor, isBlank, scanFloat, scanWhole, skipBlanks } from './text-numbers.ts';
import type { SparseRows } from './sparse-rows.ts';

const COLON = 0x3a;

/**
 * Reads "id:value id:value ..." from `start` to `end` into a row, ids from `least` to `most`.
 *
 * @returns Where the first token begins that is no such entry, or `end`.
 */
export function readEntries(
  rows: SparseRows,
  bytes: Uint8Array,
  start: number,
  end: number,
  least: number,
  most: number,
): number {
  let position = skipBlanks(bytes, start, end);
  let { rowIds, rowValues, count } = rows;
  while (position < end) {
    const id = scanWhole(bytes, position, end);
    const colon = cursor.at;
    if (id < least || id > most || bytes[colon] !== COLON || colon + 1 >= end) break;
    const value = scanFloat(bytes, colon + 1, end);
    const tokenEnd = cursor.at;
    if (value - value !== 0 || (tokenEnd < end && !isBlank(bytes[tokenEnd]))) break;
    if (count === rowIds.length) {
      rows.growRow();
      ({ rowIds, rowValues } = rows);
    }
    rowIds[count] = id;
    rowValues[count++] = value;
    position = skipBlanks(bytes, tokenEnd, end);
  }
  rows.count = count;
  return position;
}
