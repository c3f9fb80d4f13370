/**
 * The safetensors format: 8 bytes with the length of a header (little-endian), the header in JSON, and the numbers of all
 * tensors, one after the other. Any program that knows the format reads what is written here.
 */
import { crc32 } from './crc32.ts';

/** The array that holds the numbers of each type; halves of either kind are given as their bits. */
interface Arrays {
  F64: Float64Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  F32: Float32Array;
  I32: Int32Array;
  U32: Uint32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

/** Types of elements, as safetensors names them: 'F32', 'I32', 'BF16', ... */
export type TensorDtype = keyof Arrays;

/** The typed array that holds a tensor's elements; F16 and BF16 are left as 16-bit words. */
export type TensorData<D extends TensorDtype = TensorDtype> = Arrays[D];

interface ArrayConstructor {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, start?: number, length?: number): TensorData;
}

const ARRAYS: Readonly<Record<TensorDtype, ArrayConstructor>> = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** An array with its shape and the type of its elements. */
export interface Tensor<D extends TensorDtype = TensorDtype> {
  readonly dtype: D;
  /** Row-major; a product of 1, that of no dimensions, is a single number. */
  readonly shape: readonly number[];
  readonly data: TensorData<D>;
}

/** A decoded file. */
export interface SafetensorsFile {
  /** What to call the file in messages: a path, for instance. */
  readonly name: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the file has the checksum of this package (which agreed): files of other programs have none. */
  readonly checked: boolean;
}

const METADATA = '__metadata__';
const CHECKSUM = 'crc32';
/** How our headers start, so that the checksum's 8 digits are at a known place. It is taken with zeros for them. */
const HEADER_START = `{"${METADATA}":{"${CHECKSUM}":"`;
const DIGITS = 8;
const CHECKSUM_AT = 8 + HEADER_START.length;
/** The limit that the format sets to headers. */
const MOST_HEADER_BYTES = 100_000_000;

/**
 * The file as pieces, to be written one after the other: the header, then views of the tensors' own numbers, which are not
 * copied. Tensors of wider numbers come first, so that all are aligned.
 * @throws {RangeError} if a tensor's shape is not that of its data, or a name is one that the format keeps for itself.
 * @throws {TypeError} if the data is no array of the dtype.
 */
