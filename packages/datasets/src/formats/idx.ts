import { complaint, hex } from '../complaint.ts';
import { foreignKind } from '../unpack/packing.ts';
import type { ShapedArray } from './shaped-array.ts';

/** The elements of an IDX file, by its types. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** An array as an IDX file holds it; of unsigned bytes in MNIST. */
export type IdxArray<T extends IdxData = IdxData> = ShapedArray<T>;

interface ElementType {
  readonly code: number;
  readonly bytes: number;
  readonly array: { new (length: number): IdxData; readonly name: string };
  readonly read: (view: DataView, at: number) => number;
  readonly write: (view: DataView, at: number, value: number) => void;
}

const UNSIGNED_BYTE = 0x08;

/** Elements of several bytes have the highest first. */
const TYPES: readonly ElementType[] = [
  {
    code: UNSIGNED_BYTE,
    bytes: 1,
    array: Uint8Array,
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value),
  },
  {
    code: 0x09,
    bytes: 1,
    array: Int8Array,
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
  },
  {
    code: 0x0b,
    bytes: 2,
    array: Int16Array,
    read: (view, at) => view.getInt16(at),
    write: (view, at, value) => view.setInt16(at, value),
  },
  {
    code: 0x0c,
    bytes: 4,
    array: Int32Array,
    read: (view, at) => view.getInt32(at),
    write: (view, at, value) => view.setInt32(at, value),
  },
  {
    code: 0x0d,
    bytes: 4,
    array: Float32Array,
    read: (view, at) => view.getFloat32(at),
    write: (view, at, value) => view.setFloat32(at, value),
  },
  {
    code: 0x0e,
    bytes: 8,
    array: Float64Array,
    read: (view, at) => view.getFloat64(at),
    write: (view, at, value) => view.setFloat64(at, value),
  },
];

/** Where the first element lies: after four bytes of magic and four for each dimension. */
export function idxHeaderBytes(dimensions: number): number {
  return 4 + 4 * dimensions;
}

/**
 * Reads the IDX format of MNIST (http://yann.lecun.com/exdb/mnist/): numbers of one type in any number of dimensions.
 *
 * @param bytes The whole file, not packed: `readBytes` unpacks. An array of unsigned bytes shares its memory.
 * @param source What error messages call the data: a path, say.
 * @throws Error saying at which byte what was expected and found: another magic, no known type, too few bytes or too many.
 */
export function parseIdx(bytes: Uint8Array, source: string = 'IDX data'): IdxArray {
  if (bytes.length < 4) {
    throw complaint(
      source,
      `byte 0: expected the 4 bytes of an IDX magic, found ${bytes.length} bytes in all.`,
    );
  }
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    const kind = foreignKind(bytes) ?? hex(bytes.subarray(0, 4));
    throw complaint(
      source,
      `byte 0: expected the IDX magic 00 00, a type and a number of dimensions, found ${kind}.`,
    );
  }
  const type = TYPES.find(({ code }) => code === bytes[2]);
  if (type === undefined) {
    throw complaint(
      source,
      `byte 2: expected an element type of IDX (08 for bytes), found ${hex(bytes.subarray(2, 3))}.`,
    );
  }
  const dimensions = bytes[3]!;
  if (dimensions === 0)
    throw complaint(source, 'byte 3: expected a number of dimensions from 1 up, found 0.');
  const start = idxHeaderBytes(dimensions);
  if (bytes.length < start) {
    throw complaint(
      source,
      `expected ${start} bytes of header for ${dimensions} dimensions, found ${bytes.length} bytes in all.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((product, size) => product * size, 1);
  const expected = start + count * type.bytes;
  if (bytes.length !== expected) {
    const what =
      bytes.length < expected
        ? 'it is cut short'
        : `from byte ${expected} on there is something that does not belong`;
    const sizes = shape.slice(0, 4).join(' x ') + (shape.length > 4 ? ' x ...' : '');
    throw complaint(
      source,
      `expected ${expected} bytes (${start} of header and ${sizes}), found ${bytes.length}: ${what}.`,
    );
  }
  // Not subarray: of a Buffer that would be a Buffer, whose slice is no copy.
  if (type.code === UNSIGNED_BYTE) {
    return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + start, count) };
  }
  const data = new type.array(count);
  for (let i = 0, at = start; i < count; i++, at += type.bytes) data[i] = type.read(view, at);
  return { shape, data };
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
      `The shape ${shape.join(' x ')} asks for ${product} elements, but there are ${data.length}.`,
    );
  }
  const type = TYPES.find(({ array }) => data instanceof array);
  if (type === undefined) throw new RangeError('An IDX file has no such type of elements.');
  const start = idxHeaderBytes(shape.length);
  const bytes = new Uint8Array(start + data.length * type.bytes);
  const view = new DataView(bytes.buffer);
  bytes[2] = type.code;
  bytes[3] = shape.length;
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  if (type.code === UNSIGNED_BYTE) bytes.set(data, start);
  else for (let i = 0; i < data.length; i++) type.write(view, start + i * type.bytes, data[i]!);
  return bytes;
}

/** Whether an array is of unsigned bytes, as images are. */
export function isBytes(array: IdxArray): array is IdxArray<Uint8Array> {
  return array.data instanceof Uint8Array;
}
