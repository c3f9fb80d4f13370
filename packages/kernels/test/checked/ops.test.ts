/** Ops ask for the room that their kernels need, no more and no less. */
import { describe, expect, test } from 'vitest';
import {
  countEntries,
  fillBlock,
  hasRelaxedSimd,
  largestCode,
  RowPairs,
  type View,
} from '../../src/index.ts';
import { CheckedArena } from './arena.ts';
import { HASH_CASES } from './hash-cases.ts';
import { Inputs, type OpCase, ROW_CASES, TABLE_CASES } from './op-cases.ts';
import { BLOCK_CASES, blocksOf, SEARCH_CASES } from './search-cases.ts';

const CASES = { ...ROW_CASES, ...TABLE_CASES, ...HASH_CASES, ...SEARCH_CASES, ...BLOCK_CASES } as Readonly<
  Record<string, (inputs: Inputs) => OpCase>
>;

describe.each(hasRelaxedSimd() ? [false, true] : [false])('relaxed: %s', (relaxed) => {
  test.each(Object.keys(CASES))(
    '%s: outputs that just fit are enough, and all that is touched',
    async (name) => {
      using arena = await CheckedArena.create(relaxed);
      const { outputs, run } = (CASES[name] as (inputs: Inputs) => OpCase)(new Inputs(arena));
      expect(() => run(outputs)).not.toThrow();
    },
  );
});

test.each(Object.keys(CASES))('%s: an output that is one element too small is refused', async (name) => {
  using arena = await CheckedArena.create(false);
  const { outputs, run } = (CASES[name] as (inputs: Inputs) => OpCase)(new Inputs(arena));
  const [op] = name.split(' ') as [string];
  for (const [output, view] of Object.entries(outputs)) {
    const short = view.subarray(0, view.length - 1) as View;
    const refused = `${op}: ${output} has ${view.length - 1} elements, and ${view.length} are needed.`;
    expect(() => run({ ...outputs, [output]: short })).toThrow(new RangeError(refused));
  }
});

test('fillBlock: more vectors than the block has slots for are refused', async () => {
  using arena = await CheckedArena.create(false);
  const inputs = new Inputs(arena);
  const { blocks, staged } = blocksOf(inputs);
  fillBlock(inputs.team, { blocks, staged, number: 1, first: 11 }, 5);
  expect(() => fillBlock(inputs.team, { blocks, staged, number: 1, first: 12 }, 5)).toThrow(
    new RangeError('fillBlock: block has 16 elements, and 17 are needed.'),
  );
});

test.each([
  [10_000, 20, 1000],
  [10_000, 1, 16],
  [10_000, 0, 16],
  [100, 20, 1000],
  [10_000, 640, 32],
])(
  'RowPairs: of %i rows, %i pairs of %i samples are sorted in the room that they have',
  async (rows, count, batch) => {
    using arena = await CheckedArena.create(false);
    const { team } = new Inputs(arena);
    const [offsets, ids] = [arena.int32(batch + 1), arena.int32(count)];
    offsets.forEach((_, s) => (offsets[s] = Math.floor((count * s) / batch)));
    // A row for each pair, but where samples share lists of 20.
    ids.forEach((_, i) => (ids[i] = count > batch ? i % (count / batch) : i * Math.floor(rows / count)));
    using pairs = new RowPairs(team, rows, count);
    pairs.sort(offsets, ids, batch);
    expect(pairs.count).toBe(count);
    expect(pairs.visited).toBe(new Set(ids).size);
  },
);

test('largestCode and countEntries read what they are given, and refuse less', async () => {
  using arena = await CheckedArena.create(false);
  const { team } = new Inputs(arena);
  const [codes, bounds, visited] = [arena.uint32(21).fill(2), arena.int32(8), arena.int32(7).fill(1)];
  bounds.set([0, 1, 3, 6, 0, 1, 3, 6]);
  expect(largestCode(team, codes, 21)).toBe(2);
  expect(() => largestCode(team, codes, 22)).toThrow(RangeError);
  const layout = {
    bounds,
    boundStride: 1,
    tableStride: 4,
    slots: arena.int32(6),
    slotStride: 3,
    items: 3,
    tables: 2,
  };
  const asked = { tables: layout, codes: codes.subarray(0, 14), probes: 1 };
  expect(countEntries(team, asked, 7)).toBe(2 * 7 * 3);
  expect(countEntries(team, { ...asked, visited }, 7)).toBe(7 * 3);
  expect(() => countEntries(team, asked, 8)).toThrow(
    'countEntries: codes has 14 elements, and 16 are needed.',
  );
  const short = { ...asked, visited: visited.subarray(0, 6) };
  expect(() => countEntries(team, short, 7)).toThrow(
    'countEntries: visited has 6 elements, and 7 are needed.',
  );
});