export function encodeSafetensorsPieces(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const entries = Object.entries(tensors);
  for (const [key, tensor] of entries) checkTensor(key, tensor);
  entries.sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const fields = [`${HEADER_START}${'0'.repeat(DIGITS)}"`];
  for (const [key, value] of Object.entries(metadata)) {
    if (key === CHECKSUM) throw new RangeError(`Metadata '${key}' is the file's own checksum.`);
    if (typeof value !== 'string') throw new TypeError(`Metadata are strings; '${key}' is ${typeof value}.`);
    fields.push(`,${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  fields.push('}');
  const data: Uint8Array[] = [];
  let at = 0;
  for (const [key, { dtype, shape, data: numbers }] of entries) {
    const end = at + numbers.byteLength;
    fields.push(`,${JSON.stringify(key)}:${JSON.stringify({ dtype, shape, data_offsets: [at, end] })}`);
    data.push(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    at = end;
  }
  fields.push('}');
  const text = new TextEncoder().encode(fields.join(''));
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MOST_HEADER_BYTES) {
    throw new RangeError(`A header has at most ${MOST_HEADER_BYTES} bytes; this one would have ${length}.`);
  }
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  const pieces = [header, ...data];
  const checksum = pieces.reduce((sum, piece) => crc32(piece, sum), 0);
  header.set(new TextEncoder().encode(hex(checksum)), CHECKSUM_AT);
  return pieces;
}

/** The same as one array. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const pieces = encodeSafetensorsPieces(tensors, metadata);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * Reads a file. The tensors are views of `bytes` where their numbers are aligned there (those of our files are, in an array
 * that starts at a multiple of 8), copies elsewhere.
 * @param name what to call the file in messages, its path for instance.
 * @throws {Error} naming the file, what was expected, what is there and where, if it is damaged or no safetensors.
 */
export function decodeSafetensors(bytes: Uint8Array, name = 'the file'): SafetensorsFile {
  const header = readHeader(bytes, name);
  const checksum = readChecksum(bytes, header.end);
  const fields = new Map(Object.entries(header.fields));
  const metadata = readMetadata(fields.get(METADATA), name);
  fields.delete(METADATA);
  const entries = [...fields].map(([key, entry]) => readEntry(key, entry, name));
  checkCover(entries, bytes.length - header.end, header.end, name);
  if (checksum && checksum.expected !== checksum.got) {
    throw new Error(
      `${name}: the file is damaged: expected the checksum ${checksum.expected} (CRC-32); its ${bytes.length} bytes ` +
        `have ${checksum.got}.`,
    );
  }
  const tensors = entries.map(({ key, dtype, shape, begin, length }) => {
    const start = bytes.byteOffset + header.end + begin;
    const data = viewOf(dtype, bytes.buffer, start, length);
    return [key, { dtype, shape, data }] as const;
  });
  // fromEntries, which makes even '__proto__' a key like any other.
  return {
    name,
    tensors: Object.fromEntries(tensors),
    metadata: Object.fromEntries(metadata.filter(([key]) => key !== CHECKSUM)),
    checked: checksum !== undefined,
  };
}

/**
 * The numbers of a tensor that a file must have.
 * @throws {Error} naming the file and the tensor, if it is missing or of another dtype or shape.
 */
export function tensorOf<D extends TensorDtype>(
  file: SafetensorsFile,
  key: string,
  dtype: D,
  shape: readonly number[],
): TensorData<D> {
  const tensor = Object.hasOwn(file.tensors, key) ? file.tensors[key] : undefined;
  const expected = `expected the tensor '${key}', ${dtype} of shape [${shape.join(', ')}]`;
  if (!tensor) throw new Error(`${file.name}: ${expected}; there is none.`);
  if (tensor.dtype !== dtype || tensor.shape.join() !== shape.join()) {
    throw new Error(
      `${file.name}: ${expected}; it is ${tensor.dtype} of shape [${tensor.shape.join(', ')}].`,
    );
  }
  return tensor.data as TensorData<D>;
}

function checkTensor(key: string, { dtype, shape, data }: Tensor): void {
  if (key === METADATA) throw new RangeError(`A tensor cannot be called '${key}'.`);
  const array = Object.hasOwn(ARRAYS, dtype) ? ARRAYS[dtype] : undefined;
  if (!array) {
    const known = Object.keys(ARRAYS).join(', ');
    throw new RangeError(`Tensor '${key}': the dtypes are ${known}; got ${String(dtype)}.`);
  }
  if (!(data instanceof array)) {
    throw new TypeError(
      `Tensor '${key}': ${dtype} is a ${array.name}; got ${Object(data).constructor.name}.`,
    );
  }
  if (!isShape(shape) || product(shape) !== data.length) {
    throw new RangeError(
      `Tensor '${key}': its shape [${String(shape)}] is not that of ${data.length} numbers.`,
    );
  }
}

function readHeader(bytes: Uint8Array, name: string): { fields: Record<string, unknown>; end: number } {
  const what = `${name}: this is no safetensors file`;
  if (bytes.length < 10) {
    throw new Error(
      `${what}: expected a header's length in 8 bytes and a header; got ${bytes.length} bytes.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length < 2n || length > MOST_HEADER_BYTES) {
    throw new Error(
      `${what}: expected a header of 2 to ${MOST_HEADER_BYTES} bytes; bytes 0 to 7 say ${length}.`,
    );
  }
  const end = 8 + Number(length);
  if (bytes[8] !== 0x7b) {
    throw new Error(`${what}: expected a header that starts with "{"; byte 8 is ${bytes[8]}.`);
  }
  if (end > bytes.length) {
    throw new Error(
      `${name}: the file is cut off: its header is ${length} bytes from byte 8 on; the file has ${bytes.length}.`,
    );
  }
  try {
    // A copy: text is not decoded from shared memory.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice(8, end));
    return { fields: JSON.parse(text) as Record<string, unknown>, end };
  } catch (error) {
    throw new Error(`${name}: the header, bytes 8 to ${end - 1}, is damaged: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** The checksum that a file of ours has, and the one that its bytes give. */
function readChecksum(bytes: Uint8Array, end: number): { expected: string; got: string } | undefined {
  const stop = CHECKSUM_AT + DIGITS;
  if (end < stop || String.fromCharCode(...bytes.subarray(8, CHECKSUM_AT)) !== HEADER_START) return undefined;
  const zeros = new TextEncoder().encode('0'.repeat(DIGITS));
  const pieces = [bytes.subarray(0, CHECKSUM_AT), zeros, bytes.subarray(stop)];
  const got = hex(pieces.reduce((before, piece) => crc32(piece, before), 0));
  return { expected: String.fromCharCode(...bytes.subarray(CHECKSUM_AT, stop)), got };
}

function readMetadata(value: unknown, name: string): [string, string][] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(
      `${name}: expected '${METADATA}' to be an object of strings; got ${JSON.stringify(value)}.`,
    );
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw new Error(`${name}: expected metadata '${key}' to be a string; got ${JSON.stringify(text)}.`);
    }
  }
  return Object.entries(value as Record<string, string>);
}

interface Entry {
  readonly key: string;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** Numbers. */
  readonly length: number;
}

function readEntry(key: string, value: unknown, name: string): Entry {
  const entry = (value ?? {}) as Record<string, unknown>;
  const { dtype, shape, data_offsets: offsets } = entry;
  const wrong = (expected: string, got: unknown): Error =>
    new Error(`${name}: tensor '${key}': expected ${expected}; got ${JSON.stringify(got)}.`);
  if (typeof dtype !== 'string' || !Object.hasOwn(ARRAYS, dtype)) {
    throw wrong(`a dtype of ${Object.keys(ARRAYS).join(', ')}`, dtype);
  }
  if (!isShape(shape)) throw wrong('a shape of integers of 0 or more', shape);
  if (!isShape(offsets) || offsets.length !== 2) throw wrong('two offsets of bytes', offsets);
  const [begin, end] = offsets as [number, number];
  const length = product(shape);
  const bytes = length * ARRAYS[dtype as TensorDtype].BYTES_PER_ELEMENT;
  if (end - begin !== bytes) throw wrong(`${bytes} bytes for its shape [${shape.join(', ')}]`, offsets);
  return { key, dtype: dtype as TensorDtype, shape, begin, end, length };
}

/** The format wants every byte of the data in one tensor and no more. */
function checkCover(entries: readonly Entry[], length: number, start: number, name: string): void {
  let at = 0;
  for (const { key, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      throw new Error(
        `${name}: tensor '${key}': expected its data at byte ${start + at}, after the tensor before it; got ${start + begin}.`,
      );
    }
    at = end;
  }
  if (at !== length) {
    throw new Error(
      `${name}: the file is ${at > length ? 'cut off' : 'too long'}: expected ${start + at} bytes, by its header; ` +
        `it has ${start + length}.`,
    );
  }
}

function viewOf(dtype: TensorDtype, buffer: ArrayBufferLike, start: number, length: number): TensorData {
  const array = ARRAYS[dtype];
  if (start % array.BYTES_PER_ELEMENT === 0) return new array(buffer, start, length);
  return new array(buffer.slice(start, start + length * array.BYTES_PER_ELEMENT));
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}

function hex(sum: number): string {
  return sum.toString(16).padStart(DIGITS, '0');
}
