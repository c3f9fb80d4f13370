import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PairsFields } from '../../src/index.ts';
import { Arena, RowPairs, Team } from '../../src/index.ts';
import { commonEnds, orderPairs, sortPairs } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { lists, randomOf } from '../data.ts';
import type { Lists, Random } from '../data.ts';
import { Memory } from '../memory.ts';

/** What `pairs` made of the lists. */
function sorted(team: Team, pairs: RowPairs, { offsets, ids }: Lists): PairsFields {
  const { arena } = team;
  const given = [arena.int32(offsets.length), arena.int32(ids.length)] as const;
  given[0].set(offsets);
  given[1].set(ids);
  pairs.sort(...given, offsets.length - 1);
  for (const view of given) arena.free(view);
  const [rowsAt, startsAt, positionsAt, samplesAt, tilesAt] = pairs.record;
  const copy = (at: number, length: number): Int32Array =>
    new Int32Array(arena.memory.buffer, at, length).slice();
  const rows = copy(rowsAt, pairs.visited);
  expect(pairs.rows).toEqual(rows.toSorted());
  return {
    rows,
    starts: copy(startsAt, pairs.visited + 1),
    positions: copy(positionsAt, ids.length),
    samples: copy(samplesAt, ids.length),
    tiles: tilesAt ? copy(tilesAt, pairs.visited) : undefined,
  };
}

/** Distinct rows for each of `batch` samples, drawn from `rows`: too many for `lists`. */
function wideLists(seed: number, batch: number, rows: number, length: number): Lists {
  const random = randomOf(seed);
  const all = Array.from({ length: batch }, () => [
    ...new Set(Array.from({ length }, () => random.integer(rows))),
  ]);
  const offsets = new Int32Array(batch + 1);
  for (const [s, list] of all.entries()) offsets[s + 1] = offsets[s] + list.length;
  return { offsets, ids: Int32Array.from(all.flat()) };
}

/** Lists of some rows of a sample's own, up to `own`, and then `common` rows that `shared` samples in a row have alike. */
function alikeLists(
  random: Random,
  batch: number,
  rows: number,
  { shared, common, own }: { readonly shared: number; readonly common: number; readonly own: number },
): Lists {
  const all = Array.from({ length: batch }, () => new Array<number>());
  for (let first = 0; first < batch; first += shared) {
    const drawn = [...new Set(Array.from({ length: common }, () => random.integer(rows)))];
    for (const list of all.slice(first, first + shared)) {
      const others = Array.from({ length: random.integer(own + 1) }, () => random.integer(rows));
      list.push(...new Set(others.filter((row) => !drawn.includes(row))), ...drawn);
    }
  }
  const offsets = new Int32Array(batch + 1);
  for (const [s, list] of all.entries()) offsets[s + 1] = offsets[s] + list.length;
  return { offsets, ids: Int32Array.from(all.flat()) };
}

