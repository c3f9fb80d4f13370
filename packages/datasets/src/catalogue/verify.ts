import { checkOptions } from '../check-options.ts';
import { requireNodeModule } from '../node.ts';
import { unpack } from '../unpack/unpack.ts';
import { definitionOf } from './catalogue.ts';
import type { Definition, Form, Located, Part, SetOptions } from './definition.ts';
import { digestOfFile, digestOfPieces } from './download/checksum.ts';
import { chosenForm, partsOf, Supply, type SupplyOptions } from './supply.ts';
import type { Abortable } from '../web-types.ts';

/** What is known of a file of a set. */
export interface FileState {
  /** What the catalogue calls the file, or the part of an archive. */
  readonly file: string;
  /** Where it is; nothing where it is missing. */
  readonly path?: string;
  /**
   * 'verified': it has the checksum that the catalogue knows. 'unverified': the catalogue knows none. 'wrong': it has another.
   * 'missing': it is not there.
   */
  readonly state: 'verified' | 'unverified' | 'wrong' | 'missing';
  /** Of one that is verified or wrong: the checksum that it should have, and who says so. */
  readonly expected?: { readonly algorithm: string; readonly hex: string; readonly source: string };
  readonly found?: string;
}

/**
 * Compares the files of a set with their checksums: of the file as it is published, or, where a copy is packed in another way,
 * of what is in it. Downloads nothing. Node only.
 *
 * @throws Error for a name that the catalogue does not have.
 */
export async function verifyDataset(
  name: string,
  options: Omit<SupplyOptions, 'download' | 'onProgress'> = {},
): Promise<FileState[]> {
  const definition = definitionOf(name);
  checkOptions('verifyDataset', options, { folder: true, signal: true, onNotice: true });
  return checkVerified(name, definition, options);
}

/** The files of a set, by its definition. */
export async function checkVerified(
  name: string,
  definition: Definition<unknown>,
  options: SupplyOptions,
): Promise<FileState[]> {
  if (definition.forms === undefined) return [];
  const supply = new Supply(name, definition, options);
  return statesOf(supply, chosenForm(supply, definition.forms, {}), {}, options.signal);
}

/** @throws Error naming the first file that has another checksum. */
export async function refuseWrong(
  supply: Supply,
  form: Form<unknown>,
  options: SetOptions & SupplyOptions,
): Promise<void> {
  for (const { state, path, expected, found } of await statesOf(supply, form, options, options.signal)) {
    if (state !== 'wrong') continue;
    throw new Error(
      `${path} is not the file of ${supply.name}: its ${expected!.algorithm} is ${found!.slice(0, 12)}…, not ${expected!.hex.slice(0, 12)}…`,
    );
  }
}

async function statesOf(
  supply: Supply,
  form: Form<unknown>,
  options: SetOptions,
  signal: Abortable | undefined,
): Promise<FileState[]> {
  const states = new Map<string, FileState>();
  for (const part of partsOf(form, options)) {
    const located = supply.find(part);
    const { file, path } = called(part, located);
    if (states.has(path ?? file)) continue;
    signal?.throwIfAborted();
    states.set(
      path ?? file,
      located ? await stateOf(supply, part, located, signal) : { file, state: 'missing' },
    );
  }
  return [...states.values()];
}

/** Parts of one archive are one file, unless they stand alone. */
function called(part: Part, located: Located | undefined): { file: string; path?: string } {
  const alone = located !== undefined && located.entry === undefined && part.entry !== undefined;
  const file = alone ? part.entry!.split('/').at(-1)! : part.file;
  return { file, ...(located && { path: located.path }) };
}

async function stateOf(
  supply: Supply,
  part: Part,
  located: Located,
  signal: Abortable | undefined,
): Promise<FileState> {
  const { path, entry } = located;
  const about = { ...called(part, located), path };
  const file = supply.file(part);
  const isPublished = entry !== undefined || requireNodeModule('node:path').basename(path) === file.name;
  let wrong: FileState | undefined;
  if (isPublished && file.checksum) {
    const found = await digestOfFile(path, file.checksum.algorithm);
    if (found === file.checksum.hex) return { ...about, state: 'verified', expected: file.checksum, found };
    wrong = { ...about, state: 'wrong', expected: file.checksum, found };
  }
  if (entry === undefined && part.content) {
    const { algorithm } = part.content;
    const found = await digestOfPieces(
      unpack(path, { maxBytes: 2 ** 36, ...(signal && { signal }) }),
      algorithm,
    );
    const state = found === part.content.hex ? 'verified' : 'wrong';
    return { ...about, state, expected: part.content, found };
  }
  return wrong ?? { ...about, state: 'unverified' };
}
