/** What rising efforts find, and what it costs to find a share. */

/**
 * What it costs to reach each goal, by name of the metric: the cost `work` gives `workAt80` for the goal 0.8. Between the effort
 * that reaches a goal first and the one before, the cost's logarithm is interpolated; nothing is told of a goal that no effort reaches.
 * The first effort's cost is told for all that it reaches, which less effort might, too.
 *
 * @param found the share that is found, at rising efforts.
 * @param costs what each effort costs, by name; above 0.
 */
export function costsAt(
  found: readonly number[],
  goals: readonly number[],
  costs: Readonly<Record<string, readonly number[]>>,
): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const goal of goals) {
    const place = found.findIndex((share) => share >= goal);
    if (place < 0) continue;
    const [before, reached] = [found[place - 1] ?? goal, found[place] as number];
    const part = reached > before ? (goal - before) / (reached - before) : 1;
    for (const [name, list] of Object.entries(costs)) {
      const [less, most] = [list[place - 1] ?? (list[place] as number), list[place] as number];
      metrics[`${name}At${Math.round(100 * goal)}`] = less * (most / less) ** part;
    }
  }
  return metrics;
}

/** The greatest share that efforts find which cost no more than `most`; `undefined` if all cost more. */
export function foundWithin(
  found: readonly number[],
  cost: readonly number[],
  most: number,
): number | undefined {
  const affordable = found.filter((_, i) => (cost[i] as number) <= most);
  return affordable.length === 0 ? undefined : Math.max(...affordable);
}

/** @throws {RangeError} for one that is no share above 0, by name. */
export function checkShares(shares: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(shares)) {
    if (typeof value === 'number' && value > 0 && value <= 1) continue;
    throw new RangeError(`${name} is a share above 0 and up to 1; got ${JSON.stringify(value)}.`);
  }
}
