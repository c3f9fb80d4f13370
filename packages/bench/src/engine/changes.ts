/** Changes of a config by dotted paths, refused where they would change nothing. */
import { pathsOf, valuesAt, withValueAt } from './json.ts';
import type { Config, Json } from './record.ts';

/** New values by dotted paths into the config: `{ 'optimizer.rate': 0.01 }`. */
export type Changes = Readonly<Record<string, Json>>;

/**
 * A copy of `config` with new values.
 *
 * @param who for messages: who asks for the changes.
 * @throws {Error} for a path that `config` does not have, naming those that it has, or a value of another type.
 */
export function changed(config: Config, changes: Changes, who: string): Config {
  let result = config;
  for (const [path, value] of Object.entries(changes)) {
    checkType(config, path, value, who);
    const next = withValueAt(result, path, value);
    if (next === undefined) throw unknownPath(path, [result], who);
    result = next;
  }
  return result;
}

/** The error for a path that none of `configs` has: it lists what can be set, the nearest names first. */
export function unknownPath(path: string, configs: readonly Config[], who: string): Error {
  const known = [...new Set(configs.flatMap((config) => pathsOf(config)))];
  return new Error(
    `${who} sets ${path}, which there is not. What can be set: ${known.toSorted().join(', ')}.`,
  );
}

/**
 * Whether something is there at `path`.
 *
 * @throws {TypeError} if what is there is of another type than `value`: a text where a number is. Lists and objects may
 * be replaced by one another; `null` may be replaced by anything, and anything by it.
 */
export function checkType(config: Config, path: string, value: Json, who: string): boolean {
  const there = valuesAt(config, path);
  for (const old of there) {
    if (
      old === null ||
      value === null ||
      (isScalar(old) ? typeof old : 'list') === (isScalar(value) ? typeof value : 'list')
    )
      continue;
    const kind = isScalar(old) ? `a ${typeof old}` : Array.isArray(old) ? 'a list' : 'an object';
    throw new TypeError(
      `${who} sets ${path} to ${JSON.stringify(value)}, but it is ${kind}: ${JSON.stringify(old)}.`,
    );
  }
  return there.length > 0;
}

function isScalar(value: Json): value is boolean | number | string {
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string';
}
