/** What counts of different work are worth in one unit, so that they can be added and compared. */
import type { Cost } from '../engine/record.ts';
import { COST_COUNTS } from '../engine/record.ts';

/**
 * How many multiply-adds one of each count is worth. A multiply-add of a long dot product is one lane of a vector
 * instruction; what reads memory here and there, or branches, has no lanes.
 *
 * - A comparison is one lane of a scan, as a multiply-add is.
 * - An addition takes the same instructions as a multiply-add.
 * - A word of 64 bits is an exclusive or and a population count, as wide as two lanes of floats.
 * - An entry of a bucket is read from memory that no prefetcher foresees, and counted in a table of collisions.
 */
export const COST_WEIGHTS: Cost = { multiplyAdds: 1, comparisons: 1, additions: 1, words: 2, entries: 8 };

/** The counts in multiply-adds, by {@link COST_WEIGHTS}. */
export function weighted(cost: Cost): number {
  return COST_COUNTS.reduce((sum, name) => sum + cost[name] * COST_WEIGHTS[name], 0);
}

/** All parts together, in multiply-adds. */
export function totalWork(parts: Readonly<Record<string, Cost>>): number {
  return Object.values(parts).reduce((sum, cost) => sum + weighted(cost), 0);
}
