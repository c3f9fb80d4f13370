import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineEnd, parseNumber, parseWhole } from '../../src/formats/text-numbers.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const number = (text: string): number => parseNumber(bytes(text), 0, text.length);
const whole = (text: string): number => parseWhole(bytes(text), 0, text.length);

describe('parseNumber', () => {
  it('gives what Number gives, to the bit', () => {
    const anyText = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential(7)),
      fc.integer().map(String),
      fc
        .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 9 }))
        .map(([value, digits]) => (value / 1000).toFixed(digits)),
      fc.stringMatching(/^[-+]?\d{0,20}\.?\d{1,20}([eE][-+]?\d{1,3})?$/),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(number(text)).toBe(Number(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '',
    '-',
    '+',
    '.',
    'e5',
    '1e',
    '1e+',
    '1.2.3',
    '1,5',
    'nan',
    'Infinity',
    '0x10',
    '1 ',
    ' 1',
    '--1',
  ])('gives NaN for %j', (text) => {
    expect(number(text)).toBeNaN();
  });
});

describe('parseWhole', () => {
  it('reads numbers up to 2^31 - 1', () => {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        expect(whole(String(value))).toBe(value);
      }),
    );
    expect(whole('2147483647')).toBe(2147483647);
  });

  it.each(['', '-1', '+1', '1.0', '2147483648', '99999999999', 'a'])('gives -1 for %j', (text) => {
    expect(whole(text)).toBe(-1);
  });
});

it('finds the ends of lines', () => {
  const text = bytes('ab\n\nc');
  expect([lineEnd(text, 0), lineEnd(text, 3), lineEnd(text, 4)]).toEqual([2, 3, 5]);
});
