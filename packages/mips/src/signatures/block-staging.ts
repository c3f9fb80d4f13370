/** Vectors on their way into blocks: laid out as blocks have them, with their int8 copies and their projections. */
import {
  quantizeRows,
  ScanVectors,
  type StagedFields,
  StagedVectors,
  type Team,
  type View,
} from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { Incoming, QuantizedVectors } from '../index/searcher.ts';
import type { Signer } from './signer.ts';

/** Floats that are staged at a time, unless the least number of vectors takes more. */
const STAGED = 2 ** 18;

/** Where the int8 copies of rows go. */
interface Copies {
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  readonly sums: Int32Array;
}

/** What vectors are staged as. */
export interface StagingShape {
  readonly dimensions: number;
  /** Floats from one row to the next: a multiple of 16. */
  readonly stride: number;
  /** Whether vectors are kept in 32-bit floats. If not, lengths and signatures are those of the int8 copies. */
  readonly rows: boolean;
}

export class BlockStaging implements Disposable {
  /** Vectors that can be staged at a time. */
  readonly room: number;
  /** What is staged, for kernels. */
  readonly record: StagedVectors;
  readonly #team: Team;
  readonly #shape: StagingShape;
  readonly #signer: Signer;
  readonly #fields: StagedFields;
  readonly #errors: Float32Array;
  readonly #quantized: ScanVectors;

  /** `least` and `most` bound the vectors at a time, `least` also divides them. @throws {RangeError} if there is no room. */
  constructor(team: Team, shape: StagingShape, signer: Signer, least: number, most: number) {
    const { arena } = team;
    const { stride } = shape;
    this.#team = team;
    this.#shape = shape;
    this.#signer = signer;
    const fits = Math.floor(STAGED / Math.max(stride, signer.bits) / least) * least;
    this.room = Math.min(most, Math.max(least, fits));
    using scratch = new Scratch(arena);
    this.#quantized = new ScanVectors(arena, scratch.int32(ScanVectors.WORDS));
    this.record = new StagedVectors(arena, scratch.int32(StagedVectors.WORDS));
    this.#fields = {
      rows: scratch.float32(this.room * stride),
      projections: scratch.float32(this.room * signer.bits),
      codes: scratch.uint8(this.room * stride),
      scales: scratch.float32(this.room),
      sums: scratch.int32(this.room),
      ids: scratch.uint32(this.room),
      lengths: scratch.float32(this.room),
    };
    this.#errors = scratch.float32(this.room);
    this.record.lay(this.#fields);
    scratch.keep();
  }

  get bytes(): number {
    return (Object.values(this.#fields) as View[]).reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Lays vectors first to first + count out, `count` at most `room`. */
  stage({ vectors, lengths, ids, int8 }: Incoming, first: number, count: number): void {
    const { dimensions, stride } = this.#shape;
    const staged = this.#fields;
    const start = first * dimensions;
    // At once where rows lie side by side here too.
    if (stride === dimensions) staged.rows.set(vectors.subarray(start, start + count * dimensions));
    for (let i = 0; i < count; i++) {
      const from = first + i;
      if (stride !== dimensions) {
        const row = vectors.subarray(from * dimensions, (from + 1) * dimensions);
        staged.rows.set(row, i * stride);
      }
      staged.ids[i] = ids[from] as number;
      staged.lengths[i] = roundUp(lengths[from] as number);
    }
    this.quantize(staged.rows, count, staged);
    if (!this.#shape.rows) this.#useCopies(count, int8, first);
    this.#signer.project(staged.rows, stride, count, staged.projections);
  }

  /** Makes the int8 copies of `count` rows, at most `room`. */
  quantize(rows: Float32Array, count: number, { codes, scales, sums }: Copies): void {
    const int8 = { codes, scales, errors: this.#errors, sums };
    this.#quantized.lay({ rows, stride: this.#shape.stride, count, int8 });
    quantizeRows(this.#team, { vectors: this.#quantized, slack: 0, first: 0 }, count);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    const fields = Object.values(this.#fields) as View[];
    for (const view of [...fields, this.#errors, this.#quantized.record, this.record.record])
      arena.free(view);
  }

  /** Makes what is staged what its int8 copies say, which may be given, from vector `first` on. */
  #useCopies(count: number, given: QuantizedVectors | undefined, first: number): void {
    const { dimensions, stride } = this.#shape;
    const { rows, codes, scales, sums, lengths } = this.#fields;
    const signed = new Int8Array(codes.buffer, codes.byteOffset, codes.length);
    for (let i = 0; i < count; i++) {
      if (given) {
        const from = (first + i) * dimensions;
        signed.set(given.codes.subarray(from, from + dimensions), i * stride);
        scales[i] = given.scales[first + i] as number;
      }
      const scale = scales[i] as number;
      let [sum, squares] = [0, 0];
      for (let at = i * stride; at < i * stride + dimensions; at++) {
        const x = Math.fround((signed[at] as number) * scale);
        rows[at] = x;
        sum += signed[at] as number;
        squares += x * x;
      }
      sums[i] = sum;
      lengths[i] = roundUp(Math.sqrt(squares));
    }
  }
}

/** The length as a 32-bit float that is not below it. */
function roundUp(length: number): number {
  return Math.fround(length * (1 + 2 ** -22) + (length > 0 ? 2 ** -149 : 0));
}
