import * as fc from 'fast-check';
import { Arena, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { bindHasher, simHash } from '../../src/index.ts';
import { FAMILIES } from '../families.ts';
import { codesOf, dense, normals } from '../vectors.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

describe.each(FAMILIES)('hashing listed rows, %s', (_, spec, { inputs, zeros }) => {
  test('gives them the codes that hashing all gives, and leaves the others alone', () => {
    const rows = inputs(60, 40, 1, zeros);
    const tails = inputs(60, 2, 2);
    const whole = codesOf(team, spec, rows, { tails });
    const lists = fc.array(fc.nat({ max: 59 }), { maxLength: 50 });
    const property = fc.property(lists, (only) => {
      const codes = codesOf(team, spec, rows, { tails, only });
      const expected = whole.map((code, i) => (only.includes(i) ? code : code.map(() => -1)));
      expect(codes).toEqual(expected);
    });
    fc.assert(property, { seed: 1, numRuns: 25 });
  });

  test('in more than one block, on two threads', () => {
    const rows = inputs(700, 17, 3, zeros);
    const only = rows.map((__, i) => (i * 3) % 700).slice(0, 620);
    const whole = codesOf(team, spec, rows);
    const codes = codesOf(pair, spec, rows, { only });
    expect(only.map((i) => codes[i])).toEqual(only.map((i) => whole[i]));
    expect(codes.filter(([code]) => code === -1).length).toBe(80);
  });
});

test('vectors so long that blocks are short', () => {
  // 2^22 floats hold 39 of these.
  const rows = normals(41, 106_000, 4);
  const spec = simHash({ bits: 4, tables: 1 });
  const whole = codesOf(team, spec, rows);
  expect(codesOf(team, spec, rows, { only: rows.map((_, i) => 40 - i) })).toEqual(whole);
});

test('columns are counted from `first` on', () => {
  const { arena } = team;
  const vectors = dense(arena, normals(3, 8, 5));
  const hasher = bindHasher(simHash({ bits: 4, tables: 1 }), {
    dimensions: 8,
    tailWidth: 0,
    seed: 1,
    team,
  });
  const all = arena.uint32(3);
  hasher.hash(vectors, 3, { codes: all, stride: 3 });
  const codes = arena.uint32(5).fill(99);
  const rows = arena.int32(1).fill(2);
  hasher.hash(vectors, 1, { codes, stride: 5, first: 2 }, rows);
  expect(Array.from(codes)).toEqual([99, 99, 99, 99, all[2]]);
});

describe.each(FAMILIES)('refused lists of rows, %s', (_, spec) => {
  const { arena } = team;
  const hasher = bindHasher(spec, { dimensions: 9, tailWidth: 1, seed: 1, team });
  const vectors = { ...dense(arena, normals(4, 9, 6)), tail: arena.float32(4) };
  const target = { codes: arena.uint32(4 * spec.tables), stride: 4 };
  const list = (...ids: number[]): Int32Array => {
    const rows = arena.int32(ids.length);
    rows.set(ids);
    return rows;
  };

  test.each<[string, number, Int32Array, string]>([
    ['too short', 3, list(0, 1), '3 vectors need 3 elements in `rows`; there are 2.'],
    ['a row below 0', 2, list(0, -1), 'Rows to hash are numbered from 0; got -1.'],
    ['outside of the arena', 1, new Int32Array(1), 'This array is not in the arena'],
  ])('%s', (__, count, rows, message) => {
    expect(() => hasher.hash(vectors, count, target, rows)).toThrow(message);
  });

  test('a row that there is not', () => {
    const hash = (): void => hasher.hash(vectors, 1, target, list(4));
    expect(hash).toThrow('5 vectors need 45 elements in `values`; there are 36.');
    const more = { ...vectors, values: arena.float32(45) };
    expect(() => hasher.hash(more, 1, target, list(4))).toThrow(
      '5 vectors need 5 elements in `tail`; there are 4.',
    );
    const tailed = { ...more, tail: arena.float32(5) };
    expect(() => hasher.hash(tailed, 1, target, list(4))).toThrow(
      'The codes of 5 vectors from 0 on do not fit into 4 a table.',
    );
  });
});
