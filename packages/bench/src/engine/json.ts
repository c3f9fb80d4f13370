/** Plain JSON in one form, and its parts by dotted paths such as `select.family.bits`. */
import type { Config, Json } from './record.ts';

/**
 * JSON text that is the same for equal values: without spaces, keys sorted by their UTF-16 units.
 *
 * @throws {TypeError} that names the place of what is not plain JSON: NaN, a function, a typed array, ...
 */
export function canonicalJson(value: unknown, place = 'the value'): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => canonicalJson(item, `${place}[${index}]`)).join()}]`;
  }
  if (isPlainObject(value)) {
    const entries = Object.keys(value)
      .toSorted()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key], `${place}.${key}`)}`);
    return `{${entries.join()}}`;
  }
  throw new TypeError(
    `${place} is no plain JSON: ${typeof value === 'object' ? 'an object of a class' : String(value)}.`,
  );
}

/** Whether two values are the same JSON. */
export function sameJson(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/**
 * The values at `path`, where there are any. A list on the way stands for all of its items, unless an index follows:
 * `select.bits` is of every layer's selector, `select.0.bits` of the first one's.
 */
export function valuesAt(config: Json, path: string): Json[] {
  let found: Json[] = [config];
  for (const name of path.split('.')) found = found.flatMap((value) => childrenOf(value, name));
  return found;
}

/**
 * A copy of `config` with `value` wherever `path` leads, see {@link valuesAt}.
 *
 * @returns `undefined` if it leads nowhere.
 */
export function withValueAt(config: Config, path: string, value: Json): Config | undefined {
  return replaced(config, path.split('.'), value) as Config | undefined;
}

/** The paths of all parts of `config`, objects before their members; lists of objects are gone into as one. */
export function pathsOf(config: Json, before = ''): string[] {
  if (Array.isArray(config)) {
    return [...new Set((config as readonly Json[]).flatMap((item) => pathsOf(item, before)))];
  }
  if (!isPlainObject(config)) return [];
  return Object.entries(config).flatMap(([key, value]) => [
    `${before}${key}`,
    ...pathsOf(value as Json, `${before}${key}.`),
  ]);
}

function childrenOf(value: Json, name: string): Json[] {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    if (/^\d+$/.test(name)) return list.slice(Number(name), Number(name) + 1);
    return list.flatMap((item) => childrenOf(item, name));
  }
  return isPlainObject(value) && Object.hasOwn(value, name) ? [value[name] as Json] : [];
}

function replaced(value: Json, [name = '', ...rest]: readonly string[], to: Json): Json | undefined {
  const child = (of: Json): Json | undefined => (rest.length === 0 ? to : replaced(of, rest, to));
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const index = /^\d+$/.test(name) ? Number(name) : undefined;
    const items = list.map((item, at) =>
      index === undefined ? replaced(item, [name, ...rest], to) : at === index ? child(item) : undefined,
    );
    if (items.every((item) => item === undefined)) return undefined;
    return items.map((item, at) => (item === undefined ? (list[at] as Json) : item));
  }
  if (!isPlainObject(value) || !Object.hasOwn(value, name)) return undefined;
  const changed = child(value[name] as Json);
  return changed === undefined ? undefined : { ...(value as Config), [name]: changed };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
