import { Arena, Team } from '@hashgrad/kernels';
import { LshIndex, simHash } from '@hashgrad/lsh';
import { expect, test } from 'vitest';
import { ExactIndex, MipsIndex } from '../../src/index.ts';

test('an index on a closed team is refused when it is made, not when it is asked', () => {
  using arena = new Arena();
  const team = Team.single(arena);
  team.close();
  const family = simHash({ bits: 2, tables: 3 });
  for (const make of [
    () => new ExactIndex({ dimensions: 4, team }),
    () => new MipsIndex({ dimensions: 4, team, family }),
    () => new LshIndex({ dimensions: 4, team, family, metric: 'cosine' }),
  ]) {
    expect(make).toThrow('The team is closed: an index needs one that is not.');
  }
});
