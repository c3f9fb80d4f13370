/** Finds a study: one of ours by its name, or one in a file. */
import { resolve } from 'node:path';
import type { StudyReference } from '../engine/child-processes.ts';
import type { Sources } from '../engine/key.ts';
import { importFile } from '../engine/sources.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { STUDIES } from './index.ts';

/** A study with the digests of its own code. */
export interface LoadedStudy {
  readonly study: Study;
  /** Of its file and what that imports, but our packages; none of our own studies. */
  readonly sources: Sources;
}

/** What the command line calls a study: a path if it looks like one, or else a name. */
export function referenceOf(text: string): StudyReference {
  return /[/\\]|\.[cm]?[jt]s$/.test(text) ? { file: resolve(text) } : { name: text };
}

/**
 * Loads a study.
 *
 * @throws {Error} for an unknown name, listing the studies; a file that is missing or exports no study by default; or what
 * `defineStudy` refuses.
 */
export async function loadStudy(reference: StudyReference): Promise<LoadedStudy> {
  if ('name' in reference) {
    // Ours are data: all that a trial depends on is in its config and in the packages.
    return { study: studyNamed(reference.name), sources: {} };
  }
  const { value, sources } = await importFile(reference.file);
  if (typeof value !== 'object' || value === null || !('factors' in value)) {
    throw new Error(
      `${reference.file} exports no study: it should have "export default defineStudy({ ... })".`,
    );
  }
  return { study: defineStudy(value as Study), sources };
}

function studyNamed(name: string): Study {
  const study = STUDIES.find((each) => each.name === name);
  if (study !== undefined) return study;
  const names = STUDIES.map((each) => each.name).join(', ');
  throw new Error(`There is no study "${name}"; the studies are ${names}, or a file such as ./my-study.ts.`);
}
