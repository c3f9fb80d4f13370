/** How often each class occurs, as a parameter of selectors. */

/** @throws {RangeError} unless there is a number of 0 or more for each unit; above 0 if `positive`. */
export function checkFrequencies(
  kind: string,
  frequencies: readonly number[],
  units: number,
  positive: boolean,
): void {
  if (!Array.isArray(frequencies) || frequencies.length !== units) {
    const got = Array.isArray(frequencies) ? frequencies.length : String(frequencies);
    throw new RangeError(
      `${kind}: frequencies are numbers, one for each of the layer's ${units} units; got ${got}.`,
    );
  }
  const wrong = frequencies.findIndex((f) => !(f < Infinity && (positive ? f > 0 : f >= 0)));
  if (wrong < 0) return;
  throw new RangeError(
    `${kind}: a frequency is ${positive ? 'above 0' : '0 or more'}; that of class ${wrong} is ${frequencies[wrong]}.` +
      (positive ? ' Give classes that never occur a small one.' : ''),
  );
}

/** The weights by which classes are drawn: frequency^power. Relative to the largest, so that no power overflows. */
export function weightsOf(frequencies: readonly number[], power: number): number[] {
  const largest = frequencies.reduce((most, f) => Math.max(most, f), 0);
  return frequencies.map((f) => (f / largest) ** power);
}
