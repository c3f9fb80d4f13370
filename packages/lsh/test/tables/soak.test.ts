import { Arena, Team } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import { soak } from '../soak.ts';

test('100,000 edits and queries answer as a search through all items, in memory that does not grow', () => {
  const team = Team.single(new Arena());
  // The scratch of the team stays.
  soak({ operations: 200, seed: 1, team });
  const { usedBytes, bytes } = team.arena;
  const report = soak({ operations: 100_000, seed: 2, team });
  expect(team.arena.usedBytes).toBe(usedBytes);
  expect(team.arena.bytes).toBe(bytes);
  expect(report.queries).toBeGreaterThan(35_000);
  expect(report.found).toBeGreaterThan(1_000_000);
  expect(report.reloads).toBe(1);
});
