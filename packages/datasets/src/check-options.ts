/** Every option of `T`, so that the compiler tells where one was forgotten. */
export type Known<T> = Readonly<Record<keyof T, true>>;

/**
 * Refuses options that there are not: from plain JavaScript, one whose name is mistyped would do nothing.
 * @param who whose options they are, as messages call it.
 * @throws TypeError that names the first, or what is given in place of options.
 */
export function checkOptions<T extends object>(who: string, options: T, known: Known<T>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${who} takes an object of options, but it is ${String(options)}.`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    throw new TypeError(`${who} has no option '${name}'; its options are ${Object.keys(known).join(', ')}.`);
  }
}

/** The options that are known, of more. */
export function only<T extends object>(options: T, known: Partial<Known<T>>): T {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(known, name))) as T;
}

/** @throws RangeError unless `value` is a whole number from `least` to `most`. */
export function checkWhole(value: number, name: string, least: number, most: number = 2 ** 31 - 1): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, but it is ${value}.`);
  }
  return value;
}

/** @throws RangeError unless `value` is a number from `least` to `most`. */
export function checkNumber(value: number, name: string, least: number, most: number): number {
  // Written so that NaN fails too.
  if (!(value >= least && value <= most)) {
    throw new RangeError(`${name} must be a number from ${least} to ${most}, but it is ${value}.`);
  }
  return value;
}

/** @throws RangeError unless `seed` is a whole number that fits 32 bits. */
export function checkSeed(seed: number): number {
  return checkWhole(seed, 'seed', 0, 2 ** 32 - 1);
}
