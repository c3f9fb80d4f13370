import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadNpy, parseNpy } from '../../src/index.ts';
import { ARRAYS, big, fortran, npyOf, scalar, text, tooBig, version2 } from '../helpers/numpy-files.ts';

describe('parseNpy', () => {
  it.each(ARRAYS)('reads the type %s', (_, rows, bytes) => {
    // At an odd place too, where no view of the numbers fits.
    const moved = new Uint8Array(bytes.length + 1);
    moved.set(bytes, 1);
    for (const file of [bytes, moved.subarray(1)]) {
      const { shape, data } = parseNpy(file);
      expect(shape).toEqual([2, 3]);
      expect([...data]).toEqual(rows.flat());
    }
  });

  it('has the last dimension change fastest, whatever the file has', () => {
    const { shape, data } = parseNpy(fortran);
    expect(shape).toEqual([2, 3, 4]);
    expect([...data]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  it('reads version 2, a single number, and long integers', () => {
    expect([...parseNpy(version2).data]).toEqual([0, 1, 2]);
    expect(parseNpy(scalar)).toEqual({ shape: [], data: Int32Array.of(7) });
    expect(parseNpy(big).data).toEqual(Float64Array.of(2 ** 40));
  });

  it('reads 16-bit floats, the smallest ones too', () => {
    const bits = Uint16Array.of(0x0001, 0x83ff, 0x0400, 0x3c00, 0xfbff);
    const { data } = parseNpy(npyOf('<f2', '(5,)', new Uint8Array(bits.buffer)));
    expect([...data]).toEqual([2 ** -24, -1023 * 2 ** -24, 2 ** -14, 1, -65_504]);
  });

  it('refuses what is no array of numbers, is cut short, or goes on', () => {
    const [, , ints] = ARRAYS.find(([type]) => type === '<i4')!;
    for (let length = 0; length < ints.length; length++) {
      expect(() => parseNpy(ints.subarray(0, length), 'a.npy'), `${length} bytes`).toThrow(
        /^a\.npy: .{1,190}$/,
      );
    }
    expect(() => parseNpy(Uint8Array.from([...ints, 0]), 'a.npy')).toThrow(
      'a.npy: expected 24 bytes from byte 128 on (2 x 3), found 25: something follows that does not belong.',
    );
    expect(() => parseNpy(text, 'a.npy')).toThrow(
      `byte 10: expected numbers in the header's descr, found the type "<U2".`,
    );
    expect(() => parseNpy(tooBig)).toThrow(
      'element 0: expected a whole number up to 2^53, found 1152921504606847000.',
    );
    expect(() => parseNpy(new TextEncoder().encode('<html>'), 'a.npy')).toThrow(
      "a.npy: byte 0: expected NumPy's magic 93 4e 55 4d 50 59, found an HTML or XML page, as servers send with an error.",
    );
  });
});

it('loads packed files', async () => {
  expect(await loadNpy(gzipSync(fortran))).toEqual(parseNpy(fortran));
});
