import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { HashTables } from '../../src/index.ts';
import { emptyResult, lists } from '../queries.ts';

const team = Team.single(new Arena());

describe('HashTables refuses', () => {
  const tables = new HashTables({ items: 3, tables: 2, buckets: 4, team });
  const { arena } = team;
  const codes = arena.uint32(6);

  test.each([
    [{ items: -1 }, 'HashTables: items is an integer from 0 to 536870912; got -1.'],
    [{ items: 1.5 }, 'got 1.5'],
    [{ tables: 0 }, 'HashTables: tables is an integer from 1 to 65000; got 0.'],
    [{ tables: 65_001 }, 'got 65001'],
    [{ buckets: 0 }, 'HashTables: buckets is an integer from 1 to 134217727; got 0.'],
    [{ editible: true }, 'There is no option editible of HashTables; there are items, tables,'],
    // Two tables of 2^28 buckets would have bounds of 2 GiB.
    [{ buckets: 2 ** 28 }, 'got 268435456'],
  ])('options %o', (options, message) => {
    expect(() => new HashTables({ items: 3, tables: 2, buckets: 4, team, ...options })).toThrow(message);
  });

  test('too few codes to build from', () => {
    expect(() => tables.build(arena.uint32(5))).toThrow('2 codes for each of 3 vectors are 6 codes; got 5.');
  });

  test('codes that are no buckets', () => {
    const wrong = arena.uint32(6);
    wrong[4] = 4;
    const message = 'Codes are from 0 to 3; vector 1 has 4 in table 1.';
    expect(() => tables.build(wrong)).toThrow(message);
    expect(() => tables.query(wrong, 3, { limit: 1 }, emptyResult(arena, 3, 1))).toThrow(message);
  });

  test('too few codes to ask with', () => {
    const result = emptyResult(arena, 4, 1);
    expect(() => tables.query(codes, 4, { limit: 1 }, result)).toThrow(
      '2 codes for each of 4 vectors are 8 codes; got 6.',
    );
  });

  test.each([0, 2.5, Number.NaN])('a limit of %s', (limit) => {
    const ask = (): void => tables.query(codes, 1, { limit }, emptyResult(arena, 1, 1));
    expect(ask).toThrow(`query: limit is an integer from 1 to 2147483647; got ${limit}.`);
  });

  test.each([
    [{ minCollisions: 0 }, 'query: minCollisions is an integer from 1 to 2; got 0.'],
    [{ minCollisions: 3 }, 'query: minCollisions is an integer from 1 to 2; got 3.'],
    [{ probes: 0 }, 'query: probes is an integer from 1 to 4; got 0.'],
    [{ probes: 5 }, 'query: probes is an integer from 1 to 4; got 5.'],
    [{ minCollision: 2 }, 'There is no option minCollision of query; there are limit, rank,'],
    [{ rank: 'best' as 'count' }, "query: rank is 'count' or 'union'; got 'best'."],
  ])('the options %o', (options, message) => {
    const ask = (): void => tables.query(codes, 1, { limit: 1, ...options }, emptyResult(arena, 1, 1));
    expect(ask).toThrow(message);
  });

  test('unknown options of entries', () => {
    expect(() => tables.entries(codes, 1, { probe: 2 } as never)).toThrow(
      'There is no option probe of entries; there are visited, probes.',
    );
  });

  test('entries of numbers that are none, and of codes that are no buckets', () => {
    expect(() => tables.entries(codes, -4_293_967_296)).toThrow(
      'entries: count is an integer from 0 to 2147483647',
    );
    expect(() => tables.entries(codes, Number.NaN)).toThrow('entries: count is an integer');
    expect(() => tables.entries(codes, 1, { probes: -4_294_967_295 })).toThrow(
      'entries: probes is an integer from 1 to 4',
    );
    const wrong = arena.uint32(8);
    wrong[7] = 2 ** 31;
    expect(() => tables.entries(wrong, 2, { probes: 2 })).toThrow(
      'Codes are from 0 to 3; vector 1 has 2147483648 in table 1.',
    );
    expect(() => tables.query(wrong, 2, { limit: 1, probes: 2 }, emptyResult(arena, 2, 1))).toThrow(
      'has 2147483648',
    );
    const signed = arena.int32(8).fill(-1);
    expect(() => tables.entries(signed as never, 1)).toThrow('vector 0 has -1 in table 0.');
  });

  test('probes that have too few codes, or are no buckets', () => {
    const result = emptyResult(arena, 2, 1);
    expect(() => tables.query(codes, 2, { limit: 1, probes: 2 }, result)).toThrow(
      '4 codes for each of 2 vectors are 8 codes; got 6.',
    );
    const wrong = arena.uint32(8);
    wrong[7] = 9;
    expect(() => tables.query(wrong, 2, { limit: 1, probes: 2 }, result)).toThrow(
      'Codes are from 0 to 3; vector 1 has 9 in table 1.',
    );
  });

  test('inclusion probabilities without a law', () => {
    const result = { ...emptyResult(arena, 1, 1), inclusion: new Float64Array(1) };
    expect(() => tables.query(codes, 1, { limit: 1 }, result)).toThrow(
      'Inclusion probabilities need the option collisionProbability to be computed from.',
    );
  });

  test.each(['ids', 'lengths', 'candidates', 'collisions', 'visited'] as const)(
    'too short %s in the result',
    (name) => {
      const result = emptyResult(arena, 3, 2);
      const short = { ...result, [name]: result[name]?.subarray(1) };
      const ask = (): void => tables.query(codes, 3, { limit: 2 }, short);
      expect(ask).toThrow('3 queries of at most 2 ids do not fit into the result.');
    },
  );

  test('forced lists that end outside of their arrays', () => {
    const forced = lists(arena, [[0], [1]]);
    const ask = (): void => tables.query(codes, 3, { limit: 1, forced }, emptyResult(arena, 3, 1));
    expect(ask).toThrow('The forced ids of 3 queries need 4 offsets');
    const short = { ...forced, ids: forced.ids.subarray(1) };
    expect(() => tables.query(codes, 2, { limit: 1, forced: short }, emptyResult(arena, 2, 1))).toThrow(
      'got 3 and 1',
    );
  });

  test.each([-1, 3])('a forced id of %i', (id) => {
    const forced = lists(arena, [[0], [id], [1]]);
    const ask = (): void => tables.query(codes, 3, { limit: 1, forced }, emptyResult(arena, 3, 1));
    expect(ask).toThrow(`Forced ids are from 0 to 2; got ${id}.`);
  });

  test('arrays outside of the arena', () => {
    expect(() => tables.build(new Uint32Array(6))).toThrow('This array is not in the arena');
  });

  test('a refused query leaves the result as it was', () => {
    const result = emptyResult(arena, 3, 1);
    expect(() => tables.query(codes, 3, { limit: 2 }, result)).toThrow(RangeError);
    expect(result.ids.every((id) => id === -7)).toBe(true);
  });
});
