import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursor, parseFloat32, parseWhole, scanFloat, scanWhole } from '../../src/formats/text-numbers.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const number = (text: string): number => parseFloat32(bytes(text), 0, text.length);
const whole = (text: string): number => parseWhole(bytes(text), 0, text.length);

describe('parseFloat32', () => {
  it('gives what Math.fround of Number gives, to the bit', () => {
    const anyText = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential(7)),
      fc.integer().map(String),
      fc
        .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 9 }))
        .map(([value, digits]) => (value / 1000).toFixed(digits)),
      fc.stringMatching(/^[-+]?\d{0,20}\.?\d{1,20}([eE][-+]?\d{1,3})?$/),
      // Halfway between two floats, and a hair beside, where one rounding more goes the other way.
      fc
        .tuple(
          fc.integer({ min: 2 ** 23, max: 2 ** 24 - 1 }),
          fc.integer({ min: -60, max: 60 }),
          fc.constantFrom('', '1', '0000001'),
        )
        .map(([mantissa, exponent, more]) => `${((mantissa + 0.5) * 2 ** exponent).toFixed(20)}${more}`),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(number(text)).toBe(Math.fround(Number(text)));
      }),
      { numRuns: 3_000 },
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

  it('says where a number ends', () => {
    const text = bytes('-1.5e3:7');
    expect([scanFloat(text, 0, text.length), cursor.at]).toEqual([-1500, 6]);
    expect([scanFloat(text, 0, 4), cursor.at]).toEqual([-1.5, 4]);
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

  it('says where a number ends', () => {
    const text = bytes('12:5');
    expect([scanWhole(text, 0, text.length), cursor.at]).toEqual([12, 2]);
    expect([scanWhole(text, 2, text.length), cursor.at]).toEqual([-1, 2]);
  });
});
