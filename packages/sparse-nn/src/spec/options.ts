/** Options that come from plain JavaScript: one whose name is not known would silently do nothing. */

/** What a value is, in a message: an array by its size, a number as it is, an object by its kind. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) {
    return `an array of ${Array.isArray(value[0]) || ArrayBuffer.isView(value[0]) ? 'arrays' : `${value.length}`}`;
  }
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** A value as JSON, in a message; what JSON has no form for as text. */
export function jsonOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, own: unknown) => (typeof own === 'bigint' ? `${own}n` : own)) ?? String(value)
  );
}

/** A list of things by their numbers: an array, plain or typed. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

/** @throws {TypeError} unless the option is true, false or undefined. */
export function checkBoolean(name: string, value: boolean | undefined): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new TypeError(`${name} is true or false; got ${shown(value)}.`);
}

/** Every option of `T`, so that the compiler tells where one was forgotten. */
export type Known<T> = Readonly<Record<keyof T, true>>;

/** Those options that are not undefined: a default takes the place of the others. */
export function definedOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** The options, if they are an object. @throws {TypeError} */
export function optionsOf<T extends object>(who: string, options: T): T {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  throw new TypeError(`${who} takes an object of options; got ${shown(options)}.`);
}

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
  for (const [key, value] of Object.entries(optionsOf(who, options))) {
    if (value === undefined || Object.hasOwn(known, key)) continue;
    const hint = Object.hasOwn(hints, key)
      ? `: ${hints[key]}.`
      : `; its options are ${Object.keys(known).join(', ')}.`;
    throw new TypeError(`${who} has no option '${key}'${hint}`);
  }
}
