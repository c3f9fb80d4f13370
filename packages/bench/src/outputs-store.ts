/** The records of the study of outputs as JSON lines, appended one by one. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** The file of records. */
export const OUTPUTS_FILE = 'outputs.jsonl';

/**
 * Starts an empty records file in `folder`, which is made if need be. Records that lie there already are kept beside it, as
 * `outputs.previous.jsonl`.
 *
 * @returns the path of the records file.
 */
export function startRecords(folder: string, file: string = OUTPUTS_FILE): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  try {
    renameSync(path, join(folder, file.replace('.jsonl', '.previous.jsonl')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  closeSync(openSync(path, 'w'));
  return path;
}

/** Appends one record and flushes it to the disk, so that a study killed right after keeps it. */
export function appendRecord(path: string, record: object): void {
  const file = openSync(path, 'a');
  try {
    // One write of the whole line: a reader never sees half of it.
    writeSync(file, `${JSON.stringify(record)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a records file, each record by `check`. A last line without a line end is what a crash in the middle of a write leaves; it is left out.
 *
 * @throws Error that names the file, if it is missing or holds no records, and the line, if one is not a record.
 */
export function readLines<T>(path: string, check: (value: unknown, where: string) => T): T[] {
  if (!existsSync(path)) throw new Error(`There is no file ${path} to read records from.`);
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const records = lines.map((line, index) => {
    const where = `${path}, line ${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new Error(`${where}: this is not JSON (${(error as Error).message}).`, { cause: error });
    }
    return check(value, where);
  });
  if (records.length === 0)
    throw new Error(`${path}: the file holds no records, so there is nothing to draw.`);
  return records;
}
