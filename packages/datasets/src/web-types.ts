/** What is used of the web's types. Their own come with those of the DOM, which programs for servers may leave out. */

/** An AbortSignal. */
export interface Abortable {
  readonly aborted: boolean;
  readonly reason: unknown;
  /** Throws the signal's reason once it is aborted. */
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A Blob or a File. */
export interface BlobLike {
  readonly size: number;
  slice(from?: number, to?: number): BlobLike;
  stream(): ByteStream;
}

/** A ReadableStream of bytes, such as a response's body. */
export interface ByteStream {
  getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }> };
}
