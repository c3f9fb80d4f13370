/** Where saved indexes are read from, and how messages name it: the same for every index. */
import { readFileBytes } from '@hashgrad/kernels';
import { described } from './check-flat.ts';

/** Bytes of a file: an array, a buffer, or pieces, one after the other. */
export type FileBytes = Uint8Array | ArrayBufferLike | readonly Uint8Array[];

/** Where an index is read from: a path, its bytes, or its bytes in pieces. */
export type IndexSource = string | FileBytes;

/** What a source is called in messages. */
export function nameOfSource(source: IndexSource): string {
  return typeof source === 'string' ? source : 'the index';
}

/**
 * The bytes of a source.
 * @throws {TypeError} if it is none. @throws what the file system says, with the path.
 */
export function bytesOfSource(source: IndexSource): Uint8Array {
  if (typeof source === 'string') return readFileBytes(source);
  return bytesOf(source, 'An index is read from a path, ');
}

/** The same of bytes. @param reads The beginning of what is said of others. @throws {TypeError} if they are none. */
export function bytesOf(source: FileBytes, reads: string): Uint8Array {
  if (source instanceof Uint8Array) return source;
  // By its tag: pages that are not isolated have no SharedArrayBuffer to compare with.
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(source))) {
    return new Uint8Array(source as ArrayBufferLike);
  }
  // Spread, because `every` passes over holes.
  if (Array.isArray(source) && [...source].every((piece) => piece instanceof Uint8Array))
    return joined(source);
  throw new TypeError(
    `${reads}a Uint8Array, an ArrayBuffer or an array of Uint8Arrays; got ${described(source)}.`,
  );
}

/** Calls `make` such that what it throws names the file. */
export function named<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** One array of several. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