describe.each(BUILDS)('RowPairs, $name', (build) => {
  const arena = arenaOf(build);
  const team = Team.single(arena);

  const cases = fc.record({
    seed: seeds,
    rows: fc.oneof(
      fc.integer({ min: 1, max: 130 }),
      fc.integer({ min: 250, max: 1200 }),
      fc.integer({ min: 4090, max: 4200 }),
    ),
    batch: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 11, max: 60 })),
  });

  test('sorts as the reference does, again and again', () => {
    check(cases, ({ seed, rows, batch }) => {
      using pairs = new RowPairs(team, rows, 40 * batch);
      for (const each of [seed, seed + 1]) {
        const choices = lists(randomOf(each), batch, rows, 40);
        const expected = sortPairs(choices.offsets, choices.ids);
        expect(sorted(team, pairs, choices)).toEqual(orderPairs(expected));
      }
    });
  });

  const alike = fc.record({
    seed: seeds,
    rows: fc.oneof(fc.integer({ min: 41, max: 130 }), fc.integer({ min: 4090, max: 4200 })),
    batch: fc.integer({ min: 0, max: 70 }),
    // From a few rows that some samples have in common to lists that are all alike.
    shared: fc.oneof(fc.constant(16), fc.integer({ min: 1, max: 70 })),
    common: fc.integer({ min: 0, max: 40 }),
    own: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10 })),
  });

  test('sorts lists that end alike as the reference does', () => {
    check(alike, ({ seed, rows, batch, shared, common, own }) => {
      using pairs = new RowPairs(team, rows, 50 * batch);
      for (const each of [seed, seed + 1]) {
        const choices = alikeLists(randomOf(each), batch, rows, { shared, common, own });
        expect(sorted(team, pairs, choices)).toEqual(orderPairs(sortPairs(choices.offsets, choices.ids)));
        expect(pairs.count).toBe(choices.ids.length);
      }
    });
  });

  test('commonEnds tells how many rows the lists of a tile end with alike', () => {
    check(alike, ({ seed, rows, batch, shared, common, own }) => {
      const { offsets, ids } = alikeLists(randomOf(seed), batch, rows, { shared, common, own });
      using memory = new Memory(arena);
      const tiles = Math.ceil(batch / 16);
      const found = memory.int32(new Int32Array(tiles).fill(-1));
      const at = [memory.at(found), memory.at(memory.int32(offsets)), memory.at(memory.int32(ids))] as const;
      arena.kernels.commonEnds(...at, batch, 0, tiles);
      memory.check();
      expect(found).toEqual(commonEnds(offsets, ids));
    });
  });

  test('what a tile has in common is sorted once', () => {
    const choices = alikeLists(randomOf(1), 64, 5000, { shared: 16, common: 30, own: 2 });
    const counted: number[] = [];
    const run = team.run.bind(team);
    const watched = Object.assign(Object.create(team) as Team, {
      run: (...args: Parameters<Team['run']>) => {
        run(...args);
        if (args[0] !== 'countPairs') return;
        const [histogram, , , , , chunks, , buckets] = args[1] as number[];
        counted.push(
          new Int32Array(arena.memory.buffer, histogram, chunks * buckets).reduce((a, b) => a + b),
        );
      },
    });
    using pairs = new RowPairs(watched, 5000, choices.ids.length);
    sorted(team, pairs, choices);
    expect(counted).toEqual([choices.ids.length - 4 * 15 * 30]);
  });

  test('keeps the pairs of a row in the order of samples', () => {
    const choices = { offsets: Int32Array.of(0, 2, 2, 4, 5), ids: Int32Array.of(2, 0, 0, 2, 2) };
    using pairs = new RowPairs(team, 4, 5);
    expect(sorted(team, pairs, choices)).toEqual({
      rows: Int32Array.of(0, 2),
      starts: Int32Array.of(0, 2, 5),
      positions: Int32Array.of(1, 2, 0, 3, 4),
      samples: Int32Array.of(0, 2, 0, 2, 3),
    });
  });

  test('gives its memory back', () => {
    const before = arena.usedBytes;
    new RowPairs(team, 1000, 500)[Symbol.dispose]();
    expect(arena.usedBytes).toBe(before);
  });
});

describe('RowPairs of many rows and pairs', () => {
  const [rows, batch, length] = [3_000_000, 64, 500];

  test.each([1, 2, 3])('sorts as the reference does on %i threads', async (threads) => {
    using arena = new Arena();
    using team = await Team.create(arena, { threads });
    using pairs = new RowPairs(team, rows, batch * length);
    const choices = wideLists(threads, batch, rows, length);
    const expected = sortPairs(choices.offsets, choices.ids);
    expect(sorted(team, pairs, choices)).toEqual(orderPairs(expected));
  });

  test('refuses more than there is room for', () => {
    using arena = new Arena();
    const team = Team.single(arena);
    using pairs = new RowPairs(team, 10, 3);
    const [offsets, ids] = [arena.int32(2), arena.int32(4)];
    offsets[1] = 4;
    expect(() => pairs.sort(offsets, ids, 1)).toThrow('room for 983040 samples and 3 pairs; got 1 and 4.');
  });
});
