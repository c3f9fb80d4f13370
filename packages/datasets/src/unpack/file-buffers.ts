/** Bytes that are read at a time: few enough for the caches, enough to make calls rare. */
export const CHUNK: number = 2 ** 18;

/** Buffers that wait for the next reading, and how many may. */
const spare: Uint8Array<ArrayBuffer>[] = [];
const MOST_SPARE = 4;

/** Bytes that were handed out of each buffer that is in use. */
const lent = new WeakMap<ArrayBufferLike, number>();

/** A buffer of {@link CHUNK} bytes to read into, with any content. */
export function fileBuffer(): Uint8Array<ArrayBuffer> {
  return spare.pop() ?? new Uint8Array(CHUNK);
}

/** The first bytes of a buffer of {@link fileBuffer}, as a chunk that {@link giveBack} knows. */
export function lend(buffer: Uint8Array<ArrayBuffer>, length: number): Uint8Array {
  lent.set(buffer.buffer, length);
  return buffer.subarray(0, length);
}

/**
 * Says that a chunk is no longer needed, nor any part of it by anyone: its buffer is read into again. New memory for every
 * chunk of a file costs more than the reading. A chunk that does not come whole from {@link lend} is left alone.
 */
export function giveBack(chunk: Uint8Array): void {
  if (chunk.byteOffset !== 0 || lent.get(chunk.buffer) !== chunk.length) return;
  lent.delete(chunk.buffer);
  if (spare.length < MOST_SPARE) spare.push(new Uint8Array(chunk.buffer as ArrayBuffer));
}
