/** Options that come from plain JavaScript: one whose name is not known would silently do nothing. */

/**
 * `defaults`, and what `options` say in their place.
 * @param who whose options they are, as messages call it.
 * @throws {TypeError} that names an option that there is not, and those that there are.
 */
export function filled<D extends object, O extends object>(who: string, defaults: D, options: O): D & O {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [key] of given) refuseUnknown(who, 'option', key, Object.keys(defaults));
  return { ...defaults, ...(Object.fromEntries(given) as O) };
}

/** @throws {TypeError} unless `key`, a `kind` of `who`, is among the known ones. */
export function refuseUnknown(who: string, kind: string, key: string, known: readonly string[]): void {
  if (known.includes(key)) return;
  throw new TypeError(`${who} has no ${kind} "${key}"; there are ${known.join(', ')}.`);
}
