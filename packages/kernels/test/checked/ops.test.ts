/** Ops ask for the room that their kernels need, no more and no less. */
import { describe, expect, test } from 'vitest';
import { fillBlock, hasRelaxedSimd, type View } from '../../src/index.ts';
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
