import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test, vi } from 'vitest';
import { fillArena, withHeapFailure } from '../../../../testing/full-memory.ts';
import { MinHashIndex, type SetId } from '../../src/index.ts';

const set = (i: number): number[] => Array.from({ length: 60 }, (_, j) => 10 * i + j);
const sets = (from: number, to: number): number[][] =>
  Array.from({ length: to - from }, (_, i) => set(from + i));

/** Sets in an index, with places between them that are free. */
function withPlaces(index: MinHashIndex): MinHashIndex {
  index.addAll(sets(0, 16));
  index.remove(4);
  index.remove(7);
  return index;
}

/** Does `use` where every Map is full when `full` is to be put in. */
function withFullMap(full: SetId, use: () => void): void {
  const { set: put } = Map.prototype;
  const spy = vi.spyOn(Map.prototype, 'set').mockImplementation(function (
    this: Map<unknown, unknown>,
    key,
    value,
  ) {
    if (key === full) throw new RangeError('Map maximum size exceeded');
    return put.call(this, key, value);
  });
  try {
    use();
  } finally {
    spy.mockRestore();
  }
}

describe.each(['sets', 'signatures'] as const)('allocations that fail, %s kept', (keep) => {
  const options = { threshold: 0.5, keep };
  const team = Team.single(new Arena());
  const other = new MinHashIndex<number | string>({ ...options, team });
  other.addAll(
    sets(300, 330),
    sets(300, 330).map((_, i) => `other ${i}`),
  );

  test.each<[string, (index: MinHashIndex) => void]>([
    ['add', (index) => void index.add(set(1))],
    ['addAll', (index) => void index.addAll(sets(200, 230))],
    [
      'update',
      (index) =>
        index.update(
          3,
          Array.from({ length: 5000 }, (_, i) => i),
        ),
    ],
    ['merge', (index) => index.merge(other)],
  ])('%s happens wholly or not at all', (_, change) => {
    let failures = 0;
    for (let nth = 0; ; nth++) {
      using index = new MinHashIndex({ ...options, team });
      // As many as there is room for, so that the next one needs more.
      index.addAll(sets(0, 16));
      index.remove(15);
      index.add(set(15));
      const before = index.toBytes();
      const found = index.query(set(5), { threshold: 0.1 });
      const failed = withHeapFailure(nth, () => change(index));
      if (!failed) break;
      failures++;
      expect(index.toBytes()).toEqual(before);
      expect(index.query(set(5), { threshold: 0.1 })).toEqual(found);
      // What failed goes well the next time, and gives what it would have given.
      change(index);
      using fresh = new MinHashIndex({ ...options, team });
      fresh.addAll(sets(0, 16));
      fresh.remove(15);
      fresh.add(set(15));
      change(fresh);
      expect(index.toBytes()).toEqual(fresh.toBytes());
      expect([...index.pairs()]).toEqual([...fresh.pairs()]);
    }
    expect(failures).toBeGreaterThan(3);
  });

  test.each<[string, (index: MinHashIndex) => void, SetId[]]>([
    ['add', (index) => void index.add(set(1)), [16]],
    ['addAll', (index) => void index.addAll(sets(200, 204)), [16, 17, 18, 19]],
    ['addAll with ids', (index) => void index.addAll(sets(200, 203), ['a', 90, 'b']), ['a', 90, 'b']],
    ['merge', (index) => index.merge(other), ['other 0', 'other 9', 'other 29']],
  ])('%s happens not at all if a Map has no room for an id', (_, change, fulls) => {
    for (const full of fulls) {
      using index = withPlaces(new MinHashIndex({ ...options, team }));
      using fresh = withPlaces(new MinHashIndex({ ...options, team }));
      const before = index.toBytes();
      const pairs = [...index.pairs(0.1)];
      withFullMap(full, () => {
        expect(() => change(index)).toThrow(/^There is no room for \d+ sets? beside the 14 there are\.$/);
      });
      expect(index.toBytes()).toEqual(before);
      expect(index.size).toBe(14);
      expect([...index.pairs(0.1)]).toEqual(pairs);
      for (const each of [index, fresh]) change(each);
      expect(index.toBytes()).toEqual(fresh.toBytes());
      expect([...index.pairs(0.1)]).toEqual([...fresh.pairs(0.1)]);
    }
  });

  test('an arena that is too small refuses the index, and one that is full does not hinder it', () => {
    const small = Team.single(new Arena({ shared: false, capacity: 3 * 2 ** 18 }));
    const used = small.arena.usedBytes;
    const index = new MinHashIndex({ ...options, team: small });
    expect(() => new MinHashIndex({ ...options, team: small })).toThrow(/^No room for an array of/);
    fillArena(small.arena, 0);
    index.addAll(sets(0, 3000));
    index.add(Array.from({ length: 100_000 }, (_, i) => i));
    expect(index.query(set(2000))[0]).toEqual({ id: 2000, similarity: 1 });
    index.close();
    expect(small.arena.usedBytes).toBeGreaterThanOrEqual(used);
    new MinHashIndex({ ...options, team: small }).close();
  });
});
