/** Options that come from plain JavaScript: one whose name is not known would silently do nothing. */

/** What a value is, in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** Every option of `T`, so that the compiler tells where one was forgotten. */
export type Known<T> = Readonly<Record<keyof T, true>>;

/**
 * Refuses what is no object, and options that there are not.
 * @param who whose options they are, as messages call it. @throws {TypeError} naming the first.
 */
export function checkOptions<T extends object>(who: string, options: T, known: Known<T>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${who} takes an object of options; got ${shown(options)}.`);
  }
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, key)) continue;
    throw new TypeError(`${who} has no option '${key}'; its options are ${Object.keys(known).join(', ')}.`);
  }
}

/** @throws {RangeError} unless it is a whole number of `least` or more. */
export function checkCount(name: string, value: unknown, least: number = 1): void {
  if (Number.isInteger(value) && (value as number) >= least) return;
  throw new RangeError(`${name} is a whole number of ${least} or more; got ${shown(value)}.`);
}
