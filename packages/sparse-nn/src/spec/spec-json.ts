/** Network specs from outside: a file, a command line. */
import { checkNetwork, type NetworkSpec } from './spec.ts';

/**
 * The spec that JSON text, or what was parsed of it, holds.
 * @throws {SyntaxError} if the text is no JSON.
 * @throws {TypeError} if it is not of the form of a spec, saying where. @throws {RangeError} if it cannot be built.
 */
export function specFromJson(json: unknown): NetworkSpec {
  const spec = (typeof json === 'string' ? JSON.parse(json) : json) as NetworkSpec;
  checkNetwork(spec);
  return spec;
}
