import * as fc from 'fast-check';
import { Arena, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { HashTables } from '../../src/index.ts';
import { lookUp, type Lookup } from '../oracle.ts';
import { byTable, emptyResult, free, lists, withProbes } from '../queries.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

interface Case {
  readonly tables: number;
  readonly buckets: number;
  readonly itemCodes: number[][];
  readonly probes: number;
  /** By query and table, `probes` of them, all different. */
  readonly queryCodes: number[][][];
  readonly minCollisions: number;
  readonly forced: number[][] | undefined;
  readonly limit: number;
  readonly rank: 'count' | 'union';
  readonly ascending: boolean;
  readonly collisions: boolean;
}

function exactly(length: number): { minLength: number; maxLength: number } {
  return { minLength: length, maxLength: length };
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    tables: fc.integer({ min: 1, max: 6 }),
    buckets: fc.constantFrom(1, 2, 3, 8, 50),
    items: fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 2, max: 90 })),
    queries: fc.integer({ min: 1, max: 6 }),
    most: fc.constantFrom(1, 1, 2, 4),
  })
  .chain(({ tables, buckets, items, queries, most }) => {
    const probes = Math.min(most, buckets);
    const ofTable = fc.uniqueArray(fc.nat(buckets - 1), exactly(probes));
    const codes = (rows: number): fc.Arbitrary<number[][]> =>
      fc.array(fc.array(fc.nat(buckets - 1), exactly(tables)), exactly(rows));
    const ids = items > 0 ? fc.array(fc.nat(items - 1), { maxLength: 5 }) : fc.constant<number[]>([]);
    return fc.record({
      tables: fc.constant(tables),
      buckets: fc.constant(buckets),
      itemCodes: codes(items),
      probes: fc.constant(probes),
      queryCodes: fc.array(fc.array(ofTable, exactly(tables)), exactly(queries)),
      minCollisions: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: tables })),
      forced: fc.option(fc.array(ids, { minLength: queries, maxLength: queries }), { nil: undefined }),
      limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(90, 1000)),
      rank: fc.constantFrom('count', 'union'),
      ascending: fc.boolean(),
      collisions: fc.boolean(),
    });
  });

interface Answer {
  readonly ids: number[];
  readonly candidates: number;
  readonly collisions: (number | undefined)[] | undefined;
  readonly visited: number | undefined;
  /** What stands behind the ids of the query. */
  readonly rest: number[];
}

/** What the tables answer to each query. */
function answers(worker: Team, example: Case): Answer[] {
  const { arena } = worker;
  const { tables, buckets, itemCodes, queryCodes, limit, rank, ascending, minCollisions, probes } = example;
  const hashTables = new HashTables({ items: itemCodes.length, tables, buckets, team: worker });
  const codes = byTable(arena, itemCodes, tables);
  const queries = withProbes(arena, queryCodes, tables, probes);
  const forced = example.forced ? lists(arena, example.forced) : undefined;
  const result = emptyResult(arena, queryCodes.length, limit, example.collisions);
  hashTables.build(codes);
  const options = { limit, rank, ascending, forced, minCollisions, probes };
  hashTables.query(queries, queryCodes.length, options, result);
  const found = queryCodes.map((_, s) => {
    const [first, end] = [s * limit, s * limit + (result.lengths[s] as number)];
    return {
      ids: Array.from(result.ids.subarray(first, end)),
      candidates: result.candidates[s] as number,
      collisions: result.collisions && Array.from(result.collisions.subarray(first, end)),
      visited: result.visited?.[s],
      rest: Array.from(result.ids.subarray(end, (s + 1) * limit)),
    };
  });
  hashTables[Symbol.dispose]();
  for (const view of [codes, queries, forced?.offsets, forced?.ids]) if (view) arena.free(view);
  free(arena, result);
  return found;
}

/** What they should answer. */
function expectedAnswers(example: Case): Answer[] {
  const { itemCodes, queryCodes, limit, rank, ascending, minCollisions } = example;
  return queryCodes.map((query, s) => {
    const lookup: Lookup = { limit, rank, ascending, minCollisions, forced: example.forced?.[s] ?? [] };
    const { ids, candidates, collisions, visited } = lookUp(itemCodes, query, lookup);
    return {
      ids,
      candidates,
      collisions: example.collisions ? ids.map((id) => collisions.get(id)) : undefined,
      visited: example.collisions ? visited : undefined,
      rest: Array.from({ length: limit - ids.length }, () => -7),
    };
  });
}

describe('build and query against maps', () => {
  test('on one thread', () => {
    const { usedBytes } = team.arena;
    fc.assert(
      fc.property(cases, (example) => {
        expect(answers(team, example)).toEqual(expectedAnswers(example));
      }),
      { seed: 1, numRuns: 1000 },
    );
    // All that is left is the team's scratch.
    expect(team.arena.usedBytes - usedBytes).toBeLessThan(100_000);
  });

  test('on two threads', () => {
    expect(pair.threads).toBe(2);
    fc.assert(
      fc.property(cases, (example) => {
        expect(answers(pair, example)).toEqual(expectedAnswers(example));
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});
