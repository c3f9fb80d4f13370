/** Tries every use of an index that was closed: methods and getters, as reflection finds them. */
import type { VectorIndex } from '../src/index.ts';

/** What is no use: it is for subclasses, or closes the index again. */
const NONE: readonly PropertyKey[] = [
  'constructor',
  'close',
  'release',
  'checkOpen',
  'closed',
  'checkIdle',
  'described',
  'resolve',
  'set',
  'replaceSet',
  'restore',
  'searchSet',
  'lengthsOfQuery',
];

/** The uses that do not say that the index is closed, whatever they are called with. */
export async function usesOf(index: VectorIndex<never>): Promise<string[]> {
  const found: string[] = [];
  for (let at: object = index; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const { get, value } = Object.getOwnPropertyDescriptor(at, name) ?? {};
      if (NONE.includes(name) || !(get || typeof value === 'function')) continue;
      try {
        const got = (index as unknown as Record<string, unknown>)[name];
        if (typeof got === 'function') await (got.call(index, new Float32Array(4), 1) as unknown);
        found.push(name);
      } catch (error) {
        if ((error as Error).message !== 'This index is closed.') found.push(`${name}: ${String(error)}`);
      }
    }
  }
  return found;
}
