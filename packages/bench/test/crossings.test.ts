import { array, assert, boolean, integer, property, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossing, describeCrossing } from '../src/crossings.ts';
import type { Verdict } from '../src/crossings.ts';

/** `'-++'` of widths 1,000, 2,000, 4,000: it fails at the first and holds at the others. */
function verdicts(signs: string): Verdict[] {
  return [...signs].map((sign, index) => ({ width: 1000 * 2 ** index, holds: sign === '+' }));
}

describe('the crossing', () => {
  test.each([
    ['--++', 4000, [], 'from a width of 4,000 on'],
    ['---+', 8000, [], 'from a width of 8,000 on'],
    ['++++', 1000, [], 'at all of these widths'],
    ['----', null, [], 'at none of these widths'],
    ['-+--', null, [2000], 'at 2,000 only'],
    ['++--', null, [1000, 2000], 'at 1,000, 2,000 only'],
    ['+--+', 8000, [1000], 'from a width of 8,000 on, and at 1,000'],
    ['+', 1000, [], 'at all of these widths'],
    ['', null, [], 'at none of these widths'],
  ] as const)('%s', (signs, from, also, text) => {
    expect(crossing(verdicts(signs))).toEqual({ from, also });
    expect(describeCrossing(verdicts(signs))).toBe(text);
  });

  test('holds at each width that it names and at no other, in whatever order they come', () => {
    const some = uniqueArray(integer({ min: 1, max: 100_000 }), { maxLength: 8 });
    assert(
      property(some, array(boolean(), { minLength: 8, maxLength: 8 }), (widths, holding) => {
        const list = widths.map((width, index) => ({ width, holds: holding[index] as boolean }));
        const { from, also } = crossing(list);
        for (const { width, holds } of list) {
          expect((from !== null && width >= from) || also.includes(width)).toBe(holds);
        }
        expect(Math.max(0, ...also)).toBeLessThan(from ?? Infinity);
      }),
    );
  });
});
