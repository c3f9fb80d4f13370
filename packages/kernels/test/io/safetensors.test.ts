import * as fc from 'fast-check';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../src/io/crc32.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  encodeSafetensorsPieces,
  tensorOf,
  type Tensor,
} from '../../src/index.ts';

/** A file as another program would write it: its header as given, then the data. */
function foreign(header: string | object, data: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  bytes[0] = text.length & 255;
  bytes[1] = text.length >> 8;
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const every: Record<string, Tensor> = {
  f64: { dtype: 'F64', shape: [2], data: Float64Array.of(Math.PI, -0) },
  i64: { dtype: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 63n)) },
  u64: { dtype: 'U64', shape: [1, 1], data: BigUint64Array.of(2n ** 64n - 1n) },
  f32: { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, Number.NaN) },
  i32: { dtype: 'I32', shape: [], data: Int32Array.of(-7) },
  u32: { dtype: 'U32', shape: [0, 5], data: new Uint32Array(0) },
  f16: { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3c00) },
  bf16: { dtype: 'BF16', shape: [3], data: Uint16Array.of(0x3f80, 0, 1) },
  i16: { dtype: 'I16', shape: [1], data: Int16Array.of(-1) },
  u16: { dtype: 'U16', shape: [1], data: Uint16Array.of(65535) },
  i8: { dtype: 'I8', shape: [3], data: Int8Array.of(-128, 0, 127) },
  u8: { dtype: 'U8', shape: [1], data: Uint8Array.of(255) },
  bool: { dtype: 'BOOL', shape: [2], data: Uint8Array.of(0, 1) },
};

describe('a file', () => {
  test('of tensors of every dtype is read as it was written', () => {
    const { name, ...file } = decodeSafetensors(encodeSafetensors(every, { spec: '{"a":1}' }));
    expect(file).toEqual({ tensors: every, metadata: { spec: '{"a":1}' }, checked: true });
    expect(name).toBe('the file');
  });

  test('follows the format: length, JSON, data without gaps, aligned', () => {
    const bytes = encodeSafetensors(
      {
        small: { dtype: 'U8', shape: [1], data: Uint8Array.of(9) },
        b: { dtype: 'F32', shape: [1, 1], data: Float32Array.of(1) },
      },
      { who: 'ä' },
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as unknown;
    expect(header).toEqual({
      __metadata__: { crc32: expect.stringMatching(/^[0-9a-f]{8}$/), who: 'ä' },
      b: { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] },
      small: { dtype: 'U8', shape: [1], data_offsets: [4, 5] },
    });
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 9]);
  });

  test('gives views of its bytes where they are aligned, and copies elsewhere', () => {
    const bytes = encodeSafetensors(every);
    for (const { data } of Object.values(decodeSafetensors(bytes).tensors))
      expect(data.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1).subarray(1);
    shifted.set(bytes);
    expect(decodeSafetensors(shifted).tensors).toEqual(every);
  });

  test('can be written in pieces that are views of the tensors', () => {
    const data = Float32Array.of(1, 2, 3).subarray(1);
    const [header, piece] = encodeSafetensorsPieces({ x: { dtype: 'F32', shape: [2], data } });
    expect(piece?.buffer).toBe(data.buffer);
    const whole = encodeSafetensors({ x: { dtype: 'F32', shape: [2], data } });
    expect(Uint8Array.of(...header!, ...piece!)).toEqual(whole);
  });

  test('may have any names and metadata, and numbers in shared memory', () => {
    const data = new Int32Array(new SharedArrayBuffer(8));
    const names = fc.uniqueArray(fc.oneof(fc.string(), fc.constantFrom('__proto__', '7', 'constructor')), {
      maxLength: 6,
    });
    const texts = fc.dictionary(fc.string(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(names, texts, (keys, metadata) => {
        const tensors = Object.fromEntries(
          keys.map((key) => [key, { dtype: 'I32', shape: [2], data } as const]),
        );
        const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
        expect(Object.keys(read.tensors).toSorted()).toEqual(keys.toSorted());
        expect(read.metadata).toEqual({ ...metadata });
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('a damaged file is refused', () => {
  const bytes = encodeSafetensors(every, { spec: 'x' });

  test('any bit that is wrong', () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      let outcome: string | boolean;
      try {
        outcome = decodeSafetensors(damaged).checked;
      } catch (error) {
        outcome = (error as Error).message.slice(0, 10);
      }
      // Where the damage hits the words that announce the checksum, the file passes as one of another program.
      expect(['the file: ', false], `bit ${bit}`).toContain(outcome);
    }
  });

  test('wherever it is cut off, or goes on', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length), 'a/b.safetensors')).toThrow(
        /^a\/b\.safetensors: /,
      );
    }
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(() => decodeSafetensors(longer)).toThrow('the file is too long');
  });
});

