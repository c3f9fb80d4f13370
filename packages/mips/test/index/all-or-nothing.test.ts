import { Arena, Team } from '@hashgrad/kernels';
import { pStable, simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import { overwriteFree, withFailure } from '../../../../testing/full-memory.ts';
import { ExactIndex, MipsIndex, normRanging, qnf, saAlsh } from '../../src/index.ts';
import { flat, manyLengths, normals, scaled } from '../vectors.ts';

const DIMENSIONS = 5;
const bits = simHash({ bits: 4, tables: 6 });

type Index = ExactIndex | MipsIndex;

const KINDS: readonly [string, (team: Team) => Index][] = [
  ['exact', (team) => new ExactIndex({ dimensions: DIMENSIONS, team })],
  ['exact, int8', (team) => new ExactIndex({ dimensions: DIMENSIONS, team, int8: true })],
  ['signatures', (team) => new MipsIndex({ dimensions: DIMENSIONS, team })],
  ['signatures, int8', (team) => new MipsIndex({ dimensions: DIMENSIONS, team, vectors: 'int8' })],
  ['tables', (team) => new MipsIndex({ dimensions: DIMENSIONS, team, method: 'tables', family: bits })],
  ...[
    { transform: qnf({ most: 40, scan: 5 }), family: pStable({ hashes: 1, tables: 4, width: 3 }) },
    { transform: saAlsh({ most: 40, scan: 5 }), family: bits },
    { transform: normRanging({ blocks: 3 }), family: bits },
  ].map((options): [string, (team: Team) => Index] => [
    `tables of ${options.transform.kind}`,
    (team) => new MipsIndex({ dimensions: DIMENSIONS, team, ...options }),
  ]),
];

const rows = flat(manyLengths(130, DIMENSIONS, 1));
const few = flat(manyLengths(9, DIMENSIONS, 2));
const longer = flat(manyLengths(4, DIMENSIONS, 3).map((row) => scaled(row, 7)));
const queries = flat(normals(3, DIMENSIONS, 4));

/** All that can be seen of an index, as text that is quickly compared. */
function seen(index: Index): string {
  const found = index.searchBatch(queries, 7).flatMap(({ ids, scores }) => [...ids, ...scores]);
  const vectors = [...index.ids()].map((id) => [id, ...(index.get(id) ?? [])].join());
  const options = index instanceof MipsIndex ? [index.hashing, index.defaults] : [];
  const file = Buffer.concat(index.toBytes()).toString('latin1');
  return JSON.stringify([index.size, vectors, found, options]) + file;
}

const CHANGES: readonly [string, (index: Index) => void][] = [
  ['adding one', (index) => void index.add(few.subarray(0, DIMENSIONS))],
  ['adding many, so that blocks are cut anew', (index) => void index.add(rows)],
  ['adding longer ones', (index) => void index.add(longer)],
  ['replacing where they are', (index) => index.update([3], index.get(3) as Float32Array)],
  [
    'replacing some by shorter and by longer ones',
    (index) => index.update([9, 1, 2, 3, 50, 77, 12, 19, 100], few),
  ],
  ['replacing by longer ones', (index) => index.update([8, 9, 10, 11], longer)],
  [
    'tuning',
    (index) => {
      if (!(index instanceof MipsIndex)) return;
      const families = [bits, simHash({ bits: 3, tables: 5 })];
      const choices = index.method === 'signatures' ? { bits: [64, 128] } : { families };
      const { hashing } = index;
      if ('family' in hashing && hashing.family.kind !== 'simHash') return;
      index.tune({ recall: 0.9, k: 3, queries, ...choices, sample: 1 });
    },
  ],
];

function made(team: Team, make: (team: Team) => Index): Index {
  const index = make(team);
  index.add(rows);
  index.remove([5, 60, 129]);
  return index;
}

describe.each(KINDS)('%s: where an allocation fails', (_, make) => {
  const team = Team.single(new Arena());
  const { arena } = team;
  // What a team keeps for all its jobs is not an index's.
  using warm = made(team, make);
  warm.add(rows);
  warm.searchBatch(queries, 7);
  warm.close();
  const used = arena.usedBytes;

  test.each(CHANGES)('%s changes nothing', (_name, change) => {
    // Tuning makes thousands, most of them while it searches.
    for (let before = 0; ; before += 1 + Math.floor(before / 3)) {
      const index = made(team, make);
      const was = seen(index);
      const failed = withFailure(arena, before, () => change(index));
      // What was given back may be anybody's.
      overwriteFree(arena);
      expect(!failed || seen(index) === was).toBe(true);
      // And all goes on.
      if (failed) change(index);
      index.remove([0]);
      expect(index.size).toBe(index.ids().length);
      index.close();
      expect(arena.usedBytes).toBe(used);
      if (!failed) break;
    }
  });

  test('removing does not: it needs none', () => {
    const index = made(team, make);
    expect(withFailure(arena, 0, () => index.remove([1, 2, 3, 100]))).toBe(false);
    expect(withFailure(arena, 0, () => index.remove(index.ids()))).toBe(false);
    expect(index.size).toBe(0);
    index.close();
  });

  test('making, loading and searching give back what they had', () => {
    const index = made(team, make);
    const bytes = index.toBytes();
    const was = seen(index);
    const held = arena.usedBytes;
    const load = (): Index =>
      index instanceof MipsIndex ? MipsIndex.load(bytes, { team }) : ExactIndex.load(bytes, { team });
    for (let before = 0; ; before += 1 + Math.floor(before / 8)) {
      let loaded: Index | undefined;
      const failed = withFailure(arena, before, () => {
        loaded = load();
      });
      loaded?.close();
      expect(arena.usedBytes).toBe(held);
      if (!failed) break;
    }
    for (const options of [{}, { filter: (id: number) => id % 2 === 0 }, { filter: new Set([1, 2]) }]) {
      for (let before = 0; ; before += 1 + Math.floor(before / 8)) {
        const other = load();
        const failed = withFailure(arena, before, () => void other.searchBatch(queries, 7, options));
        expect(seen(other) === was).toBe(true);
        other.close();
        expect(arena.usedBytes).toBe(held);
        if (!failed) break;
      }
    }
    index.close();
    expect(arena.usedBytes).toBe(used);
  });
});

describe.each(KINDS)('%s: a large batch for which there is no room', (_, make) => {
  test('is as if it had never come', () => {
    const team = Team.single(new Arena({ shared: false, capacity: 2 ** 22 }));
    const index = make(team);
    index.add(rows);
    index.remove([5, 60, 129]);
    const was = seen(index);
    const many = flat(manyLengths(100_000, DIMENSIONS, 6));
    expect(() => index.add(many)).toThrow('No room for an array');
    expect(seen(index) === was).toBe(true);
    expect([...index.add(few)][0]).toBe(130);
    index.close();
    team[Symbol.dispose]();
    expect(team.arena.usedBytes).toBe(0);
  });
});

describe.each(KINDS)('%s: in memories of many sizes', (_, make) => {
  test('adding and replacing until it is full loses nothing', () => {
    for (const capacity of [1_000_000, 1_300_000, 1_600_000]) {
      const team = Team.single(new Arena({ shared: false, capacity }));
      const index = make(team);
      const kept = new Map<number, Float32Array>();
      const keep = (ids: ArrayLike<number>): void => {
        for (let i = 0; i < ids.length; i++) {
          kept.set(ids[i] as number, index.get(ids[i] as number) as Float32Array);
        }
      };
      let refused = 0;
      for (let i = 0; refused < 8; i++) {
        const count = [1, 40, 300][i % 3] as number;
        const batch = flat(manyLengths(count, DIMENSIONS, i));
        try {
          if (i % 4 === 3 && kept.size >= count) {
            const ids = [...kept.keys()].slice(-count);
            index.update(ids, batch);
            keep(ids);
          } else keep(index.add(batch));
        } catch (error) {
          if (!(error as Error).message.startsWith('No room for an array')) throw error;
          refused++;
        }
        expect(index.size).toBe(kept.size);
      }
      expect([...index.ids()]).toEqual([...kept.keys()].toSorted((a, b) => a - b));
      for (const [id, vector] of kept) expect(index.get(id)).toEqual(vector);
      const gone = [...kept.keys()].filter((id) => id % 2 === 0);
      index.remove(gone);
      expect(index.size).toBe(kept.size - gone.length);
      // A vector that was removed makes room for another.
      if (gone.length > 0) index.add(flat(manyLengths(1, DIMENSIONS, 9)), gone.slice(0, 1));
      index.close();
      team[Symbol.dispose]();
      expect(team.arena.usedBytes).toBe(0);
    }
  });
});
