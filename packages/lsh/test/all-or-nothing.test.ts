import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { failAllocation, fillArena } from '../../../testing/full-memory.ts';
import {
  bindHasher,
  familyOf,
  type FamilySpec,
  FixedTables,
  HashTables,
  simHash,
  tune,
  type TuneOptions,
} from '../src/index.ts';
import { FAMILIES, type Traits } from './families.ts';
import { emptyResult } from './queries.ts';
import { dense, sparse } from './vectors.ts';

/** Something to be done, and what it must not change if it fails. */
interface Operation {
  run(): unknown;
  state?(): unknown;
}

type Prepare = (team: Team) => Operation;

function newTeam(): Team {
  return Team.single(new Arena({ shared: false, capacity: 2 ** 20 }));
}

/** Runs the operation, which fails or does not; if it does, everything is as it was. */
function attempt(prepare: Prepare, disturb: (arena: Arena) => (() => boolean) | undefined): boolean {
  const team = newTeam();
  const { arena } = team;
  const { run, state = () => undefined } = prepare(team);
  const [before, used] = [JSON.stringify(state()), arena.usedBytes];
  const hasFailed = disturb(arena);
  const disturbed = arena.usedBytes - used;
  let error: unknown;
  try {
    run();
  } catch (thrown) {
    error = thrown;
  }
  if (hasFailed && hasFailed() !== (error !== undefined))
    throw new Error('A failed allocation was ignored.', { cause: error });
  if (error === undefined) return true;
  expect(String(error)).toContain('No room');
  expect(JSON.stringify(state())).toBe(before);
  // What is left besides is the scratch of the team, which goes with it.
  team.close();
  expect(arena.usedBytes).toBe(usedAtRest(prepare) + disturbed);
  return false;
}

function usedAtRest(prepare: Prepare): number {
  const team = newTeam();
  prepare(team);
  team.close();
  return team.arena.usedBytes;
}

/** Lets each allocation fail in turn, then runs in arenas that have less and less room; how often it failed. */
function failEverywhere(prepare: Prepare): number {
  let failures = 0;
  for (let before = 0; ; before++) {
    const done = attempt(prepare, (arena) => {
      const failing = failAllocation(arena, before);
      return () => {
        const { failed } = failing;
        failing[Symbol.dispose]();
        return failed;
      };
    });
    if (done) break;
    failures++;
  }
  for (const hole of [0, 64, 2 ** 14]) {
    attempt(prepare, (arena) => {
      fillArena(arena, hole);
      return undefined;
    });
  }
  return failures;
}

const COUNT = 20;
const DIMENSIONS = 70;

function hasherOf(spec: FamilySpec, team: Team) {
  return bindHasher(spec, { dimensions: DIMENSIONS, tailWidth: 0, seed: 1, team });
}

function vectorsOf({ inputs }: Traits, team: Team) {
  const rows = inputs(COUNT, DIMENSIONS, 1, 0.5);
  return { dense: dense(team.arena, rows), sparse: sparse(team.arena, rows) };
}

/** One of each kernel. */
const EACH = FAMILIES.filter(([name]) => !/ (a|as|many|small|two|bins|mixed|single)\b/.test(name));

describe.each(EACH)('%s', (_, spec, traits) => {
  test('binding', () => {
    expect(failEverywhere((team) => ({ run: () => hasherOf(spec, team) }))).toBeGreaterThan(0);
  });

  const probes = spec.kind === 'simHash' || spec.kind === 'pStable' || spec.kind === 'crossPolytope';
  const known = [
    'hash',
    'rows',
    'hashSparse',
    ...(probes ? (['probe', 'probeSparse'] as const) : []),
  ] as const;

  test.each(known)('%s', (verb) => {
    const failures = failEverywhere((team) => {
      const hasher = hasherOf(spec, team);
      const vectors = vectorsOf(traits, team);
      const codes = team.arena.uint32(3 * COUNT * spec.tables).fill(-7);
      const rows = team.arena.int32(5);
      rows.set([3, 1, 4, 15, 9]);
      const target = { codes, stride: COUNT };
      const verbs = {
        hash: () => hasher.hash(vectors.dense, COUNT, target),
        rows: () => hasher.hash(vectors.dense, 5, target, rows),
        hashSparse: () => hasher.hashSparse(vectors.sparse, COUNT, target),
        probe: () => hasher.probe?.(vectors.dense, COUNT, 3, target),
        probeSparse: () => hasher.probeSparse?.(vectors.sparse, COUNT, 3, target),
      };
      return { run: verbs[verb], state: () => [...codes] };
    });
    expect(failures).toBeLessThan(5);
  });
});