describe('a file of another program', () => {
  test('is read, without a checksum', () => {
    const header = {
      a: { dtype: 'U16', shape: [1], data_offsets: [2, 4] },
      b: { dtype: 'I8', shape: [2], data_offsets: [0, 2] },
    };
    const { tensors, metadata, checked } = decodeSafetensors(foreign(header, [255, 1, 2, 1]));
    expect(tensors['a']?.data).toEqual(Uint16Array.of(258));
    expect(tensors['b']?.data).toEqual(Int8Array.of(-1, 1));
    expect([metadata, checked]).toEqual([{}, false]);
  });

  const a = { dtype: 'U8', shape: [2], data_offsets: [0, 2] };

  test.each([
    ['', "this is no safetensors file: expected a header's length in 8 bytes and a header; got 8 bytes"],
    ['[]', 'expected a header that starts with "{"; byte 8 is 91'],
    ['{"a":', 'the header, bytes 8 to 12, is damaged'],
    [{ __metadata__: [] }, "expected '__metadata__' to be an object of strings; got []"],
    [{ __metadata__: { a: 1 } }, "expected metadata 'a' to be a string; got 1"],
    [{ a: null }, "tensor 'a': expected a dtype of F64, I64"],
    [{ a: { ...a, dtype: 'F8' } }, 'got "F8"'],
    [{ a: { ...a, shape: [-2] } }, 'expected a shape of integers of 0 or more; got [-2]'],
    [{ a: { ...a, data_offsets: [0] } }, 'expected two offsets of bytes; got [0]'],
    [{ a: { ...a, data_offsets: [0, 3] } }, 'expected 2 bytes for its shape [2]; got [0,3]'],
    [{ a: { ...a, shape: [2 ** 30, 2 ** 30] } }, 'expected 1152921504606847000 bytes'],
    [
      { a: { ...a, data_offsets: [1, 3] } },
      "tensor 'a': expected its data at byte 61, after the tensor before it; got 62",
    ],
    [{ a, b: a }, "tensor 'b': expected its data at byte 115, after the tensor before it; got 113"],
    [
      { a, b: { ...a, data_offsets: [2, 4] } },
      'the file is cut off: expected 117 bytes, by its header; it has 115',
    ],
    [{}, 'the file is too long: expected 10 bytes, by its header; it has 12'],
  ])('is refused if its header is %j', (header, message) => {
    const bytes = foreign(header, header === '' ? [] : [1, 2]);
    expect(() => decodeSafetensors(bytes, 'x.safetensors')).toThrow(`x.safetensors: `);
    expect(() => decodeSafetensors(bytes, 'x.safetensors')).toThrow(message);
  });

  test('is refused if it is no such file at all', () => {
    const png = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13);
    expect(() => decodeSafetensors(png, 'x.png')).toThrow(
      /^x\.png: this is no safetensors file: .* bytes 0 to 7 say \d+\.$/,
    );
  });
});

describe('encoding refuses', () => {
  const data = Float32Array.of(1, 2);
  test.each([
    [{ __metadata__: { dtype: 'F32', shape: [2], data } }, "A tensor cannot be called '__metadata__'."],
    [{ a: { dtype: 'F31', shape: [2], data } }, "Tensor 'a': the dtypes are F64, I64, U64"],
    [{ a: { dtype: 'U32', shape: [2], data } }, "Tensor 'a': U32 is a Uint32Array; got Float32Array."],
    [{ a: { dtype: 'F32', shape: [3], data } }, "Tensor 'a': its shape [3] is not that of 2 numbers."],
    [{ a: { dtype: 'F32', shape: [-1, -2], data } }, 'its shape [-1,-2] is not'],
  ])('%j', (tensors, message) => {
    expect(() => encodeSafetensors(tensors as unknown as Record<string, Tensor>)).toThrow(message);
  });

  test('metadata that are no strings, or are its own', () => {
    expect(() => encodeSafetensors({}, { a: 1 as unknown as string })).toThrow(
      "Metadata are strings; 'a' is number.",
    );
    expect(() => encodeSafetensors({}, { crc32: '' })).toThrow(
      "Metadata 'crc32' is the file's own checksum.",
    );
  });
});

test('a tensor that a file must have', () => {
  const file = decodeSafetensors(encodeSafetensors(every), 'net.safetensors');
  expect(tensorOf(file, 'f64', 'F64', [2])[0]).toBe(Math.PI);
  expect(() => tensorOf(file, 'toString', 'F64', [2])).toThrow(
    "net.safetensors: expected the tensor 'toString', F64 of shape [2]; there is none.",
  );
  expect(() => tensorOf(file, 'f64', 'F64', [1, 2])).toThrow(
    "net.safetensors: expected the tensor 'f64', F64 of shape [1, 2]; it is F64 of shape [2].",
  );
});

test('CRC-32 is that of zlib, whole or in parts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 100 }), (bytes, cut) => {
      expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes));
    }),
    { seed: 1, numRuns: 200 },
  );
});
