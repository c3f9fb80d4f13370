import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { withFailure } from '../../../../testing/full-memory.ts';
import { LshIndex } from '../../src/index.ts';
import { expectAgreement } from './laws.ts';
import { METRICS } from './oracle.ts';
import { DIMENSIONS, Pair, smallFamily } from './pair.ts';

describe.each(METRICS)('an index of %s', (metric) => {
  test('is a map that is asked for what collides, whatever comes, goes and is saved', () => {
    const pair = new Pair({ metric }, 3);
    for (let step = 0; step < 120; step++) {
      pair.step(step % 40 === 20 ? 5000 : 50);
      pair.agree();
    }
    expect(pair.index.size).toBeGreaterThan(100);
    pair.index.close();
  });

  test('whose allocations fail, one after the other, is as it was, and gives everything back', () => {
    const arena = new Arena({ shared: false, capacity: 2 ** 22 });
    const team = Team.single(arena);
    const options = { dimensions: DIMENSIONS, metric, family: smallFamily(metric), team };
    let failures = failEach(arena, () => new LshIndex(options).close());
    const pair = new Pair({ metric, team }, 1);
    const agree = (): void => pair.agree();
    // The last ones make the bound of inner products outgrown, so that everything is hashed anew.
    for (const flat of [pair.draw(40), pair.draw(1), pair.draw(300), pair.draw(2, 50)]) {
      failures += failEach(arena, () => pair.add(flat), agree);
    }
    const longer = pair.draw(30, 1000);
    failures += failEach(arena, () => pair.update([...Array(30).keys()], longer), agree);
    const queries = pair.draw(9);
    failures += failEach(
      arena,
      () => pair.index.queryBatch(queries, { limit: 5, probes: 2, candidates: 4 }),
      agree,
    );
    // Removals take nothing.
    expect(withFailure(arena, 0, () => pair.remove([3, 4, 5]), Infinity)).toBe(false);
    agree();
    const bytes = pair.index.toBytes();
    failures += failEach(arena, () => LshIndex.load(bytes, { team }).close(), agree);
    pair.index.close();
    team[Symbol.dispose]();
    expect(failures).toBeGreaterThan(20);
    expect(arena.usedBytes).toBe(0);
  });
});

test.each([4, 9, 14, 19])(
  'an index in a memory of %i pages that is full goes on when there is room',
  (pages) => {
    const team = Team.single(new Arena({ shared: false, capacity: pages * 65_536 }));
    const pair = new Pair({ metric: 'cosine', team }, pages);
    for (let full = 1; full <= 4; full++) {
      expect(() => {
        for (let step = 0; ; step++) pair.add(pair.draw(step % 2 ? 1 : 200));
      }).toThrow(/No room/);
      pair.remove(pair.model.ids().slice(0, 10 * full));
      // Places that became free need no memory but that of hashing a vector.
      pair.add(pair.draw(1));
      using copy = LshIndex.load(pair.index.toBytes());
      expectAgreement(copy, pair.model, pair.draw(1));
    }
  },
);

/** Runs it with more and more allocations until it needs no more; how often it failed. `check` comes after each time. */
function failEach(arena: Arena, run: () => void, check: () => void = () => undefined): number {
  for (let before = 0; ; before++) {
    const failed = withFailure(arena, before, run, Infinity);
    check();
    if (!failed) return before;
  }
}
