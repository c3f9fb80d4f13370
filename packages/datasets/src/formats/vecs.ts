/** The formats of the TEXMEX corpora (http://corpus-texmex.irisa.fr): SIFT1M, GIST1M and SIFT1B. */
import { checkOptions, type Known } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import { GrowingArray } from '../growing-array.ts';
import type { ByteInput } from '../unpack/input.ts';
import { foreignKind } from '../unpack/packing.ts';
import { READ_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf } from './file-options.ts';
import { parseBytes, parseInput, type StreamParser } from './stream-parser.ts';

/** Which numbers a file has: 32-bit floats, 32-bit integers, or bytes. */
export type VecsKind = 'fvecs' | 'ivecs' | 'bvecs';

/** The arrays of numbers that the kinds become. */
export interface VecsArrays {
  readonly fvecs: Float32Array;
  readonly ivecs: Int32Array;
  readonly bvecs: Uint8Array;
}

/** Vectors of one length: vector i is the `dimensions` numbers from i * dimensions on. */
export interface Vecs<Kind extends VecsKind = VecsKind> {
  readonly count: number;
  readonly dimensions: number;
  readonly vectors: VecsArrays[Kind];
}

/** How a file of vectors is read. */
export interface VecsOptions {
  /** Vectors to read, from the start of the file; all by default. No more of the file is read than they need. */
  readonly limit?: number;
  /** What error messages call the data; a path, say. */
  readonly source?: string;
}

/** Dimensions that are no sign of another format. */
const MOST_DIMENSIONS = 1_000_000;

/** All of them, but for those of reading a file. */
const OPTIONS: Known<VecsOptions> = { limit: true, source: true };

/**
 * Reads vectors that each begin with their number of dimensions, as a 32-bit integer; all little-endian.
 *
 * @param bytes Not packed; {@link loadVecs} unpacks.
 * @param kind Which numbers they are: the end of the file's name says it.
 * @throws Error saying at which byte what was expected and found: another number of dimensions than the first vector's, a
 *   number that is not finite, or the end of the data within a vector; or that there are no vectors.
 */
export function parseVecs<Kind extends VecsKind>(
  bytes: Uint8Array,
  kind: Kind,
  options: VecsOptions = {},
): Vecs<Kind> {
  checkOptions('parseVecs', options, OPTIONS);
  const source = options.source ?? kind;
  return parseBytes(new VecsParser(source, kind, options), source, bytes);
}

/**
 * Reads a file of vectors, packed or not, as {@link parseVecs} does.
 *
 * @throws Error naming the file, as {@link parseVecs}.
 */
export function loadVecs<Kind extends VecsKind>(
  input: ByteInput,
  kind: Kind,
  options: VecsOptions & ReadOptions = {},
): Promise<Vecs<Kind>> {
  checkOptions('loadVecs', options, { ...READ_OPTIONS, ...OPTIONS });
  const source = sourceOf(input, kind, options.source);
  return parseInput(new VecsParser(source, kind, options), source, input, options);
}

class VecsParser<Kind extends VecsKind> implements StreamParser<Vecs<Kind>> {
  satisfied = false;
  readonly #source: string;
  readonly #kind: VecsKind;
  readonly #limit: number;
  /** All numbers, as bytes. */
  readonly #bytes = new GrowingArray<Uint8Array>(Uint8Array);
  #dimensions = 0;
  #count = 0;
  /** Bytes taken so far. */
  #position = 0;

  constructor(source: string, kind: Kind, { limit = Infinity }: VecsOptions) {
    if (!['fvecs', 'ivecs', 'bvecs'].includes(kind)) {
      throw new RangeError(`The kind of vectors is 'fvecs', 'ivecs' or 'bvecs'; got ${String(kind)}.`);
    }
    if (!(limit >= 1)) throw new RangeError(`The limit of vectors is 1 or more; got ${limit}.`);
    this.#source = source;
    this.#kind = kind;
    this.#limit = limit;
  }

  take(bytes: Uint8Array, last: boolean): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at + 4 <= bytes.length && !this.satisfied) {
      const dimensions = view.getInt32(at, true);
      this.#checkDimensions(dimensions, at, bytes);
      const end = at + 4 + dimensions * (this.#kind === 'bvecs' ? 1 : 4);
      if (end > bytes.length) break;
      if (this.#kind === 'fvecs') this.#checkFinite(view, at + 4, end);
      this.#bytes.append(bytes.subarray(at + 4, end));
      at = end;
      if (++this.#count >= this.#limit) this.satisfied = true;
    }
    if (last && at < bytes.length && !this.satisfied) {
      throw this.#at(
        at,
        `expected a vector of ${this.#dimensions || 'some'} dimensions, found the end of the data.`,
      );
    }
    this.#position += at;
    return at;
  }

  #checkDimensions(dimensions: number, at: number, bytes: Uint8Array): void {
    if (this.#count === 0 && this.#position === 0 && at === 0) {
      if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
        const kind = foreignKind(bytes);
        const found = kind ?? String(dimensions);
        throw this.#at(0, `expected a number of dimensions from 1 to ${MOST_DIMENSIONS}, found ${found}.`);
      }
      this.#dimensions = dimensions;
    }
    if (dimensions !== this.#dimensions) {
      throw this.#at(
        at,
        `expected ${this.#dimensions} dimensions, as the first vector has, found ${dimensions}.`,
      );
    }
  }

  #checkFinite(view: DataView, start: number, end: number): void {
    for (let at = start; at < end; at += 4) {
      // All bits of the exponent are set in what is not finite.
      if ((view.getUint16(at + 2, true) & 0x7f80) === 0x7f80) {
        throw this.#at(at, `expected a finite number, found ${view.getFloat32(at, true)}.`);
      }
    }
  }

  #at(at: number, what: string): Error {
    return complaint(this.#source, `byte ${this.#position + at}: ${what}`);
  }

  finish(): Vecs<Kind> {
    if (this.#count === 0) throw complaint(this.#source, 'byte 0: expected vectors, found none.');
    const bytes = this.#bytes.finish();
    const length = this.#count * this.#dimensions;
    const vectors: Float32Array | Int32Array | Uint8Array =
      this.#kind === 'bvecs'
        ? bytes
        : this.#kind === 'fvecs'
          ? new Float32Array(bytes.buffer, 0, length)
          : new Int32Array(bytes.buffer, 0, length);
    return { count: this.#count, dimensions: this.#dimensions, vectors: vectors as VecsArrays[Kind] };
  }
}
