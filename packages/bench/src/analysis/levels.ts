/** Levels of a factor as numbers. */

/** A level as a number: `8,000`, `0.05`, `2.5 %`, `1e-3`; `null` for a name. */
export function levelNumber(level: string): number | null {
  const digits = level.replaceAll(',', '').replace(/ ?%$/, '').trim();
  return digits === '' || !Number.isFinite(Number(digits)) ? null : Number(digits);
}
