import { complaint, quote } from '../complaint.ts';
import { foreignKind, HEAD_BYTES } from '../unpack/packing.ts';
import type { StreamParser } from './stream-parser.ts';

const [LINE_FEED, CARRIAGE_RETURN] = [0x0a, 0x0d];
const BOM = [0xef, 0xbb, 0xbf] as const;

/** Bytes within which the end of a line is looked for by hand; a call of indexOf costs as much. */
const SHORT = 64;

/**
 * Reads a format line by line. A line ends with a line feed, or a carriage return and one; a byte order mark before the
 * first is passed over.
 */
export abstract class LineParser<T> implements StreamParser<T> {
  satisfied = false;
  /** What messages call the data. */
  readonly source: string;
  /** The line that is read, from 1. */
  protected number = 0;
  /** What a file of this format is called in a message. */
  readonly #format: string;
  #begun = false;

  constructor(source: string, format: string) {
    this.source = source;
    this.#format = format;
  }

  /** Reads the line from `start` to `end`, without its end. */
  protected abstract line(bytes: Uint8Array, start: number, end: number): void;

  abstract finish(): T;

  take(bytes: Uint8Array, last: boolean): number {
    let start = 0;
    if (!this.#begun) {
      if (bytes.length < HEAD_BYTES && !last) return 0;
      start = this.#begin(bytes);
    }
    while (start < bytes.length && !this.satisfied) {
      let end = lineEnd(bytes, start);
      if (end < 0) {
        if (!last) break;
        end = bytes.length;
      }
      this.number++;
      this.line(bytes, start, end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
      start = end + 1;
    }
    return Math.min(start, bytes.length);
  }

  #begin(bytes: Uint8Array): number {
    this.#begun = true;
    const kind = foreignKind(bytes.subarray(0, HEAD_BYTES));
    if (kind !== undefined) throw complaint(this.source, `expected ${this.#format}, found ${kind}.`);
    return BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  }

  /** An error at the bytes from `position` to `end` of the line that begins at `start`. */
  protected refusal(
    bytes: Uint8Array,
    start: number,
    position: number,
    end: number,
    expected: string,
  ): Error {
    const found = position >= end ? 'the end of the line' : quote(bytes, position, end);
    return this.at(position - start + 1, `expected ${expected}, found ${found}.`);
  }

  /** An error in the line that is read, at a column from 1 on, or the whole of it. */
  protected at(column: number | undefined, what: string): Error {
    const place = column === undefined ? `line ${this.number}` : `line ${this.number}, column ${column}`;
    return complaint(this.source, `${place}: ${what}`);
  }
}

/** Where the line feed is that ends the line from `start` on, or -1. */
function lineEnd(bytes: Uint8Array, start: number): number {
  const near = Math.min(bytes.length, start + SHORT);
  for (let i = start; i < near; i++) if (bytes[i] === LINE_FEED) return i;
  return bytes.indexOf(LINE_FEED, near);
}
