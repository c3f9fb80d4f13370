import * as fc from 'fast-check';
import { Arena, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { HashTables } from '../../src/index.ts';
import { byTable } from '../queries.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

function idsOf(owner: Team, ids: readonly number[]): Int32Array {
  const view = owner.arena.int32(ids.length);
  view.set(ids);
  return view;
}

/** The items of every bucket. */
function contents(tables: HashTables): number[][] {
  return Array.from({ length: tables.tables * tables.buckets }, (_, i) =>
    Array.from(tables.bucket(Math.floor(i / tables.buckets), i % tables.buckets)),
  );
}

interface Edit {
  readonly kind: 'insert' | 'update' | 'remove' | 'build' | 'clear';
  readonly ids: readonly number[];
  readonly seed: number;
}

const ITEMS = 40;
const TABLES = 3;
const BUCKETS = 6;

const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('insert', 'insert', 'update', 'remove', 'build', 'clear'),
    ids: fc.uniqueArray(fc.nat(ITEMS - 1), { minLength: 1, maxLength: 30 }),
    seed: fc.nat(1000),
  }),
  { maxLength: 30 },
);

/** Makes the edits that are possible, and gives the codes by item that they leave. */
function apply(tables: HashTables, owner: Team, list: readonly Edit[]): (number[] | undefined)[] {
  const { arena } = owner;
  const codes: (number[] | undefined)[] = Array.from({ length: ITEMS }, () => undefined);
  for (const { kind, ids, seed } of list) {
    const code = (id: number, t: number): number => ((seed + 7 * id + 3 * t) * (id + 5)) % BUCKETS;
    const of = (id: number): number[] => Array.from({ length: TABLES }, (_, t) => code(id, t));
    const fitting = ids.filter((id) => tables.has(id) !== (kind === 'insert'));
    if (kind === 'clear') {
      tables.clear();
      codes.fill(undefined);
    } else if (kind === 'build') {
      for (let id = 0; id < ITEMS; id++) codes[id] = of(id);
      tables.build(byTable(arena, codes as number[][], TABLES));
    } else if (kind === 'remove') {
      tables.remove(idsOf(owner, fitting));
      for (const id of fitting) codes[id] = undefined;
    } else {
      tables[kind](idsOf(owner, fitting), byTable(arena, fitting.map(of), TABLES));
      for (const id of fitting) codes[id] = of(id);
    }
  }
  return codes;
}

