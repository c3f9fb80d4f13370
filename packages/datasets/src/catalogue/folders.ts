import { requireNodeModule } from '../node.ts';

/** Where sets are looked for and kept. */
export interface FolderOptions {
  /**
   * A folder that has a set's files, or folders of sets; files that are missing are downloaded into it. By default sets are
   * looked for in the folder that the variable HASHGRAD_DATA names, then in the cache folder of the user's system, and kept in
   * the first of the two that can be written to.
   */
  readonly folder?: string;
}

/** The folder for caches of the user's system. */
function cacheFolder(): string {
  const { join } = requireNodeModule('node:path');
  const home = requireNodeModule('node:os').homedir();
  const { env, platform } = process;
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'hashgrad', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'hashgrad');
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'hashgrad');
}

/** Folders that sets are looked for in, in this order. @throws Error if one is named that is not there. */
export function rootFolders({ folder }: FolderOptions): readonly string[] {
  if (folder !== undefined) {
    const stat = requireNodeModule('node:fs').statSync(folder, { throwIfNoEntry: false });
    if (!stat?.isDirectory()) throw new Error(`There is no folder ${folder}.`);
    return [folder];
  }
  const data = process.env['HASHGRAD_DATA'];
  return data ? [data, cacheFolder()] : [cacheFolder()];
}

/**
 * The folder that a set is downloaded into, made if it is not there.
 * @throws Error naming the folders, if none can be written to.
 */
export function keepFolder(roots: readonly string[], names: readonly string[], isNamed: boolean): string {
  const fs = requireNodeModule('node:fs');
  const { basename, join, resolve } = requireNodeModule('node:path');
  let last: unknown;
  for (const root of roots) {
    const own = isNamed && names.includes(basename(resolve(root)));
    const folder = own ? root : join(root, names[0]!);
    try {
      fs.mkdirSync(folder, { recursive: true });
      fs.accessSync(folder, fs.constants.W_OK);
      return folder;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`Nothing can be written to ${roots.join(', nor to ')}: name another folder.`, {
    cause: last,
  });
}
