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
