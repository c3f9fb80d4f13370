/** Batches of examples that come in pieces: they run over the ends of pieces, so that they are those of the same rows in one array. */
import type { ExamplePieces } from '../examples/example-stream.ts';
import { isSparse, type Examples } from '../examples/examples.ts';
import { gatherRows, type PieceRow } from '../examples/gather-rows.ts';
import { weightOf } from '../examples/sample-weights.ts';
import { untilAborted, type Abortable } from './abort.ts';
import { Turns } from './event-turns.ts';
import type { Passes } from './passes.ts';

/** A batch of a stream. */
export interface StreamBatch {
  readonly examples: Examples;
  /** Whether the stream ends with it. */
  readonly isLast: boolean;
}

/** In which order rows are taken. */
export interface RowOrder {
  /** The rows that are next once those of `piece` have come. */
  add(piece: Examples): Iterable<PieceRow>;
  /** Those that still wait when all have come. */
  rest(): Iterable<PieceRow>;
}

/** How a stream is read. */
export interface StreamReading {
  readonly pieces: ExamplePieces;
  /** Rows of a batch. */
  readonly batchSize: number;
  /** The piece of that number, from 1, in the arrays that networks read. @throws if it does not fit. */
  readonly accept: (piece: Examples, number: number) => Examples;
  /** Default: as they come. */
  readonly order?: RowOrder;
  /** Rows that are read and left out, from the first one on. Default 0. */
  readonly skip?: number;
  readonly signal: Abortable | undefined;
  /** Told before the last batch how many rows came, those that were left out included. @throws if they are too few. */
  readonly ended: (rows: number) => void;
}

/** Rows as they come. */
const AS_THEY_COME: RowOrder = {
  *add(piece) {
    for (let row = 0; row < piece.rows; row++) yield { piece, row };
  },
  *rest() {},
};

/**
 * The batches of a stream, with turns for others between pieces.
 * @throws the signal's reason, what the stream and `accept` throw, and {RangeError} if a batch has too many non-zeros, or no row of
 * the stream counts.
 */
export async function* streamBatches(
  passes: Passes,
  reading: StreamReading,
): AsyncGenerator<StreamBatch, void, undefined> {
  const { pieces, batchSize, accept, order = AS_THEY_COME, skip = 0, signal, ended } = reading;
  const turns = new Turns();
  let [rows, weight, left, number] = [0, 0, 0, 0];
  let held: PieceRow[] = [];
  const batch = (isLast: boolean): StreamBatch => ({ examples: gathered(passes, held), isLast });
  // A batch is given once there is a row after it, so that it is known whether it is the last.
  const add = function* (next: Iterable<PieceRow>): Generator<StreamBatch> {
    for (const row of next) {
      if (left < skip) {
        left++;
        continue;
      }
      if (held.length === batchSize) {
        yield batch(false);
        held = [];
      }
      held.push(row);
    }
  };
  for await (const given of untilAborted(pieces, signal)) {
    await turns.giveIfDue();
    number++;
    if (given?.rows === 0) continue;
    const piece = accept(given, number);
    rows += piece.rows;
    for (let row = 0; row < piece.rows; row++) weight += weightOf(piece, row);
    yield* add(order.add(piece));
  }
  yield* add(order.rest());
  ended(rows);
  if (rows > 0 && weight === 0) {
    throw new RangeError(`All ${rows} sampleWeights of the stream are 0: no row counts.`);
  }
  if (held.length > 0) yield batch(true);
}

/** @throws {RangeError} if the batch has more non-zeros than the network has room for. */
function gathered({ buffers }: Passes, rows: readonly PieceRow[]): Examples {
  const { input } = buffers;
  const examples = gatherRows(rows);
  if (input.kind === 'sparse' && isSparse(examples) && examples.ids.length > input.ids.length) {
    throw new RangeError(
      `A batch of rows of the stream has ${examples.ids.length} non-zeros; the network was made for ${input.ids.length}: ` +
        '`nonZeros` for a stream is the batch size times the most that a row has.',
    );
  }
  return examples;
}

/** Accepts a piece, and says which one it is if it does not fit. @throws what `accept` throws, with the name before it. */
export function acceptNamed(name: string, accept: () => Examples): Examples {
  try {
    return accept();
  } catch (error) {
    if (error instanceof TypeError) throw new TypeError(`${name}: ${error.message}`, { cause: error });
    if (error instanceof RangeError) throw new RangeError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
