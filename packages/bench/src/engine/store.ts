/** The folder of a study: its records as JSON lines, with one writer that loses and mixes nothing. */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Lock } from './lock.ts';
import { checkTrialRecord, type TrialRecord } from './record.ts';

/** The file of records in a study's folder. */
export const RECORDS_FILE = 'records.jsonl';

/** What writes bytes to an open file; tests put a full disk in its place. */
export type Write = (
  file: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => number;

/** A study's folder, open for writing. Close it at the end. */
export class Store {
  readonly path: string;
  /** What was mended when the folder was opened; for the user to read. */
  readonly notes: readonly string[];
  readonly #lock: Lock;
  readonly #file: number;
  readonly #write: Write;
  #size: number;
  #records: TrialRecord[];

  private constructor(folder: string, study: string, lock: Lock, write: Write) {
    this.path = join(folder, RECORDS_FILE);
    this.#lock = lock;
    this.#write = write;
    this.#file = openSync(this.path, 'a+');
    try {
      this.notes = this.#mend();
      this.#size = fstatSync(this.#file).size;
      this.#records = parseRecords(readFileSync(this.path, 'utf8'), this.path);
      const other = this.#records.find(({ trial }) => trial.study !== study);
      if (other !== undefined) {
        throw new Error(
          `${this.path} holds records of the study ${other.trial.study}; those of ${study} need another folder: give --out.`,
        );
      }
      // A new file's name is safe only once its folder is.
      syncFolder(folder);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  /**
   * Opens the folder of a study, which is made if need be. What was finished before stays there. A last line that a crash
   * tore is cut off, see {@link notes}.
   *
   * @throws {Error} if another process writes to it, if it holds another study's records, or a line is no record.
   */
  static open(folder: string, study: string, write: Write = writeSync): Store {
    mkdirSync(folder, { recursive: true });
    const lock = Lock.take(folder);
    try {
      return new Store(folder, study, lock, write);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** All records in the order in which they were written. */
  get records(): readonly TrialRecord[] {
    return this.#records;
  }

  /**
   * Appends a record and flushes it to the disk: it is there whole, or not at all.
   *
   * @throws {Error} what the file system says (a full disk), with the path; the file is then as it was before.
   */
  append(record: TrialRecord): void {
    this.#lock.check();
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      for (let at = 0; at < bytes.length;) {
        const written = this.#write(this.#file, bytes, at, bytes.length - at, this.#size + at);
        if (written === 0) throw new Error('nothing was written');
        at += written;
      }
      fsyncSync(this.#file);
    } catch (error) {
      ftruncateSync(this.#file, this.#size);
      fsyncSync(this.#file);
      throw new Error(
        `${this.path}: a record could not be written (${(error as Error).message}). Those before it are kept.`,
        {
          cause: error,
        },
      );
    }
    this.#size += bytes.length;
    this.#records.push(record);
  }

  /** Gives the folder back. */
  close(): void {
    closeSync(this.#file);
    this.#lock.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Cuts off the end of the file after its last line end, unless it is a whole record without one. */
  #mend(): string[] {
    const { size } = fstatSync(this.#file);
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size;) at += readSync(this.#file, bytes, at, size - at, at);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end === size) return [];
    if (isRecord(bytes.toString('utf8', end))) {
      writeSync(this.#file, '\n', size);
      return [];
    }
    ftruncateSync(this.#file, end);
    fsyncSync(this.#file);
    return [
      `${this.path}: the last line was torn when a study was stopped (${size - end} bytes). It was cut off; its trial runs again.`,
    ];
  }
}

/**
 * Reads a file of records, without changing it. A last line without a line end is left out: it was torn by a crash, or is being
 * written.
 *
 * @throws {Error} that names the file if it is missing, and the line if one is no record.
 */
export function readRecords(path: string): TrialRecord[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new Error(`There is no file ${path} to read records from.`, { cause: error });
    throw new Error(`${path}: ${message}`, { cause: error });
  }
  return parseRecords(text, path);
}

/**
 * The records that count, one a key: the last that is no error, or else the last. They are in the order in which their keys first came.
 *
 * @param keys the keys of a plan, if only its trials are asked for.
 */
export function latestRecords(records: readonly TrialRecord[], keys?: ReadonlySet<string>): TrialRecord[] {
  const latest = new Map<string, TrialRecord>();
  for (const record of records) {
    if (keys && !keys.has(record.key)) continue;
    const before = latest.get(record.key);
    if (before === undefined || record.error === undefined || before.error !== undefined) {
      latest.set(record.key, record);
    }
  }
  return [...latest.values()];
}

function parseRecords(text: string, path: string): TrialRecord[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const where = `${path}, line ${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new Error(
        `${where}: this is not JSON (${(error as Error).message}). ` +
          `If the file was damaged, remove the line: its trial then runs again.`,
        { cause: error },
      );
    }
    return checkTrialRecord(value, where);
  });
}

function isRecord(line: string): boolean {
  try {
    checkTrialRecord(JSON.parse(line), '');
    return true;
  } catch {
    return false;
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