test.each(FAMILIES.filter(([, spec]) => familyOf(spec).learns))('%s: a lesson', (_, spec, traits) => {
  const failures = failEverywhere((team) => {
    const { learning } = hasherOf(spec, team);
    const rows = Float32Array.from(traits.inputs(COUNT, DIMENSIONS, 1, 0.5).flat());
    const near = Int32Array.from({ length: COUNT }, (_unused, i) => i);
    return {
      run: () => learning!.learn({ rows, queries: rows, near, seed: 1 }),
      state: () => [...learning!.state],
    };
  });
  expect(failures).toBeGreaterThan(3);
});

const sizes = { items: 40, tables: 5, buckets: 8 };

const kinds = {
  HashTables: (team: Team) => new HashTables({ ...sizes, team }),
  'editable HashTables': (team: Team) => new HashTables({ ...sizes, editable: true, team }),
  FixedTables: (team: Team) => new FixedTables({ ...sizes, capacity: 3, replacement: 'reservoir', team }),
};

function drawn(team: Team, count: number, seed: number): Uint32Array {
  const codes = team.arena.uint32(count * sizes.tables);
  for (let i = 0; i < codes.length; i++) codes[i] = (i * 7 + seed * i * i) % sizes.buckets;
  return codes;
}

function idsOf(team: Team, ...ids: number[]): Int32Array {
  const view = team.arena.int32(ids.length);
  view.set(ids);
  return view;
}

describe.each(Object.entries(kinds))('%s', (kind, make) => {
  const bytes = (team: Team): Uint8Array => {
    const tables = make(team);
    tables.build(drawn(team, sizes.items, 1));
    return tables.toBytes();
  };
  const saved = bytes(newTeam());

  test('new, and loaded', () => {
    expect(failEverywhere((team) => ({ run: () => make(team) }))).toBe(1);
    const Kind = kind === 'FixedTables' ? FixedTables : HashTables;
    const failures = failEverywhere((team) => ({ run: () => Kind.fromBytes(saved, { team }) }));
    expect(failures).toBeGreaterThan(0);
  });

  test.each(['build', 'insert', 'update', 'remove', 'clear', 'query', 'toBytes'] as const)('%s', (verb) => {
    const failures = failEverywhere((team) => {
      const tables = make(team);
      tables.build(drawn(team, sizes.items, 1));
      const editable = tables instanceof HashTables && tables.editable ? tables : undefined;
      editable?.remove(idsOf(team, 30, 31));
      const result = {
        ...emptyResult(team.arena, 4, 6),
        inclusion: new Float64Array(24),
        visited: undefined,
      };
      const options = { limit: 6, probes: 2, ascending: true, collisionProbability: () => 0.5 };
      const [all, two, eight] = [drawn(team, sizes.items, 2), drawn(team, 2, 3), drawn(team, 8, 1)];
      const [absent, there] = [idsOf(team, 31, 30), idsOf(team, 3, 4)];
      const verbs = {
        build: () => tables.build(all),
        insert: () => (tables instanceof FixedTables ? tables : editable)?.insert(absent, two),
        update: () => editable?.update(there, two),
        remove: () => editable?.remove(there),
        clear: () => tables.clear(),
        query: () => tables.query(eight, 4, options, result),
        toBytes: () => tables.toBytes(),
      };
      return {
        run: verbs[verb],
        state: () => [[...tables.toBytes()], Object.values(result).map((view) => view && [...view])],
      };
    });
    // Edits need no memory, and a query what counts collisions and says which tables were visited.
    expect(failures).toBeLessThanOrEqual(verb === 'query' ? 2 : Number(verb === 'build'));
  });
});

test('tune', () => {
  const prepare =
    (relevant: TuneOptions['relevant']): Prepare =>
    (team) => {
      const { dense: vectors, sparse: listed } = vectorsOf(FAMILIES[0]![2], team);
      const options: TuneOptions = {
        family: (bits, tables) => simHash({ bits, tables }),
        vectors,
        count: COUNT,
        queries: typeof relevant === 'number' ? vectors : listed,
        queryCount: COUNT,
        relevant: relevant ?? 3,
        recall: 0.5,
        hashes: [3],
        mostTables: 10,
        probes: [1, 2],
        team,
      };
      return { run: () => tune(options) };
    };
  expect(failEverywhere(prepare(3))).toBeGreaterThan(4);
  const offsets = Array.from({ length: COUNT + 1 }, (_, i) => i);
  expect(failEverywhere(prepare({ offsets, ids: offsets.slice(0, COUNT) }))).toBeGreaterThan(3);
});
