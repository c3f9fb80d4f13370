import { complaint, messageOf } from '../complaint.ts';
import type { ByteInput } from '../unpack/input.ts';
import { CHUNK, giveBack } from '../unpack/file-buffers.ts';
import type { ReadProgress } from '../unpack/meter.ts';
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
  /** Says that there are about so many times the bytes that were taken until now, so that room can be made for what they hold. */
  expect?(times: number): void;
  /** What was read. */
  finish(): T;
}

/** Bytes of a record, a line for example, that are held at once: a longer one is no data set. */
const LONGEST_RECORD = 2 ** 28;

/** Bytes by which it is guessed how much room the rest needs. */
const SAMPLE = 2 ** 20;

/** What a parser makes of bytes that are there. */
export function parseBytes<T>(parser: StreamParser<T>, source: string, bytes: Uint8Array): T {
  return named(source, () => {
    const taken = bytes.length > 2 * SAMPLE ? parser.take(bytes.subarray(0, SAMPLE), false) : 0;
    if (taken > 0) parser.expect?.(bytes.length / taken);
    if (!parser.satisfied) parser.take(bytes.subarray(taken), true);
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
  let progress: ReadProgress | undefined;
  const onProgress = (now: ReadProgress): void => {
    progress = now;
    options.onProgress?.(now);
  };
  const chunks = unpack(input, { ...options, source, onProgress });
  // How much there will be is known of what is not packed.
  return parseChunks(parser, source, chunks, () =>
    progress?.read === progress?.unpacked ? progress?.total : undefined,
  );
}

/**
 * What a parser makes of bytes that come in pieces, which are in memory one at a time.
 *
 * @param total Bytes that there will be in all, where that is known.
 */
export async function parseChunks<T>(
  parser: StreamParser<T>,
  source: string,
  chunks: AsyncIterable<Uint8Array>,
  total: () => number | undefined = () => undefined,
): Promise<T> {
  const held = new HeldBytes();
  // Bytes that were looked at in vain: as many must come again before it is worth another look.
  let vain = 0;
  let [all, expected] = [0, false];
  for await (const chunk of chunks) {
    held.append(chunk);
    giveBack(chunk);
    if (held.length < 2 * vain) continue;
    const taken = named(source, () => parser.take(held.bytes(), false));
    if (parser.satisfied) return named(source, () => parser.finish());
    held.drop(taken);
    all += taken;
    if (!expected && all >= SAMPLE) {
      expected = true;
      const bytes = total() ?? 0;
      if (bytes > 2 * SAMPLE) parser.expect?.(bytes / all);
    }
    vain = taken === 0 ? held.length : 0;
    if (held.length > LONGEST_RECORD) {
      throw complaint(source, `a line or record of more than ${LONGEST_RECORD} bytes: is it another format?`);
    }
  }
  return named(source, () => {
    if (held.length > 0) parser.take(held.bytes(), true);
    return parser.finish();
  });
}

/** Bytes that were not taken yet, in one buffer that is used again and again. */
class HeldBytes {
  length = 0;
  #buffer: Uint8Array = new Uint8Array(2 * CHUNK);

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
      larger.set(this.bytes());
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.length);
    this.length = length;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }

  /** Leaves out the first bytes. */
  drop(count: number): void {
    this.#buffer.copyWithin(0, count, this.length);
    this.length -= count;
  }
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
