import { messageOf } from '../complaint.ts';
import type { ByteSource } from './source.ts';

interface XzLibrary {
  readonly XzReadableStream: new (packed: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;
}

/** Streams of xz, one after the other, and padding between them: xz-decompress checks all of it. */
export async function* unxz(source: ByteSource): AsyncGenerator<Uint8Array> {
  // A module of the old kind: Node has it as the default export, bundlers have its names.
  const library = (await import('xz-decompress')) as XzLibrary & { readonly default?: XzLibrary };
  const { XzReadableStream } = library.default ?? library;
  const reader = new XzReadableStream(source.stream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value.length > 0) yield value;
    }
  } catch (error) {
    throw source.threw(error) ? error : new Error(reasonOf(error), { cause: error });
  } finally {
    // The library unpacks one input at a time: one that is left open would stop all others.
    await reader.cancel().catch(() => {});
  }
}

/** What the codes of xz-embedded mean (its enum xz_ret), of which the library tells the number. */
const REASONS: Readonly<Record<string, string>> = {
  3: 'there is not enough memory for its dictionary',
  4: 'its dictionary is too large',
  5: 'something else stands where a stream of xz should begin',
  6: 'it has a filter or a checksum that is not unpacked (only CRC32 and CRC64 are)',
  7: 'a block or a checksum is wrong',
  8: 'unexpected end of file',
};

function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const code = /error code (\d+)/.exec(message)?.[1];
  return (code !== undefined && REASONS[code]) || message;
}
