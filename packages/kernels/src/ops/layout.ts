/** Rows, pairs and sparse batches as the records that kernels read. */
import type { Arena } from '../memory/arena.ts';
import { Resource } from '../memory/resource.ts';
import { type RecordName, type RecordValues, recordWords, Relaid } from './record.ts';
import { checkRoom, listsSpan } from './room.ts';

/** Weight vectors with what the optimizer keeps for them; `Moments` is how, see OptimizerFields' formats. */
export interface RowsFields<Moments extends Float32Array | Uint16Array = Float32Array> {
  /** `stride` floats a row; those from `width` on are 0. */
  readonly weights: Float32Array;
  readonly stride: number;
  readonly width: number;
  readonly bias?: Float32Array | undefined;
  /** Laid out like the weights; bfloat16 as Uint16Array. */
  readonly first?: Moments | undefined;
  readonly biasFirst?: Float32Array | undefined;
  /** Laid out like the weights, bfloat16 as Uint16Array; or one a row, see OptimizerFields.secondFormat. */
  readonly second?: Moments | undefined;
  readonly biasSecond?: Float32Array | undefined;
  /** How often each row was updated. */
  readonly steps?: Int32Array | undefined;
  /** The step at which each row was last updated; 0 for never. */
  readonly touched?: Int32Array | undefined;
  /** Where kind 'measure' writes the squared norms of the rows' gradients. */
  readonly norms?: Float32Array | undefined;
}

/** (sample, row) pairs by row; see `RowPairs`. */
export interface PairsFields {
  /** Rows that have pairs, in the order in which they are visited. */
  readonly rows: Int32Array;
  /** Where the pairs of each of them start; one more than rows. */
  readonly starts: Int32Array;
  /** one a pair */
  readonly positions: Int32Array;
  readonly samples: Int32Array;
  /**
   * The tile of samples that each row is visited with by walks over dense samples, or -1; see assembly/rows/tiles.ts. Rows of a
   * tile follow each other. Without it rows ascend, and are visited pair by pair.
   */
  readonly tiles?: Int32Array | undefined;
}

/** Sparse vectors in compressed rows, ids ascending in each. */
export interface SparseFields {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
}

/** A record that is laid once, in words of its own; its arrays are their owner's. */
export abstract class OwnRecord<Name extends RecordName, Given> extends Resource {
  readonly #arena: Arena;
  readonly #laid: Relaid<Name, Given>;

  /** @param words recordWords(name) words of the arena. @throws {TypeError} if an array is not in the arena. */
  protected constructor(
    arena: Arena,
    name: Name,
    toValues: (fields: Given) => RecordValues<Name>,
    fields: Given,
    words: Int32Array,
  ) {
    super(`This ${name}Record`);
    this.#arena = arena;
    this.#laid = new Relaid(arena, name, words, toValues);
    try {
      this.#laid.lay(fields);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The words that ops read. */
  get record(): Int32Array {
    this.checkOpen();
    return this.#laid.record;
  }

  /** What it was laid with. */
  get fields(): Given {
    this.checkOpen();
    return this.#laid.fields;
  }

  protected override release(): void {
    this.#arena.free(this.#laid.record);
  }
}

/** The record of weight vectors, for walks and updates. */
export class RowsRecord extends OwnRecord<'Rows', RowsFields<Float32Array | Uint16Array>> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Rows');

  /** @param words WORDS words of the arena. Default: new ones. @throws {TypeError} if an array is not in the arena. */
  constructor(
    arena: Arena,
    fields: RowsFields<Float32Array | Uint16Array>,
    words: Int32Array = arena.int32(RowsRecord.WORDS),
  ) {
    super(arena, 'Rows', rowsValues, fields, words);
  }
}

function rowsValues(rows: RowsFields<Float32Array | Uint16Array>): RecordValues<'Rows'> {
  const { weights, stride, width, bias, first, biasFirst, second, biasSecond } = rows;
  const { steps, touched, norms } = rows;
  return { weights, stride, width, bias, first, biasFirst, second, biasSecond, steps, touched, norms };
}

/** The record of a sparse batch. */
export class SparseRecord extends OwnRecord<'Sparse', SparseFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Sparse');

  /** @param words WORDS words of the arena. Default: new ones. @throws {TypeError} if an array is not in the arena. */
  constructor(arena: Arena, fields: SparseFields, words: Int32Array = arena.int32(SparseRecord.WORDS)) {
    super(arena, 'Sparse', ({ offsets, ids, values }) => ({ offsets, ids, values }), fields, words);
  }
}

/** The record of pairs. */
export class PairsRecord extends OwnRecord<'Pairs', PairsFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Pairs');

  /** @param words WORDS words of the arena. Default: new ones. @throws {TypeError} if an array is not in the arena. */
  constructor(arena: Arena, fields: PairsFields, words: Int32Array = arena.int32(PairsRecord.WORDS)) {
    super(arena, 'Pairs', pairsValues, fields, words);
  }
}

function pairsValues({ rows, starts, positions, samples, tiles }: PairsFields): RecordValues<'Pairs'> {
  return { rows, starts, positions, samples, tiles };
}

/** @throws {RangeError} unless there are `count` rows, each with a bias if any has. */
export function checkRows(op: string, { fields }: RowsRecord, count: number): void {
  const { weights, stride, bias } = fields;
  checkRoom(op, 'weights', weights, count * stride);
  if (bias) checkRoom(op, 'bias', bias, count);
}

/** The non-zeros of `count` sparse samples. @throws {RangeError} if there are fewer samples or non-zeros. */
export function checkSparse(op: string, { fields }: SparseRecord, count: number): number {
  const { offsets, ids, values } = fields;
  const nonZeros = listsSpan(op, offsets, count, 'offsets of x');
  checkRoom(op, 'ids of x', ids, nonZeros);
  checkRoom(op, 'values of x', values, nonZeros);
  return nonZeros;
}
