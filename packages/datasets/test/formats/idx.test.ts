import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeIdx, parseIdx } from '../../src/index.ts';
import type { IdxArray, IdxData } from '../../src/index.ts';

const TYPES: readonly (readonly [number, (count: number) => IdxData])[] = [
  [0x08, (count) => Uint8Array.from({ length: count }, (_, i) => 255 - i)],
  [0x09, (count) => Int8Array.from({ length: count }, (_, i) => -i)],
  [0x0b, (count) => Int16Array.from({ length: count }, (_, i) => 300 * i - 5)],
  [0x0c, (count) => Int32Array.from({ length: count }, (_, i) => 100_000 * i - 5)],
  [0x0d, (count) => Float32Array.from({ length: count }, (_, i) => i / 3)],
  [0x0e, (count) => Float64Array.from({ length: count }, (_, i) => -i / 3)],
];

const anyIdx: fc.Arbitrary<IdxArray> = fc
  .tuple(fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }), fc.constantFrom(...TYPES))
  .map(([shape, [, make]]) => ({ shape, data: make(shape.reduce((product, size) => product * size, 1)) }));

describe('IDX', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(anyIdx, (array) => {
        expect(parseIdx(encodeIdx(array))).toEqual(array);
      }),
    );
  });

  it('reads bytes that lie inside a larger buffer', () => {
    const bytes = encodeIdx({ shape: [3], data: Uint8Array.of(7, 8, 9) });
    const larger = new Uint8Array(bytes.length + 10);
    larger.set(bytes, 5);
    expect([...parseIdx(larger.subarray(5, 5 + bytes.length)).data]).toEqual([7, 8, 9]);
  });

  it('writes the header of MNIST', () => {
    const bytes = encodeIdx({ shape: [2, 28, 28], data: new Uint8Array(2 * 784) });
    expect([...bytes.subarray(0, 16)]).toEqual([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]);
  });

  it('has the highest byte of a number first', () => {
    const bytes = encodeIdx({ shape: [1], data: Int32Array.of(0x01020304) });
    expect([...bytes]).toEqual([0, 0, 12, 1, 0, 0, 0, 1, 1, 2, 3, 4]);
  });

  it('refuses a file of any other length, saying both lengths', () => {
    fc.assert(
      fc.property(anyIdx, fc.integer({ min: -20, max: 20 }), (array, extra) => {
        const bytes = encodeIdx(array);
        const header = 4 + 4 * array.shape.length;
        const length = Math.max(header, bytes.length + extra);
        fc.pre(length !== bytes.length);
        const changed = new Uint8Array(length);
        changed.set(bytes.subarray(0, length));
        expect(() => parseIdx(changed, 'a.idx')).toThrow(
          `a.idx: expected ${bytes.length} bytes (${header} of header and ${array.shape.join(' x ')}), found ${length}: `,
        );
      }),
    );
  });

  it.each([
    [[], 'a.idx: byte 0: expected the 4 bytes of an IDX magic, found 0 bytes in all.'],
    [[0, 0, 8], 'a.idx: byte 0: expected the 4 bytes of an IDX magic, found 3 bytes in all.'],
    [
      [0x12, 0x21, 0x64, 0x6f],
      'a.idx: byte 0: expected the IDX magic 00 00, a type and a number of dimensions, found 12 21 64 6f.',
    ],
    [
      [...new TextEncoder().encode('<!DOCTYPE html><title>403</title>')],
      'a.idx: byte 0: expected the IDX magic 00 00, a type and a number of dimensions, found an HTML or XML page, as servers send with an error.',
    ],
    [
      [0x1f, 0x8b, 8, 0],
      'a.idx: byte 0: expected the IDX magic 00 00, a type and a number of dimensions, found gzip data.',
    ],
    [[0, 0, 7, 1, 0, 0, 0, 0], 'a.idx: byte 2: expected an element type of IDX (08 for bytes), found 07.'],
    [[0, 0, 8, 0], 'a.idx: byte 3: expected a number of dimensions from 1 up, found 0.'],
    [[0, 0, 8, 3, 0, 0, 0, 1], 'a.idx: expected 16 bytes of header for 3 dimensions, found 8 bytes in all.'],
    [
      [0, 0, 8, 1, 0, 0, 0, 3, 1, 2],
      'a.idx: expected 11 bytes (8 of header and 3), found 10: it is cut short.',
    ],
    [
      [0, 0, 8, 1, 0, 0, 0, 1, 1, 2],
      'a.idx: expected 9 bytes (8 of header and 1), found 10: from byte 9 on there is something that does not belong.',
    ],
    [
      [0, 0, 8, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      'a.idx: expected 18446744065119617000 bytes',
    ],
  ])('refuses %j', (bytes, message) => {
    expect(() => parseIdx(Uint8Array.from(bytes), 'a.idx')).toThrow(message);
  });

  it.each([
    [[], 0, 'An IDX file has 1 to 255 dimensions, but the shape has 0.'],
    [[2, 3], 5, 'The shape 2 x 3 asks for 6 elements, but there are 5.'],
    [[-1], 0, 'A size in an IDX file is from 0 to 4294967295, not -1.'],
    [[1.5], 0, 'A size in an IDX file is from 0 to 4294967295, not 1.5.'],
  ])('does not write the shape %j with %i elements', (shape, length, message) => {
    expect(() => encodeIdx({ shape, data: new Uint8Array(length) })).toThrow(message);
  });
});
