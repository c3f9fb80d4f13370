import { joined } from './joined.ts';

/** Chunks of bytes in order, of which some can be looked at, or given back, before they are used. */
export class ByteSource implements AsyncIterable<Uint8Array> {
  /** Bytes handed out and not given back. */
  position = 0;
  readonly #iterator: AsyncIterator<Uint8Array>;
  #held: Uint8Array | undefined;
  #failure: unknown;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, one at least, or nothing at the end. */
  async next(): Promise<Uint8Array | undefined> {
    const bytes = this.#held ?? (await this.#pull());
    this.#held = undefined;
    this.position += bytes?.length ?? 0;
    return bytes;
  }

  /** Gives back the last of the bytes that were handed out. */
  unread(bytes: Uint8Array): void {
    this.position -= bytes.length;
    if (bytes.length > 0) this.#held = this.#held ? joined([bytes, this.#held]) : bytes;
  }

  /** The next `count` bytes, or what there is of them; they stay. */
  async peek(count: number): Promise<Uint8Array> {
    while ((this.#held?.length ?? 0) < count) {
      const more = await this.#pull();
      if (more === undefined) break;
      this.#held = this.#held ? joined([this.#held, more]) : more;
    }
    return (this.#held ?? new Uint8Array(0)).subarray(0, count);
  }

  /** Whether an error comes from where the bytes do, not from who uses them. */
  threw(error: unknown): boolean {
    return this.#failure !== undefined && this.#failure === error;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (let bytes; (bytes = await this.next()) !== undefined;) yield bytes;
    } finally {
      await this.close();
    }
  }

  /** As a stream of the web's kind. */
  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        pull: async (controller) => {
          const bytes = await this.next();
          if (bytes === undefined) controller.close();
          else controller.enqueue(bytes);
        },
        cancel: () => this.close(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Lets go of a file, say, that was not read to its end. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #pull(): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        const { done, value } = await this.#iterator.next();
        if (done) return undefined;
        if (value.length > 0) return value;
      }
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}
