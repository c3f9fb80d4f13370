/** Tries every use of an object that was closed: methods and getters, as reflection finds them. */

/** What a closed object still does: closing it again, and saying that it is. `constructor` is no use of it. */
const ALLOWED: readonly PropertyKey[] = ['constructor', 'close', 'closed', Symbol.dispose];

/**
 * The uses that do not throw `message`, of all methods and getters of the object and its prototypes. Methods are called
 * without arguments: that it is closed is the first thing that they find.
 * @param except names that are left out: protected methods, and what is allowed after `close`.
 */
export async function usesWithout(
  message: string,
  closed: object,
  except: readonly string[] = [],
): Promise<string[]> {
  const found: string[] = [];
  for (const name of namesOf(closed)) {
    if (ALLOWED.includes(name) || except.includes(String(name))) continue;
    try {
      await use(closed, name);
      found.push(String(name));
    } catch (error) {
      if ((error as Error).message !== message) found.push(`${String(name)}: ${(error as Error).message}`);
    }
  }
  return found;
}

/** The classes among the values that have a method `[Symbol.dispose]`: each of them owns something. */
export function ownersAmong(values: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(values).filter((name) => {
    const value = values[name];
    return typeof value === 'function' && value.prototype && Symbol.dispose in value.prototype;
  });
}

/** Own functions, and all methods and getters of prototypes. Plain fields answer for ever. */
function namesOf(object: object): Set<PropertyKey> {
  const names = new Set<PropertyKey>();
  for (let at = object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Reflect.ownKeys(at)) {
      const property = Object.getOwnPropertyDescriptor(at, name);
      if (property?.get || typeof property?.value === 'function') names.add(name);
    }
  }
  return names;
}

async function use(object: object, name: PropertyKey): Promise<void> {
  const value = (object as Record<PropertyKey, unknown>)[name];
  if (typeof value === 'function') await (value.call(object) as unknown);
}
