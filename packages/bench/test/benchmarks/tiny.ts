/** What the tests of the benchmarks share. */
import { expect } from 'vitest';
import { benchTable, figureValue } from '../../src/benchmarks/lib/result.ts';
import type { BenchResult } from '../../src/benchmarks/lib/result.ts';
import type { WideSize } from '../../src/benchmarks/wide/task.ts';

/** A wide task that takes milliseconds. */
export const TINY: WideSize = {
  train: 64,
  test: 16,
  features: 300,
  hidden: 8,
  labels: 100,
  active: 40,
  batchSize: 16,
};
/** The figures' values alone. */
export function valuesOf({ figures }: Pick<BenchResult, 'figures'>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, figureValue(figure)]));
}

/** The figures are named so and finite, and the table shows them. */
export function expectFigures(result: BenchResult, names: readonly string[]): void {
  expect(Object.keys(result.figures).toSorted()).toEqual([...names].toSorted());
  for (const figure of Object.values(result.figures)) {
    expect(figureValue(figure)).toBeGreaterThan(0);
    if (typeof figure === 'number') continue;
    expect(figure.low).toBeLessThanOrEqual(figure.median);
    expect(figure.high).toBeGreaterThanOrEqual(figure.median);
  }
  const table = benchTable(result);
  for (const name of names) expect(table).toMatch(new RegExp(`${name} = \\d`));
  expect(table).not.toMatch(/NaN|Infinity|undefined/);
}
