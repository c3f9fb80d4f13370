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

/** @throws {RangeError} unless `goal` is a share above 0. */
export function checkGoal(goal: unknown): void {
  if (typeof goal === 'number' && goal > 0 && goal <= 1) return;
  throw new RangeError(`goal is a recall above 0 and up to 1; got ${JSON.stringify(goal)}.`);
}
