/** Checks of the fields of a task. */
import type { Config } from '../engine/record.ts';

/** @throws {RangeError} for a field that is not a whole number of at least `least` (default 1). */
export function checkCounts(task: Config, names: readonly string[], least = 1): void {
  for (const name of names) {
    const value = task[name];
    if (!(Number.isSafeInteger(value) && (value as number) >= least)) {
      throw new RangeError(
        `task.${name} is a whole number of at least ${least}; got ${JSON.stringify(value)}.`,
      );
    }
  }
}

/** As {@link checkCounts}, but null is allowed: it stands for all, or for what is usual. */
export function checkCountsOrNull(task: Config, names: readonly string[]): void {
  checkCounts(
    task,
    names.filter((name) => task[name] !== null),
  );
}

/** @throws {TypeError} for a field that is neither a text nor null. */
export function checkPaths(task: Config, names: readonly string[]): void {
  for (const name of names) {
    const value = task[name];
    if (value === null || (typeof value === 'string' && value !== '')) continue;
    throw new TypeError(`task.${name} is a path, or null; got ${JSON.stringify(value)}.`);
  }
}
