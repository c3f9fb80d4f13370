import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashText } from '../../src/index.ts';

/** MurmurHash3 x86_32 as its author wrote it down, of bytes, in big integers: to compare with. */
function murmur3(bytes: Uint8Array, seed: number): number {
  const M = 0xffffffffn;
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & M;
  const scatter = (k: bigint): bigint => (rotate((k * 0xcc9e2d51n) & M, 15n) * 0x1b873593n) & M;
  let h = BigInt(seed);
  const blocks = Math.floor(bytes.length / 4);
  for (let i = 0; i < blocks; i++) {
    let k = 0n;
    for (let j = 3; j >= 0; j--) k = (k << 8n) | BigInt(bytes[4 * i + j] as number);
    h = (rotate(h ^ scatter(k), 13n) * 5n + 0xe6546b64n) & M;
  }
  let tail = 0n;
  for (let i = bytes.length - 1; i >= 4 * blocks; i--) tail = (tail << 8n) | BigInt(bytes[i] as number);
  h ^= scatter(tail) ^ BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & M;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & M;
  return Number(h ^ (h >> 16n));
}

describe('hashText', () => {
  // Widely published vectors of MurmurHash3 x86_32.
  test.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['\0\0\0\0', 0, 0x2362f9de],
    ['abc', 0, 0xb3dd93fa],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aa', 0x9747b28c, 0x5d211726],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ])('%j with seed %i', (text, seed, hash) => {
    expect(hashText(text, seed)).toBe(hash);
  });

  test('is MurmurHash3 of the UTF-8 bytes of any text', () => {
    const codePoint = fc.oneof(fc.nat({ max: 127 }), fc.nat({ max: 0x10ffff }));
    const ascii = fc.array(fc.nat({ max: 127 }), { maxLength: 25 });
    const text = fc
      .oneof(ascii, fc.array(codePoint, { maxLength: 12 }))
      .map((points) => String.fromCodePoint(...points));
    const property = fc.property(text, fc.nat({ max: 2 ** 32 - 1 }), (made, seed) => {
      expect(hashText(made, seed)).toBe(murmur3(new TextEncoder().encode(made), seed));
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('takes a lone surrogate for U+FFFD', () => {
    expect(hashText('ab\ud800', 3)).toBe(hashText('ab\ufffd', 3));
    expect(hashText('\udc00abcde', 3)).toBe(hashText('\ufffdabcde', 3));
  });
});
