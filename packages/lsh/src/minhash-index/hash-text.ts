/** Strings as 32-bit integers: MurmurHash3 (Austin Appleby, 2011; the variant x86_32) of their UTF-8 bytes. */
import { checkInteger } from '../family.ts';
import { described } from '../vectors/check-flat.ts';

/**
 * MurmurHash3 x86_32 of the UTF-8 bytes of `text`, an integer from 0 to 2^32 - 1: the same on every machine and in every
 * version. `hashText('abc')` is 0xb3dd93fa, and `hashText('Hello, world!', 0x9747b28c)` is 0x24884cba. A lone surrogate
 * counts as U+FFFD, as in TextEncoder.
 * @param seed an integer from 0 to 2^32 - 1. @throws {RangeError} if it is another. @throws {TypeError} if it is no text.
 */
export function hashText(text: string, seed: number = 0): number {
  if (typeof text !== 'string') throw new TypeError(`hashText: a text is a string; got ${described(text)}.`);
  checkInteger('hashText', 'seed', seed, 0, 2 ** 32 - 1);
  const length = text.length;
  let hash = seed | 0;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    // Characters beyond ASCII are several bytes: the text is encoded then.
    if ((a | b | c | d) > 0x7f) return hashBytes(encoder.encode(text), seed);
    hash = stir(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let shift = 0; i < length; i++, shift += 8) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return hashBytes(encoder.encode(text), seed);
    tail |= code << shift;
  }
  return finish(hash, tail, length);
}

/** MurmurHash3 x86_32 of bytes. */
function hashBytes(bytes: Uint8Array, seed: number): number {
  const whole = bytes.length & ~3;
  let hash = seed | 0;
  let i = 0;
  for (; i < whole; i += 4) {
    const block =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    hash = stir(hash, block);
  }
  let tail = 0;
  for (let shift = 0; i < bytes.length; i++, shift += 8) tail |= (bytes[i] as number) << shift;
  return finish(hash, tail, bytes.length);
}

const encoder = new TextEncoder();

/** One step of MurmurHash3: takes in four bytes. */
export function stir(hash: number, block: number): number {
  const mixed = hash ^ scatter(block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** The last step: up to three bytes more (0 of none changes nothing), the length, and the finalizer. */
function finish(hash: number, tail: number, length: number): number {
  let x = hash ^ scatter(tail) ^ length;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function scatter(block: number): number {
  const x = Math.imul(block, 0xcc9e2d51);
  return Math.imul((x << 15) | (x >>> 17), 0x1b873593);
}
