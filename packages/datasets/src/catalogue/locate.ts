import { requireNodeModule } from '../node.ts';
import type { Located, Part } from './definition.ts';

/** What a copy of a file may be packed as, most wanted first. */
const PACKINGS = ['', '.gz', '.br', '.zst', '.xz', '.bz2', '.zip'];

/** A folder that a set may be in; one that holds others, too, is shared. */
export interface Place {
  readonly folder: string;
  readonly shared: boolean;
}

/** The part in the first of the places that has it: as a file of its own, or in its archive; nothing where none has. */
export function locate(places: readonly Place[], part: Part): Located | undefined {
  const { join } = requireNodeModule('node:path');
  for (const { folder, shared } of places) {
    for (const name of shared ? (part.names ?? []) : namesOf(part)) {
      for (const packing of PACKINGS) {
        const path = fileAt(join(folder, `${name}${packing}`), name);
        if (path !== undefined) return { path };
      }
    }
    const archive = join(folder, part.file);
    if (part.entry !== undefined && !shared && isFile(archive)) return { path: archive, entry: part.entry };
  }
  return undefined;
}

/** Names of the file itself, without how it is packed. */
function namesOf({ file, entry, names = [] }: Part): readonly string[] {
  const own = (entry ?? file).replace(/\.(?:gz|br|zst|xz|bz2)$/, '');
  const short = own.split('/').at(-1)!;
  // As it is in the archive, with its folders; alone; and in the folder of some loaders.
  const all = [own, short, ...names].flatMap((name) => [name, `raw/${name}`]);
  return all.filter((name, i) => all.indexOf(name) === i);
}

/** Kaggle's archives have files in folders that are called like them. */
function fileAt(path: string, name: string): string | undefined {
  if (isFile(path)) return path;
  const inner = requireNodeModule('node:path').join(path, name.split('/').at(-1)!);
  return isFile(inner) ? inner : undefined;
}

function isFile(path: string): boolean {
  return requireNodeModule('node:fs').statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
