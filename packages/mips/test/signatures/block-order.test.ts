import { Arena, Team } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import { overwriteFree, withFailure } from '../../../../testing/full-memory.ts';
import { BlockOrder } from '../../src/signatures/block-order.ts';

const STRIDE = 16;
const NUMBERS = [3, 5, 8, 9];

/** What kernels read. */
function seen({ groups, fields }: BlockOrder): unknown {
  const { bands, starts, members, centres } = groups.fields;
  return [
    Array.from(bands.subarray(0, 3)),
    Array.from(starts.subarray(0, 3)),
    Array.from(members.subarray(0, 4)),
    Array.from(centres.subarray(0, 2 * STRIDE)),
    Array.from(fields.bands.subarray(0, 3)),
    Array.from(fields.order.subarray(0, 5)),
  ];
}

test.each<[string, (order: BlockOrder) => void]>([
  ['blocks and bands', (order) => order.reserve(1000, 70)],
  ['groups', (order) => order.reserveGroups(90)],
])(
  'where there is no room for more %s, kernels read what they did, in memory that is theirs',
  (_, reserve) => {
    const team = Team.single(new Arena());
    const used = team.arena.usedBytes;
    for (let before = 0; ; before++) {
      const order = new BlockOrder(team, STRIDE);
      order.reserve(5, 2);
      order.reserveGroups(2);
      const centres = Float32Array.from({ length: 2 * STRIDE }, (_value, i) => i);
      const of = new Map(NUMBERS.map((number, i) => [number, i % 2]));
      order.set([{ blocks: NUMBERS, grouping: { count: 2, centres, of, due: 9 } }, { blocks: [7] }]);
      const was = seen(order);
      expect(was).toEqual([[0, 2, 2], [0, 2, 4], [3, 8, 5, 9], [...centres], [0, 4, 5], [...NUMBERS, 7]]);
      const failed = withFailure(team.arena, before, () => reserve(order));
      overwriteFree(team.arena);
      expect(seen(order)).toEqual(was);
      order[Symbol.dispose]();
      expect(team.arena.usedBytes).toBe(used);
      if (!failed) break;
    }
    team.close();
  },
);
