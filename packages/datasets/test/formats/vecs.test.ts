import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { loadVecs, parseVecs } from '../../src/index.ts';
import type { VecsKind } from '../../src/index.ts';

const KINDS: readonly VecsKind[] = ['fvecs', 'ivecs', 'bvecs'];

/** A file of vectors, by Node's own writers of numbers. */
function encode(kind: VecsKind, vectors: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    Buffer.concat(
      vectors.map((vector) => {
        const bytes = Buffer.alloc(4 + vector.length * (kind === 'bvecs' ? 1 : 4));
        bytes.writeInt32LE(vector.length);
        for (const [i, value] of vector.entries()) {
          if (kind === 'fvecs') bytes.writeFloatLE(value, 4 + 4 * i);
          else if (kind === 'ivecs') bytes.writeInt32LE(value, 4 + 4 * i);
          else bytes.writeUInt8(value, 4 + i);
        }
        return bytes;
      }),
    ),
  );
}

const anyVectors = fc
  .integer({ min: 1, max: 6 })
  .chain((d) =>
    fc.array(fc.array(fc.nat(255), { minLength: d, maxLength: d }), { minLength: 1, maxLength: 20 }),
  );

describe.each(KINDS)('parseVecs: %s', (kind) => {
  it('reads what was written, in pieces of any size, and as many as are asked for', async () => {
    await fc.assert(
      fc.asyncProperty(anyVectors, fc.integer({ min: 1, max: 50 }), async (vectors, size) => {
        const bytes = encode(kind, vectors);
        const read = parseVecs(bytes, kind);
        expect([read.count, read.dimensions]).toEqual([vectors.length, vectors[0]!.length]);
        expect([...read.vectors]).toEqual(vectors.flat());
        async function* pieces(): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        }
        expect(await loadVecs(pieces(), kind)).toEqual(read);
        const limit = Math.ceil(vectors.length / 2);
        expect([...(await loadVecs(gzipSync(bytes), kind, { limit })).vectors]).toEqual(
          vectors.slice(0, limit).flat(),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a file that is cut short anywhere', () => {
    const bytes = encode(kind, [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    for (let length = 0; length < bytes.length; length++) {
      if (length === bytes.length / 2) continue;
      expect(() => parseVecs(bytes.subarray(0, length), kind, { source: 'a' })).toThrow(
        /^a: byte \d+: expected /,
      );
    }
  });
});

it('refuses other dimensions, no numbers, another format', () => {
  expect(() => parseVecs(encode('bvecs', [[1, 2], [3]]), 'bvecs', { source: 'a' })).toThrow(
    'a: byte 6: expected 2 dimensions, as the first vector has, found 1.',
  );
  expect(() => parseVecs(encode('fvecs', [[1, NaN]]), 'fvecs', { source: 'a' })).toThrow(
    'a: byte 8: expected a finite number, found NaN.',
  );
  expect(() => parseVecs(new TextEncoder().encode('<html></html>'), 'fvecs', { source: 'a' })).toThrow(
    'a: byte 0: expected a number of dimensions from 1 to 1000000, found an HTML or XML page, as servers send with an error.',
  );
  expect(() => parseVecs(encode('fvecs', [[1]]), 'fvecs', { limit: 0 })).toThrow(
    'The limit of vectors is 1 or more; got 0.',
  );
});
