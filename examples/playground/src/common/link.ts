/** The part of the address after '#', in which a link carries settings. */

/** What the address says. */
export function readLink(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

/** Changes what the address says, without a new entry in the browser's history. */
export function writeLink(changes: Readonly<Record<string, string>>): void {
  const link = readLink();
  for (const [name, value] of Object.entries(changes)) link.set(name, value);
  history.replaceState(undefined, '', `#${link}`);
}
