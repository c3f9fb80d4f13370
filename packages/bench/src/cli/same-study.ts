/** A study that another machine asks for: it is refused where the code is not the same here. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { StudyReference } from '../engine/child-processes.ts';
import type { Sources } from '../engine/key.ts';
import { differingSources, packageSources } from '../engine/sources.ts';
import type { Study } from '../engine/study.ts';
import { loadStudy } from '../studies/load.ts';

/**
 * Loads a study whose trials depend on `sources`. A file is looked for under its own path, and then by its name in the current
 * folder.
 *
 * @throws {Error} for a study that there is not, and for sources that differ, naming each.
 */
export async function loadSame(reference: StudyReference, sources: Sources): Promise<Study> {
  const { study, sources: own } = await loadStudy(
    'file' in reference ? { file: here(reference.file) } : reference,
  );
  const differing = differingSources(sources, { ...packageSources(), ...own });
  if (differing.length > 0) {
    throw new Error(`the study ${study.name} was asked for with other sources: ${differing.join('; ')}.`);
  }
  return study;
}

function here(file: string): string {
  if (existsSync(file)) return file;
  const name = file.split(/[/\\]/).at(-1) as string;
  const copy = resolve(name);
  if (existsSync(copy)) return copy;
  throw new Error(`there is neither ${file} here, nor ${join(process.cwd(), name)}.`);
}
