import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
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
    const failing = new FailingArena(arena);
    const team = Team.single(arena);
    failing.retry(() => {
      using index = new LshIndex({ dimensions: DIMENSIONS, metric, family: smallFamily(metric), team });
      return index;
    });
    const pair = new Pair({ metric, team }, 1);
    const agree = (): void => pair.agree();
    // The last ones make the bound of inner products outgrown, so that everything is hashed anew.
    for (const flat of [pair.draw(40), pair.draw(1), pair.draw(300), pair.draw(2, 50)]) {
      failing.retry(() => pair.add(flat), agree);
    }
    const longer = pair.draw(30, 1000);
    failing.retry(() => pair.update([...Array(30).keys()], longer), agree);
    const queries = pair.draw(9);
    failing.retry(() => pair.index.queryBatch(queries, { limit: 5, probes: 2, candidates: 4 }), agree);
    // Removals take nothing.
    failing.without(() => pair.remove([3, 4, 5]));
    agree();
    const bytes = pair.index.toBytes();
    failing.retry(() => LshIndex.load(bytes, { team }).close(), agree);
    pair.index.close();
    team[Symbol.dispose]();
    expect(failing.refused).toBeGreaterThan(20);
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

/** Makes an arena refuse arrays. */
class FailingArena {
  /** Arrays that it refused. */
  refused = 0;
  #left = Infinity;

  constructor(arena: Arena) {
    for (const name of ['float32', 'int32', 'uint32', 'uint8'] as const) {
      const allocate = arena[name].bind(arena) as (length: number) => never;
      Object.assign(arena, {
        [name]: (length: number) => {
          if (this.#left-- > 0) return allocate(length);
          this.refused++;
          throw new RangeError('No room (made up).');
        },
      });
    }
  }

  /** Runs it without an allocation. */
  without(run: () => void): void {
    this.#left = 0;
    try {
      run();
    } finally {
      this.#left = Infinity;
    }
  }

  /** Runs it with more and more allocations until it succeeds; `check` is called after each time. */
  retry(run: () => void, check: () => void = () => undefined): void {
    for (let allowed = 0, done = false; !done; allowed++) {
      this.#left = allowed;
      try {
        run();
        done = true;
      } catch (error) {
        if (!(error as Error).message.includes('No room (made up)')) throw error;
      } finally {
        this.#left = Infinity;
      }
      check();
    }
  }
}
