import { expect, it } from 'vitest';
import { activationsTable } from '../src/activations-command.ts';
import { type ActivationRow, activationStudy } from '../src/activations.ts';

it('asks both layers before and after training, and finds more than chance', async () => {
  const rows = await activationStudy({ units: 100, epochs: 1, samples: 20 });
  // 2 times 2 layers, 6 ways of 3 searches and one of 2, 4 percentages.
  expect(rows).toHaveLength(2 * 2 * (6 * 3 + 2) * 4);
  // The best candidates by collisions are among more of them, so that each search of tables finds what the one before it did.
  const searches = Map.groupBy(
    rows.filter(({ way }) => way !== 'signatures'),
    ({ way, trained, layer, percent }) => [way, trained, layer, percent].join(),
  );
  expect(searches.size).toBe(2 * 2 * 6 * 4);
  for (const own of searches.values()) {
    for (const of of ['recall', 'mass', 'examined'] as const) {
      const shares = own.map((row) => row[of]);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    }
    // As many as are wanted, where tables give them.
    for (const [i, { examined }] of own.entries())
      expect(examined).toBeLessThan(([0.05, 0.1, 0.25][i] as number) + 1e-9);
  }
  // Signatures read all of so small a layer.
  for (const way of ['no transform, simHash', 'simpleLsh, simHash', 'simpleLsh, crossPolytope']) {
    const own = rows.filter((row) => row.way === way);
    const mean = (of: (row: ActivationRow) => number): number =>
      own.reduce((sum, row) => sum + of(row), 0) / own.length;
    expect(mean(({ recall }) => recall)).toBeGreaterThan(1.1 * mean(({ examined }) => examined));
  }
  expect(activationsTable(rows)).toMatch(/trained, layer 2: signatures, slack 1 .*\d+ \/ \d+ \/ \d+/);
}, 60_000);
