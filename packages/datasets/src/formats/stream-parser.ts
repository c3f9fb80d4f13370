import { complaint, messageOf } from '../complaint.ts';
import type { ByteInput } from '../unpack/input.ts';
import { joined } from '../unpack/joined.ts';
import { unpack, type ReadOptions } from '../unpack/unpack.ts';

/** Reads a format record by record, whatever pieces its bytes come in. */
export interface StreamParser<T> {
  /**
   * Takes what is whole of the next bytes, and says how many it took; those that it left come again, with more behind them.
   * With `last` there are no more, and all are taken.
   */
  take(bytes: Uint8Array, last: boolean): number;
  /** Whether it needs no more, as where a limit is reached. */
  readonly satisfied: boolean;
  /** What was read. */
  finish(): T;
}

/** Bytes of a record, a line for example, that are held at once: a longer one is no data set. */
const LONGEST_RECORD = 2 ** 28;

/** What a parser makes of bytes that are there. */
export function parseBytes<T>(parser: StreamParser<T>, source: string, bytes: Uint8Array): T {
  return named(source, () => {
    parser.take(bytes, true);
    return parser.finish();
  });
}

/** What a parser makes of an input, packed or not. */
export function parseInput<T>(
  parser: StreamParser<T>,
  source: string,
  input: ByteInput,
  options: ReadOptions,
): Promise<T> {
  return parseChunks(parser, source, unpack(input, { ...options, source }));
}

/** What a parser makes of bytes that come in pieces, which are in memory one at a time. */
export async function parseChunks<T>(
  parser: StreamParser<T>,
  source: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<T> {
  let held: Uint8Array[] = [];
  let length = 0;
  // Bytes that were looked at in vain: as many must come again before it is worth another look.
  let vain = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < 2 * vain) continue;
    const bytes = held.length === 1 ? chunk : joined(held);
    const taken = named(source, () => parser.take(bytes, false));
    if (parser.satisfied) return named(source, () => parser.finish());
    const rest = bytes.subarray(taken);
    held = rest.length > 0 ? [rest] : [];
    length = rest.length;
    vain = taken === 0 ? length : 0;
    if (length > LONGEST_RECORD) {
      throw complaint(source, `a line or record of more than ${LONGEST_RECORD} bytes: is it another format?`);
    }
  }
  return named(source, () => {
    if (length > 0) parser.take(joined(held), true);
    return parser.finish();
  });
}

/** Says whose data it was that memory did not suffice for. */
function named<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError) || !/alloc|array length|string longer/i.test(error.message))
      throw error;
    throw complaint(source, `there is not enough memory for it: ${messageOf(error)}.`, error);
  }
}
