import { complaint } from '../complaint.ts';

/** Fields of one record, and the line (from 1) where it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Records of a text with commas (RFC 4180): a field in quotes may hold commas, ends of lines, and quotes, which are doubled.
 * Empty lines are passed over.
 *
 * @throws Error naming the line where a quote stands within a field, or is never closed.
 */
export function* csvRecords(text: string, source: string): Generator<CsvRecord> {
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let [fields, line, begun]: [string[], number, number] = [[], 1, 1];
  while (field.lastIndex < text.length || fields.length > 0) {
    const at = field.lastIndex;
    const found = field.exec(text);
    if (found === null) {
      throw complaint(
        source,
        `line ${line}: expected a quote only around a field, found "${text.slice(at, at + 40)}".`,
      );
    }
    const [whole, quoted, plain = '', end] = found;
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (fields.length > 1 || fields[0] !== '') yield { line: begun, fields };
    fields = [];
    begun = line;
  }
}
