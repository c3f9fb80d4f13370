/** Recalls at rising efforts, and what it costs to reach one of them. */

/**
 * What the least effort that reaches a recall costs, by name of the metric; nothing if no effort does.
 *
 * @param recall at rising efforts.
 * @param costs what each effort costs, by name: metrics are called after it, `examined` gives `examinedAtGoal`.
 */
export function costsAtGoal(
  recall: readonly number[],
  goal: number,
  costs: Readonly<Record<string, readonly number[]>>,
): Record<string, number> {
  const place = recall.findIndex((value) => value >= goal);
  if (place < 0) return {};
  return Object.fromEntries(
    Object.entries(costs).map(([name, list]) => [`${name}AtGoal`, list[place] as number]),
  );
}

/** The highest recall of the efforts that cost no more than `most`; `undefined` if all cost more. */
export function recallWithin(
  recall: readonly number[],
  cost: readonly number[],
  most: number,
): number | undefined {
  const affordable = recall.filter((_, i) => (cost[i] as number) <= most);
  return affordable.length === 0 ? undefined : Math.max(...affordable);
}

/** @throws {RangeError} for one that is no share above 0, by name. */
export function checkShares(shares: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(shares)) {
    if (typeof value === 'number' && value > 0 && value <= 1) continue;
    throw new RangeError(`${name} is a share above 0 and up to 1; got ${JSON.stringify(value)}.`);
  }
}
