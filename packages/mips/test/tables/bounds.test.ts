import { Arena, Team } from '@hashgrad/kernels';
import { pStable, simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import { fillArena } from '../../../../testing/full-memory.ts';
import {
  l2Alsh,
  MipsIndex,
  type MipsIndexOptions,
  normRanging,
  qnf,
  saAlsh,
  type SearchResult,
  signAlsh,
  simpleLsh,
  xbox,
} from '../../src/index.ts';
import { flat, normals, scaled } from '../vectors.ts';

const DIMENSIONS = 16;
const COUNT = 1200;
const rows = flat(normals(COUNT, DIMENSIONS, 1));
const queries = flat(normals(40, DIMENSIONS, 2));
const long = flat(normals(1, DIMENSIONS, 3).map((row) => scaled(row, 1e4)));
const bits = simHash({ bits: 6, tables: 8 });
const cells = pStable({ hashes: 3, tables: 8, width: 2 });

const KINDS: readonly [string, Partial<MipsIndexOptions>][] = [
  ['simpleLsh', { transform: simpleLsh(), family: bits }],
  ['signAlsh', { transform: signAlsh(), family: bits }],
  ['l2Alsh', { transform: l2Alsh(), family: cells }],
  ['xbox', { transform: xbox(), family: cells }],
  ['saAlsh', { transform: saAlsh({ most: 600, scan: 50 }), family: bits }],
  ['qnf', { transform: qnf({ most: 600, scan: 50 }), family: pStable({ hashes: 1, tables: 8, width: 3 }) }],
  ['normRanging', { transform: normRanging({ blocks: 4 }), family: bits }],
];

const search = (index: MipsIndex): SearchResult[] => index.searchBatch(queries, 10, { candidates: 100 });
/** The ids of vectors, those of `first` first. */
const idsFrom = (first: number): Uint32Array => Uint32Array.from({ length: COUNT }, (_, i) => first + i);

/** How many results there are, and the sum of their scores. */
const found = (results: readonly SearchResult[]): [number, number] => [
  results.reduce((sum, { ids }) => sum + ids.length, 0),
  results.reduce((sum, { scores }) => sum + scores.reduce((a, b) => a + b, 0), 0),
];

describe.each(KINDS)('%s: when a vector that was much longer than all others has gone', (_, options) => {
  const made = (team?: Team): MipsIndex =>
    new MipsIndex({ dimensions: DIMENSIONS, method: 'tables', team, ...options });
  using fresh = made();
  fresh.add(rows, idsFrom(1));
  const [wantedCount, wantedSum] = found(search(fresh));

  const expectAsFresh = (index: MipsIndex): void => {
    const [count, sum] = found(search(index));
    // Blocks may be cut where the long one lay in the first.
    expect(count).toBeGreaterThan(0.9 * wantedCount);
    expect(sum).toBeGreaterThan(0.9 * wantedSum);
  };

  test('removed', () => {
    using index = made();
    index.add(long, [0]);
    index.add(rows, idsFrom(1));
    index.remove([0]);
    expectAsFresh(index);
    using loaded = MipsIndex.load(index.toBytes());
    expect(search(loaded)).toEqual(search(index));
  });

  test('replaced by one like the others', () => {
    using index = made();
    index.add(long, [0]);
    index.add(rows.subarray(DIMENSIONS), idsFrom(1).subarray(1));
    index.update([0], rows.subarray(0, DIMENSIONS));
    expect(index.size).toBe(COUNT);
    expectAsFresh(index);
  });

  test('and all others are replaced by much shorter ones', () => {
    using index = made();
    index.add(long, [0]);
    index.add(rows, idsFrom(1));
    index.remove([0]);
    const short = rows.map((x) => x / 100);
    index.update(idsFrom(1), short);
    using other = made();
    other.add(short, idsFrom(1));
    const [[count, sum], [otherCount, otherSum]] = [found(search(index)), found(search(other))];
    expect(count).toBeGreaterThanOrEqual(0.9 * otherCount);
    expect(sum).toBeGreaterThanOrEqual(0.9 * otherSum);
  });

  test('removed from a memory that is full, nothing else is lost', () => {
    const team = Team.single(new Arena({ shared: false, capacity: 2 ** 26 }));
    using index = made(team);
    index.add(long, [0]);
    index.add(rows, idsFrom(1));
    search(index);
    fillArena(team.arena, 0);
    index.remove([0]);
    expect(index.size).toBe(COUNT);
    expect(index.ids()).toEqual(idsFrom(1));
    team.arena.close();
  });
});
