/** NumPy's format of one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), versions 1 to 3. */
import { complaint, hex } from '../complaint.ts';
import type { ByteInput } from '../unpack/input.ts';
import { foreignKind } from '../unpack/packing.ts';
import { readBytes, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf } from './file-options.ts';
import { sizeOf, type Numbers, type ShapedArray } from './shaped-array.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** What an array's header says. */
interface NpyHeader {
  /** The type as NumPy writes it: byte order, kind, bytes an element. */
  readonly type: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly start: number;
}

interface ElementType {
  readonly bytes: number;
  readonly array: new (length: number) => Numbers;
  readonly read: (view: DataView, at: number, little: boolean) => number;
}

/** By kind and size. Halves become 32-bit floats; whole numbers of 64 bits are given as doubles, or 32-bit integers if all fit. */
const TYPES: Readonly<Record<string, ElementType>> = {
  b1: { bytes: 1, array: Uint8Array, read: (view, at) => view.getUint8(at) },
  u1: { bytes: 1, array: Uint8Array, read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, array: Int8Array, read: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, array: Uint16Array, read: (view, at, little) => view.getUint16(at, little) },
  i2: { bytes: 2, array: Int16Array, read: (view, at, little) => view.getInt16(at, little) },
  u4: { bytes: 4, array: Uint32Array, read: (view, at, little) => view.getUint32(at, little) },
  i4: { bytes: 4, array: Int32Array, read: (view, at, little) => view.getInt32(at, little) },
  u8: { bytes: 8, array: Float64Array, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i8: { bytes: 8, array: Float64Array, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f2: { bytes: 2, array: Float32Array, read: (view, at, little) => halfOf(view.getUint16(at, little)) },
  f4: { bytes: 4, array: Float32Array, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, array: Float64Array, read: (view, at, little) => view.getFloat64(at, little) },
};

/**
 * Reads a `.npy` file: an array of numbers or truth values (0 and 1), whose last dimension changes fastest whatever the file's
 * order is. Whole numbers of 64 bits become 32-bit integers where all fit, else doubles.
 *
 * @param bytes The whole file, not packed; {@link loadNpy} unpacks. The result shares its memory where it can.
 * @param source What error messages call the data: a path, say.
 * @throws Error saying at which byte what was expected and found: another magic or header, elements that are no numbers,
 *   whole numbers that a double does not hold, too few bytes or too many.
 */
export function parseNpy(bytes: Uint8Array, source: string = 'NumPy data'): ShapedArray {
  const { type, fortran, shape, start } = readHeader(bytes, source);
  const elements = TYPES[type.slice(1)];
  if (elements === undefined) {
    throw complaint(source, `byte 10: expected numbers in the header's descr, found the type "${type}".`);
  }
  const count = sizeOf(shape);
  checkLength(bytes, source, start, shape, count * elements.bytes);
  const little = type[0] !== '>';
  // Whole numbers of 64 bits have the width of a double, and are none.
  const long = elements.bytes === 8 && type[1] !== 'f';
  const view = long ? undefined : shared(bytes, start, count, elements, little);
  const data = view ?? converted(bytes, start, count, elements, little);
  const whole = long ? narrowed(data as Float64Array, source) : data;
  return { shape, data: fortran && shape.length > 1 ? lastFastest(whole, shape) : whole };
}

/**
 * Reads a `.npy` file, packed or not, as {@link parseNpy} does.
 *
 * @throws Error naming the file, as {@link parseNpy}.
 */
export async function loadNpy(input: ByteInput, options: ReadOptions = {}): Promise<ShapedArray> {
  return parseNpy(await readBytes(input, options), sourceOf(input, 'NumPy data', options.source));
}

/** The text in a `.npy` file that holds one: bytes or UTF-32, as SciPy notes the kind of a sparse matrix. */
export function parseNpyText(bytes: Uint8Array, source: string): string {
  const { type, shape, start } = readHeader(bytes, source);
  const width = type[1] === 'U' ? 4 : 1;
  const length = Number(type.slice(2));
  if (!/^[|<>=][SU]\d{1,4}$/.test(type) || sizeOf(shape) !== 1) {
    throw complaint(source, `byte 10: expected one text, found ${shape.join(' x ')} of the type "${type}".`);
  }
  checkLength(bytes, source, start, [length], length * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const codes = Array.from({ length }, (_, i) =>
    width === 1 ? view.getUint8(i) : view.getUint32(4 * i, type[0] !== '>'),
  );
  return codes
    .filter((code) => code > 0 && code < 0x11_0000)
    .map((code) => String.fromCodePoint(code))
    .join('');
}

function readHeader(bytes: Uint8Array, source: string): NpyHeader {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    const kind = foreignKind(bytes) ?? (bytes.length === 0 ? 'no data' : hex(bytes.subarray(0, 6)));
    throw complaint(source, `byte 0: expected NumPy's magic 93 4e 55 4d 50 59, found ${kind}.`);
  }
  const version = bytes[6]!;
  if (!(version >= 1 && version <= 3) || bytes.length < 12) {
    throw complaint(
      source,
      `byte 6: expected the version 1, 2 or 3 and a header, found ${hex(bytes.subarray(6, 12))}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [from, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const start = from + length;
  if (start > bytes.length) {
    throw complaint(
      source,
      `byte ${from}: expected a header of ${length} bytes, found ${bytes.length - from}.`,
    );
  }
  const text = new TextDecoder().decode(bytes.subarray(from, start)).slice(0, 1_000);
  const type = /'descr'\s*:\s*'([^']{2,20})'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1];
  if (type === undefined || order === undefined || sizes === undefined) {
    throw complaint(
      source,
      `byte ${from}: expected a header with one type of numbers, an order and a shape, found "${text.trim().slice(0, 40)}".`,
    );
  }
  const shape = sizes
    .split(',')
    .map((size) => size.trim().replace('L', ''))
    .filter((size) => size !== '')
    .map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size))) {
    throw complaint(
      source,
      `byte ${from}: expected a shape of whole numbers, found (${sizes.slice(0, 40)}).`,
    );
  }
  return { type, fortran: order === 'True', shape, start };
}

function checkLength(
  bytes: Uint8Array,
  source: string,
  start: number,
  shape: readonly number[],
  length: number,
): void {
  if (bytes.length === start + length) return;
  const what = bytes.length < start + length ? 'it is cut short' : 'something follows that does not belong';
  const sizes = shape.slice(0, 4).join(' x ') + (shape.length > 4 ? ' x ...' : '');
  throw complaint(
    source,
    `expected ${length} bytes from byte ${start} on (${sizes || 'one number'}), found ${bytes.length - start}: ${what}.`,
  );
}

/** A view of the file's own bytes, where they lie and are ordered as the machine wants them. */
function shared(
  bytes: Uint8Array,
  start: number,
  count: number,
  { array, bytes: width }: ElementType,
  little: boolean,
): Numbers | undefined {
  const view = array as unknown as {
    new (buffer: ArrayBufferLike, at: number, length: number): Numbers;
    readonly BYTES_PER_ELEMENT: number;
  };
  const isSame = view.BYTES_PER_ELEMENT === width && (width === 1 || (little && isLittleEndian()));
  const at = bytes.byteOffset + start;
  if (!isSame || at % width !== 0) return undefined;
  return new view(bytes.buffer, at, count);
}

function converted(
  bytes: Uint8Array,
  start: number,
  count: number,
  { array, bytes: width, read }: ElementType,
  little: boolean,
): Numbers {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data = new array(count);
  for (let i = 0, at = start; i < count; i++, at += width) data[i] = read(view, at, little);
  return data;
}

function isLittleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}

/** Doubles of whole numbers as 32-bit integers, where all are. */
function narrowed(data: Float64Array, source: string): Float64Array | Int32Array {
  let fits = true;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isSafeInteger(data[i])) {
      throw complaint(source, `element ${i}: expected a whole number up to 2^53, found ${data[i]}.`);
    }
    if (data[i] !== (data[i]! | 0)) fits = false;
  }
  return fits ? Int32Array.from(data) : data;
}

/** Elements whose first dimension changes fastest, the other way round. */
function lastFastest(data: Numbers, shape: readonly number[]): Numbers {
  const ordered = data.slice();
  const steps = shape.map((_, d) => sizeOf(shape.slice(0, d)));
  const index = shape.map(() => 0);
  for (let i = 0, from = 0; i < data.length; i++) {
    ordered[i] = data[from]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += steps[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= shape[d]! * steps[d]!;
      index[d] = 0;
    }
  }
  return ordered;
}

/** A number of IEEE 754 in 16 bits. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
