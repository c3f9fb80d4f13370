import { complaint, messageOf } from '../complaint.ts';
import { requireNodeModule } from '../node.ts';
import { isHidden, listed } from './archive.ts';
import { readBytes, unpack, unpackTar, unpackZip, type ArchiveFile, type ReadOptions } from './unpack.ts';

/** The files of a set that has several: a folder, or an archive. Hidden ones are passed over. */
export interface FileSet {
  /** What messages call it: its path. */
  readonly source: string;
  /** Paths within it, in order. */
  readonly names: readonly string[];
  /** What messages call a file of it. */
  path(name: string): string;
  /** The bytes of a file, unpacked. */
  stream(name: string, options?: ReadOptions): AsyncIterable<Uint8Array>;
  read(name: string, options?: ReadOptions): Promise<Uint8Array>;
}

/** Folders in a folder whose files are found: archives often unpack to a folder of their own. */
const DEEPEST = 3;

/** Files that are listed at most: a folder of more is no data set. */
const MOST = 10_000;

/**
 * The files of a folder, and of the folders in it; or those of a zip archive, or a tar archive, packed or not, which is held
 * in memory.
 *
 * @throws Error naming it if it is not there, or neither.
 */
export async function openFiles(
  path: string,
  options: Omit<ReadOptions, 'source' | 'entry'> = {},
): Promise<FileSet> {
  const { promises } = requireNodeModule('node:fs');
  const stats = await promises.stat(path).catch((error: unknown) => {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw complaint(
      path,
      absent ? 'there is no such folder or archive.' : `it cannot be read: ${messageOf(error)}.`,
      error,
    );
  });
  if (stats.isDirectory()) return openFolder(path);
  const archive = (await unpackZip(path, options)) ?? (await unpackTar(path, options));
  if (archive === undefined) throw complaint(path, 'it is neither a folder nor a zip or tar archive.');
  return ofArchive(path, archive);
}

async function openFolder(folder: string): Promise<FileSet> {
  const { promises } = requireNodeModule('node:fs');
  const { join } = requireNodeModule('node:path');
  const names: string[] = [];
  const list = async (inner: string, depth: number): Promise<void> => {
    const entries = await promises.readdir(join(folder, inner), { withFileTypes: true });
    for (const entry of entries) {
      const name = inner === '' ? entry.name : `${inner}/${entry.name}`;
      if (names.length >= MOST) return;
      if (isHidden(name)) continue;
      const isFolder = entry.isSymbolicLink()
        ? (await promises.stat(join(folder, name)).catch(() => undefined))?.isDirectory()
        : entry.isDirectory();
      if (!isFolder) names.push(name);
      else if (depth < DEEPEST) await list(name, depth + 1);
    }
  };
  await list('', 1).catch((error: unknown) => {
    throw complaint(folder, `the folder cannot be read: ${messageOf(error)}.`, error);
  });
  return {
    source: folder,
    names: inOrder(names),
    path: (name) => join(folder, name),
    stream: (name, options) => unpack(join(folder, name), options),
    read: (name, options) => readBytes(join(folder, name), options),
  };
}

function ofArchive(path: string, archive: readonly ArchiveFile[]): FileSet {
  const files = new Map(archive.map((file) => [file.name, file]));
  const called = (name: string): string => `${path}, ${name}`;
  // A file in an archive may be packed too.
  const stream = async function* (name: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
    yield* unpack(await files.get(name)!.read(), { ...options, source: called(name) });
  };
  return {
    source: path,
    names: inOrder([...files.keys()].filter((name) => !isHidden(name))),
    path: called,
    stream,
    read: async (name, options) =>
      readBytes(await files.get(name)!.read(), { ...options, source: called(name) }),
  };
}

/** Those that lie least deep first. */
function inOrder(names: readonly string[]): string[] {
  return names.toSorted((a, b) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1));
}

/**
 * The one file whose name, without its folders, fits. Of those in several folders the one that lies least deep; of a raw and
 * a packed one the raw.
 *
 * @returns Nothing where none fits.
 * @throws Error naming the folder and the files where more than one does.
 */
export function findFile(
  files: FileSet,
  what: string,
  pattern: RegExp,
  hint: string = '',
): string | undefined {
  const found = files.names.filter((name) => pattern.test(baseOf(name)));
  const [first] = found;
  if (first === undefined) return undefined;
  const least = found.filter((name) => depthOf(name) === depthOf(first));
  const bare = new Set(least.map((name) => bareName(baseOf(name))));
  if (bare.size > 1) {
    throw complaint(files.source, `which are ${what}? There are ${listed(least.map(baseOf))}${hint}.`);
  }
  return least.find((name) => baseOf(name) === bareName(baseOf(name))) ?? first;
}

/** Ends of the names of packed files. */
export const PACKED_ENDS = '(?:\\.(?:gz|br|bz2|xz|zst))?';

function bareName(name: string): string {
  return name.replace(new RegExp(`${PACKED_ENDS}$`), '');
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function depthOf(name: string): number {
  return name.split('/').length;
}
