/** Specs in the configs of layers. tfjs rewrites their keys and values between camelCase and snake_case, which would change a spec. */

/** A spec as text that tfjs leaves as it is: JSON in which capital letters and underscores are escaped. */
export function toConfigText(spec: object): string {
  return JSON.stringify(spec).replace(
    /[A-Z_]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The spec again; what is none yet stays. @throws {SyntaxError} for text that is no JSON. */
export function fromConfigText<T extends object>(given: T | string): T {
  return typeof given === 'string' ? (JSON.parse(given) as T) : given;
}
