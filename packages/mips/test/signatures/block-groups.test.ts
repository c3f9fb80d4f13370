import { Arena, Team } from '@hashgrad/kernels';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withFailure } from '../../../../testing/full-memory.ts';
import { ExactIndex, MipsIndex } from '../../src/index.ts';
import { groupBlocks, GROUPING } from '../../src/signatures/block-groups.ts';
import { BlockMemory } from '../../src/signatures/block-memory.ts';
import { Signer } from '../../src/signatures/signer.ts';
import { flat, length, normals, scaled } from '../vectors.ts';

// So that a test need not have a hundred thousand vectors.
const FROM = 64;
const { from } = GROUPING;
beforeAll(() => void (GROUPING.from = FROM));
afterAll(() => void (GROUPING.from = from));

const DIMENSIONS = 24;
const EVERYTHING = { slack: 1000, reach: 1000 };
const team = Team.single(new Arena());
afterAll(() => team[Symbol.dispose]());

/** Vectors of length 1, so that they are in one band, about 300 directions. */
function clustered(count: number, seed: number): Float32Array {
  const centres = normals(300, DIMENSIONS, 99);
  const rows = normals(count, DIMENSIONS, seed).map((row, i) => {
    const centre = centres[(i * 7) % centres.length] as number[];
    const total = row.map((x, k) => x + 3 * (centre[k] as number));
    return scaled(total, 1 / length(total));
  });
  return flat(rows);
}

const rowsOf = (rows: Float32Array, first: number, last: number): Float32Array =>
  rows.subarray(first * DIMENSIONS, last * DIMENSIONS);

/** So many vectors make more blocks than a band has without groups, and more than twice as many. */
const COUNT = 40_000;
const rows = clustered(COUNT, 1);
const queries = clustered(200, 2);

function filled(step: number, count: number = COUNT): MipsIndex {
  const index = new MipsIndex({ dimensions: DIMENSIONS, team });
  for (let first = 0; first < count; first += step) index.add(rowsOf(rows, first, first + step));
  return index;
}

const sum = (list: readonly number[]): number => list.reduce((total, x) => total + x, 0);
const seen = (index: MipsIndex): string => Buffer.concat(index.toBytes()).toString('latin1');

/** The share of the exact best ten that searches find, and the vectors that they score. */
function measured(index: MipsIndex, truth: readonly { ids: Uint32Array }[]): [number, number] {
  const results = index.searchBatch(queries, 10);
  const hits = results.map(({ ids }, s) => ids.filter((id) => truth[s]?.ids.includes(id)).length);
  const scored = results.map((_, s) => index.candidates(rowsOf(queries, s, s + 1), 10).length);
  return [sum(hits) / (10 * results.length), sum(scored) / results.length];
}

test('an index that has grown in steps finds what one made at once finds, from as many vectors', () => {
  const run = vi.spyOn(team, 'run');
  using grown = filled(500);
  const groupings = run.mock.calls.filter(([kernel]) => kernel === 'nearestToCentres').length / 3;
  run.mockRestore();
  // From 64 blocks to some 200: anew whenever half as many have been made.
  expect(groupings).toBeGreaterThanOrEqual(2);
  expect(groupings).toBeLessThanOrEqual(8);
  using made = filled(COUNT);
  using exact = new ExactIndex({ dimensions: DIMENSIONS, team });
  exact.add(rows);
  const truth = exact.searchBatch(queries, 10);
  const [[found, scored], [foundAtOnce, scoredAtOnce]] = [measured(grown, truth), measured(made, truth)];
  expect(found).toBeGreaterThan(foundAtOnce - 0.01);
  expect(found).toBeGreaterThan(0.95);
  expect(scored).toBeLessThan(1.1 * scoredAtOnce);
  expect(grown.searchBatch(queries, 10, EVERYTHING)).toEqual(truth);
});

test('where other vectors have taken the place of all, their groups are of the others', () => {
  using index = filled(4000);
  // All that lay in 300 directions, and then all at once elsewhere.
  const others = rows.map((x) => -x);
  for (let first = 0; first < COUNT; first += 1000) {
    const ids = Uint32Array.from({ length: 1000 }, (_, i) => first + i);
    if (first % 2000 === 0) index.update(ids, rowsOf(others, first, first + 1000));
    else {
      index.remove(ids);
      index.add(rowsOf(others, first, first + 1000), ids);
    }
  }
  using exact = new ExactIndex({ dimensions: DIMENSIONS, team });
  exact.add(others);
  const truth = exact.searchBatch(queries, 10);
  expect(index.searchBatch(queries, 10, EVERYTHING)).toEqual(truth);
  expect(measured(index, truth)[0]).toBeGreaterThan(0.95);
  index.remove(index.ids());
  expect(index.size).toBe(0);
  index.add(rowsOf(rows, 0, 3));
  expect(index.search(rowsOf(rows, 1, 2), 1).ids).toEqual(index.ids().subarray(1, 2));
});

test('where there is no room for groups, nothing is changed', () => {
  using few = filled(500, 13_500);
  const bytes = few.toBytes();
  const more = rowsOf(rows, 14_000, 18_000);
  for (let before = 0; ; before += 1 + Math.floor(before / 4)) {
    using index = MipsIndex.load(bytes, { team });
    const was = seen(index);
    const failed = withFailure(team.arena, before, () => index.add(more));
    expect(!failed || seen(index) === was).toBe(true);
    if (!failed) break;
  }
});

test('each block is in the group whose centre is nearest', () => {
  using signer = new Signer(64, DIMENSIONS, 1, team);
  using memory = new BlockMemory(team, DIMENSIONS, false, signer);
  const directions = clustered(3 * FROM, 5);
  const numbers = Array.from({ length: 3 * FROM }, (_, i) => {
    const number = memory.allocate(1);
    const centre = new Float32Array(memory.stride);
    centre.set(rowsOf(directions, i, i + 1));
    memory.setSummary(number, { longest: 1, alignment: 1, spread: 0, centre });
    return number;
  });
  const { count, centres, of, due } = groupBlocks(memory, numbers);
  expect(count).toBe(Math.ceil(2 * Math.sqrt(numbers.length)));
  expect(due).toBe(numbers.length / 2);
  for (const number of numbers) {
    const along = Array.from({ length: count }, (_, g) =>
      memory
        .centre(number)
        .reduce((total, x, k) => total + x * (centres[g * memory.stride + k] as number), 0),
    );
    expect(along[of.get(number) as number]).toBeGreaterThan(Math.max(...along) - 1e-5);
  }
});
