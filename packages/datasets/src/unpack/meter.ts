import { checkWhole } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import type { Abortable } from '../web-types.ts';

/** How far a reading is. */
export interface ReadProgress {
  /** What is read. */
  readonly source: string;
  /** Bytes read, as they are stored. */
  readonly read: number;
  /** Bytes to read in all, where that is known. */
  readonly total: number | undefined;
  /** Bytes that they unpacked to; the same where they are not packed. */
  readonly unpacked: number;
}

/** Unpacked bytes that are allowed whatever they were packed to. */
const ALWAYS = 2 ** 30;

/** Unpacked bytes for each packed one. Images of two colours come to 50, text to 10, made for harm to 1,000 and more. */
const RATIO = 100;

/** Counts what goes in and comes out of unpacking, holds it to a limit, and tells of it. */
export class Meter {
  read = 0;
  unpacked = 0;
  readonly #source: string;
  readonly #total: number | undefined;
  readonly #limit: number | undefined;
  readonly #signal: Abortable | undefined;
  readonly #onProgress: ((progress: ReadProgress) => void) | undefined;

  constructor(
    source: string,
    total: number | undefined,
    options: {
      readonly maxBytes?: number | undefined;
      readonly signal?: Abortable | undefined;
      readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
    },
  ) {
    this.#source = source;
    this.#total = total;
    this.#limit =
      options.maxBytes === undefined || options.maxBytes === Infinity
        ? options.maxBytes
        : checkWhole(options.maxBytes, 'maxBytes', 1, Number.MAX_SAFE_INTEGER);
    this.#signal = options.signal;
    this.#onProgress = options.onProgress;
  }

  /** Counts stored bytes as they pass. */
  async *reading(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#signal?.throwIfAborted();
      if (!(chunk instanceof Uint8Array)) {
        throw complaint(this.#source, `expected chunks of bytes (Uint8Array), found ${typeof chunk}.`);
      }
      this.read += chunk.length;
      yield chunk;
    }
  }

  /** Counts unpacked bytes as they pass. @throws Error where there are more than allowed, before they are handed on. */
  async *unpacking(chunks: AsyncIterable<Uint8Array>, packed: boolean): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#signal?.throwIfAborted();
      this.unpacked += chunk.length;
      this.check(this.unpacked, packed);
      this.#onProgress?.({
        source: this.#source,
        read: this.read,
        total: this.#total,
        unpacked: this.unpacked,
      });
      yield chunk;
    }
  }

  /** @throws Error if so many unpacked bytes are more than allowed. */
  check(unpacked: number, packed: boolean): void {
    const allowed = this.#limit ?? (packed ? Math.max(ALWAYS, RATIO * (this.#total ?? this.read)) : Infinity);
    if (unpacked <= allowed) return;
    throw complaint(
      this.#source,
      packed
        ? `it unpacks to more than ${allowed} bytes: if it is meant to, say maxBytes.`
        : `it has more than ${allowed} bytes, which is maxBytes.`,
    );
  }
}
