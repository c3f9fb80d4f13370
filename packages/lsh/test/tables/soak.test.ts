import { Arena, Team } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import { soak } from '../soak.ts';
import type { ModelKind } from '../table-models.ts';

/** Team on the smallest memory in which tables can be asked, and loaded beside those that were saved; but for one page. */
function tight(kind: ModelKind, items: number): Team {
  for (let capacity = 2 ** 16; ; capacity += 2 ** 16) {
    const team = Team.single(new Arena({ shared: false, capacity: capacity + 2 ** 16 }));
    const page = team.arena.uint8(2 ** 16);
    try {
      soak({ operations: 4100, seed: 2, team, kind, items });
      team.arena.free(page);
      return team;
    } catch (error) {
      if (!(error as Error).message.includes('No room')) throw error;
    }
  }
}

test.each([
  ['editable', 60_000, 1000],
  ['built', 4100, 200],
  ['fifo', 30_000, 1000],
  ['reservoir', 15_000, 1000],
] as const)(
  '%s tables: %d edits and queries answer as plain lists, in memory that just fits',
  (kind, operations, items) => {
    const team = tight(kind, items);
    const { usedBytes } = team.arena;
    const report = soak({ operations, seed: 2, team, kind, items });
    // The scratch of the team stays.
    expect(team.arena.usedBytes).toBe(usedBytes);
    expect(report.queries).toBeGreaterThan(operations / 2);
    expect(report.found).toBeGreaterThan(operations);
    expect(report.reloads).toBe(Math.floor(operations / 2000));
    const verbs = {
      editable: ['build', 'clear', 'insert', 'remove', 'update'],
      built: ['build', 'clear'],
      fifo: ['build', 'clear', 'insert'],
      reservoir: ['build', 'clear', 'insert'],
    };
    expect(Object.keys(report.edits).toSorted()).toEqual(verbs[kind]);
  },
);
