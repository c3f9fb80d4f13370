/** Which file of an archive is meant. */
import { complaint } from '../complaint.ts';

/**
 * The one file that `entry` names, by its whole path or the end of it; without it the only one there is. Folders, hidden
 * files and what macOS adds are passed over.
 *
 * @throws Error naming the archive and its files where none, or more than one, is meant.
 */
export function chosenEntry<T extends { readonly name: string }>(
  source: string,
  kind: string,
  entries: readonly T[],
  entry: string | undefined,
): T {
  const visible = entries.filter(({ name }) => !isHidden(name));
  const found =
    entry === undefined
      ? visible
      : (exactly(entries, entry) ?? visible.filter(({ name }) => name.endsWith(`/${entry}`)));
  const [only] = found;
  if (found.length === 1) return only!;
  const names = (found.length > 1 ? found : visible).map(({ name }) => name);
  if (names.length === 0) throw complaint(source, `the ${kind} archive has no files.`);
  const list = listed(names);
  if (entry === undefined) {
    throw complaint(source, `the ${kind} archive has ${names.length} files, say which by entry: ${list}.`);
  }
  throw complaint(
    source,
    found.length === 0
      ? `the ${kind} archive has no file "${entry}", but ${list}.`
      : `the ${kind} archive has ${found.length} files "${entry}": ${list}.`,
  );
}

/** Whether a path is hidden, or in a hidden folder, or what macOS keeps beside files. */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => part === '__MACOSX' || (part.startsWith('.') && part !== '.'));
}

/** As many of the names as fit a message. */
export function listed(names: readonly string[]): string {
  const shown: string[] = [];
  let length = 0;
  for (const name of names) {
    length += name.length + 2;
    if (shown.length > 0 && length > 80) break;
    shown.push(name);
  }
  const more = names.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

function exactly<T extends { readonly name: string }>(entries: readonly T[], name: string): T[] | undefined {
  const found = entries.filter((entry) => entry.name === name);
  return found.length === 1 ? found : undefined;
}
