/** Options that come from plain JavaScript: one whose name is not known would silently do nothing. */

/**
 * @param who whose options they are, as messages call it.
 * @throws {TypeError} if they are no object, or one is none of those that there are.
 */
export function checkOptions<T extends object>(
  who: string,
  options: T,
  known: Readonly<Record<keyof T, true>>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${who} takes an object of options; got ${String(options)}.`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    throw new TypeError(`${who} has no option '${name}'; its options are ${Object.keys(known).join(', ')}.`);
  }
}
