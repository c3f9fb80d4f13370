import { gunzipSync, isGzip } from '../unpack/unpack.ts';

/** An array of unsigned bytes as an IDX file holds it, the last dimension changing fastest. */
export interface IdxArray {
  /** Sizes, such as [60000, 28, 28]; the product is the length of `data`. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const TYPES: Readonly<Record<number, string>> = {
  0x09: 'signed bytes',
  0x0b: '16-bit integers',
  0x0c: '32-bit integers',
  0x0d: '32-bit floats',
  0x0e: '64-bit floats',
};

/** Where the first element lies: after four bytes of magic and four for each dimension. */
export function idxHeaderBytes(dimensions: number): number {
  return 4 + 4 * dimensions;
}

/**
 * Reads the IDX format of MNIST (http://yann.lecun.com/exdb/mnist/): unsigned bytes in any number of dimensions.
 *
 * @param bytes The whole file, raw or gzip (which Node unpacks here; in a browser use {@link gunzip} first). The result
 *   shares its memory when it was raw.
 * @param source What error messages call the data: a path, say.
 * @throws Error saying at which byte what was expected and found: another magic, elements that are not unsigned bytes, too
 *   few bytes or too many.
 */
export function parseIdx(bytes: Uint8Array, source: string = 'IDX data'): IdxArray {
  if (isGzip(bytes)) return parseIdx(gunzipSync(bytes, source), source);
  if (bytes.length < 4) {
    throw new Error(
      `${source}: expected the 4 bytes of an IDX magic at byte 0, found ${bytes.length} bytes in all.`,
    );
  }
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw new Error(
      `${source}: expected the IDX magic 00 00 08 and a number of dimensions at byte 0, found ${hex(bytes.subarray(0, 4))}.`,
    );
  }
  const type = bytes[2]!;
  if (type !== UNSIGNED_BYTE) {
    throw new Error(
      `${source}: expected the element type 08 (unsigned bytes) at byte 2, found ${hex(bytes.subarray(2, 3))} (${TYPES[type] ?? 'no known type'}).`,
    );
  }
  const dimensions = bytes[3]!;
  if (dimensions === 0)
    throw new Error(`${source}: expected a number of dimensions from 1 up at byte 3, found 0.`);

  const start = idxHeaderBytes(dimensions);
  if (bytes.length < start) {
    throw new Error(
      `${source}: expected ${start} bytes of header for ${dimensions} dimensions, found ${bytes.length} bytes in all.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = start + shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    const what =
      bytes.length < expected
        ? 'it is cut short'
        : `from byte ${expected} on there is something that does not belong`;
    throw new Error(
      `${source}: expected ${expected} bytes (${start} of header and ${shape.join(' x ')}), found ${bytes.length}: ${what}.`,
    );
  }
  // Not subarray: of a Buffer that would be a Buffer, whose slice is no copy.
  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start) };
}

/**
 * The IDX file that {@link parseIdx} reads back.
 *
 * @throws RangeError if the shape has no dimension, more than 255, a size that is no 32-bit whole number, or does not
 *   multiply to the length of `data`.
 */
export function encodeIdx({ shape, data }: IdxArray): Uint8Array {
  if (shape.length < 1 || shape.length > 255) {
    throw new RangeError(`An IDX file has 1 to 255 dimensions, but the shape has ${shape.length}.`);
  }
  const wrong = shape.find((size) => !Number.isInteger(size) || size < 0 || size >= 2 ** 32);
  if (wrong !== undefined)
    throw new RangeError(`A size in an IDX file is from 0 to ${2 ** 32 - 1}, not ${wrong}.`);
  const product = shape.reduce((all, size) => all * size, 1);
  if (product !== data.length) {
    throw new RangeError(
      `The shape ${shape.join(' x ')} asks for ${product} bytes, but there are ${data.length}.`,
    );
  }
  const start = idxHeaderBytes(shape.length);
  const bytes = new Uint8Array(start + data.length);
  const view = new DataView(bytes.buffer);
  bytes[2] = UNSIGNED_BYTE;
  bytes[3] = shape.length;
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(data, start);
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