describe.each([
  ['one thread', team],
  ['two threads', pair],
] as const)('edits on %s', (_, owner) => {
  test('leave the buckets that a fresh table of the same items has', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const shape = { items: ITEMS, tables: TABLES, buckets: BUCKETS, team: owner };
        const tables = new HashTables({ ...shape, editable: true });
        const codes = apply(tables, owner, list);
        const expected = Array.from({ length: TABLES * BUCKETS }, (_unused, i) =>
          [...codes.keys()].filter((id) => codes[id]?.[Math.floor(i / BUCKETS)] === i % BUCKETS),
        );
        expect(contents(tables)).toEqual(expected);
        expect(tables.size).toBe(codes.filter(Boolean).length);
        expect(codes.map((_unused, id) => tables.has(id))).toEqual(codes.map(Boolean));
        tables[Symbol.dispose]();
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

test('tables that have grown hold the same, take more, and leave the old ones alone', () => {
  fc.assert(
    fc.property(edits, fc.nat(30), (list, more) => {
      const shape = { items: ITEMS, tables: TABLES, buckets: BUCKETS, editable: true, team };
      using tables = new HashTables(shape);
      apply(tables, team, list);
      const before = contents(tables);
      using grown = tables.grown(ITEMS + more);
      expect([grown.items, grown.size]).toEqual([ITEMS + more, tables.size]);
      expect(contents(grown)).toEqual(before);
      const added = Array.from({ length: more }, (_, i) => ITEMS + i);
      grown.insert(
        idsOf(team, added),
        byTable(
          team.arena,
          added.map(() => Array(TABLES).fill(1) as number[]),
          TABLES,
        ),
      );
      const expected = before.map((items, i) => (i % BUCKETS === 1 ? [...items, ...added] : items));
      expect(contents(grown)).toEqual(expected);
      expect(contents(tables)).toEqual(before);
    }),
    { seed: 1, numRuns: 60 },
  );
});

describe('a refused edit changes nothing', () => {
  const { arena } = team;
  const tables = new HashTables({ items: 5, tables: 2, buckets: 4, editable: true, team });
  tables.insert(
    idsOf(team, [0, 2]),
    byTable(
      arena,
      [
        [0, 1],
        [3, 1],
      ],
      2,
    ),
  );
  const before = contents(tables);

  test.each([
    ['insert', [1, 2], 'insert: item 2 is there already; update gives it new codes.'],
    ['insert', [3, 4, 3], 'insert: item 3 is there already'],
    ['insert', [1, 5], 'insert: item 5 is none; ids are from 0 to 4.'],
    ['update', [0, 1], 'update: item 1 is not there; insert adds it.'],
    ['update', [-1], 'update: item -1 is none'],
    ['remove', [0, 1], 'remove: item 1 is not there.'],
    ['remove', [0, 0], 'remove: item 0 is not there.'],
  ] as const)('%s of %j', (kind, ids, message) => {
    const codes = arena.uint32(2 * ids.length);
    expect(() => tables[kind](idsOf(team, ids), codes)).toThrow(message);
    expect(contents(tables)).toEqual(before);
    expect([0, 1, 2, 3, 4].map((id) => tables.has(id))).toEqual([true, false, true, false, false]);
    expect(tables.size).toBe(2);
  });

  test('of codes that are too few, or no buckets', () => {
    expect(() => tables.insert(idsOf(team, [1, 3]), arena.uint32(3))).toThrow(
      '2 codes for each of 2 vectors are 4 codes; got 3.',
    );
    const wrong = byTable(arena, [[0, 4]], 2);
    expect(() => tables.update(idsOf(team, [0]), wrong)).toThrow(
      'Codes are from 0 to 3; vector 0 has 4 in table 1.',
    );
    expect(() => tables.build(arena.uint32(10).fill(4))).toThrow('Codes are from 0 to 3');
    expect(() => tables.build(new Uint32Array(10))).toThrow('not in the arena');
    expect(() => tables.insert(new Int32Array(1), arena.uint32(2))).toThrow('not in the arena');
    expect(() => tables.remove(new Int32Array(1))).toThrow('not in the arena');
    expect(contents(tables)).toEqual(before);
  });

  test('of tables that can only be built', () => {
    const built = new HashTables({ items: 2, tables: 1, buckets: 2, team });
    for (const edit of [
      () => built.insert(idsOf(team, [0]), arena.uint32(1)),
      () => built.update(idsOf(team, [0]), arena.uint32(1)),
      () => built.remove(idsOf(team, [0])),
      () => built.grown(3),
    ]) {
      expect(edit).toThrow(
        /^(insert|update|remove|grown): these tables can only be built; make them with editable: true\.$/,
      );
    }
    built.build(arena.uint32(2));
    expect([built.size, built.has(1), built.has(2)]).toEqual([2, true, false]);
    built.clear();
    expect([built.size, built.has(1), contents(built)]).toEqual([0, false, [[], []]]);
  });
});

test('editable tables take what they say', () => {
  const [items, tables, buckets] = [1000, 4, 64];
  const { usedBytes } = team.arena;
  const own = new HashTables({ items, tables, buckets, editable: true, team });
  const { bytes } = own.statistics();
  expect(own.bytes).toBe(bytes);
  expect(() => own.grown(items - 1)).toThrow('grown: items is an integer from 1000 to 536870912; got 999.');
  expect(team.arena.usedBytes - usedBytes - bytes).toBeLessThan(64);
  expect(bytes / (4 * tables * (2.625 * items + 3 * buckets))).toBeCloseTo(1, 1);
  own[Symbol.dispose]();
  expect(team.arena.usedBytes).toBe(usedBytes);
});
