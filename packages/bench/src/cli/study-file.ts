/** The file beside a study's records that says what was asked for, when, how and on what machine. */
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { writeFileAtomic } from '@hashgrad/kernels';
import type { StudyReference } from '../engine/child-processes.ts';
import { RECORDS_FILE } from '../engine/store.ts';
import type { Machine } from '../engine/machine.ts';

/** Its name. */
export const STUDY_FILE = 'study.json';

/** What was asked for last in a folder. Its records may have trials of earlier plans too. */
export interface StudyFile {
  readonly study: string;
  readonly reference: StudyReference;
  /** What was typed, without the program. */
  readonly command: readonly string[];
  /** The seeds that every point is to have. */
  readonly seeds: readonly number[];
  /** ISO 8601. */
  readonly started: string;
  readonly machine: Machine;
  /** The keys of the plan's trials. Those of the run come when tuning is finished. */
  readonly keys: readonly string[];
}

/** Writes the file whole or not at all. */
export function writeStudyFile(folder: string, content: StudyFile): void {
  writeFileAtomic(join(folder, STUDY_FILE), Buffer.from(`${JSON.stringify(content, null, 2)}\n`));
}

/** `undefined` if there is none: records may be moved away from it. @throws {Error} if it is none, naming it and what to do. */
export function readStudyFile(folder: string): StudyFile | undefined {
  const path = join(folder, STUDY_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as Partial<StudyFile> | null;
    const { reference, command, seeds, keys } = file ?? {};
    if (typeof reference !== 'object') throw new Error('"reference" is missing');
    for (const [name, list] of Object.entries({ command, seeds, keys })) {
      if (!Array.isArray(list)) throw new Error(`"${name}" is no list`);
    }
    return file as StudyFile;
  } catch (error) {
    throw new Error(
      `${path}: this does not say what was asked for (${(error as Error).message}). ` +
        `Remove the file, or run the study again: that writes it anew and keeps what is finished.`,
      { cause: error },
    );
  }
}

/** The file of records at a place that the command line names: a study's folder, or the file itself. */
export function recordsPathOf(place: string): string {
  return extname(place) === '.jsonl' ? place : join(place, RECORDS_FILE);
}
