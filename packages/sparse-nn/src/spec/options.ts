/** Options that come from plain JavaScript: one whose name is not known would silently do nothing. */

/** Every option of `T`, so that the compiler tells where one was forgotten. */
export type Known<T> = Readonly<Record<keyof T, true>>;

/**
 * Refuses what is no object, and options that there are not.
 * @param who whose options they are, as messages call it.
 * @param hints what to do instead, by the names that other libraries have for it.
 * @throws {TypeError} naming the first.
 */
export function checkOptions<T extends object>(
  who: string,
  options: T,
  known: Known<T>,
  hints: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${who} takes an object of options; got ${String(options)}.`);
  }
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, key)) continue;
    const hint = Object.hasOwn(hints, key)
      ? `: ${hints[key]}.`
      : `; its options are ${Object.keys(known).join(', ')}.`;
    throw new TypeError(`${who} has no option '${key}'${hint}`);
  }
}
