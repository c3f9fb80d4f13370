import { complaint, messageOf } from '../complaint.ts';
import { requireNodeModule } from '../node.ts';
import type { BlobLike, ByteStream } from '../web-types.ts';
import { CHUNK, fileBuffer, giveBack, lend } from './file-buffers.ts';
import { piecesOf } from './pieces.ts';

/**
 * What bytes are read from: the path of a file (Node only), bytes in memory, or a stream of them, such as a response's
 * body. A stream is read once.
 */
export type ByteInput = string | Uint8Array | ArrayBuffer | BlobLike | ByteStream | AsyncIterable<Uint8Array>;

/** An input that is open: read in order, or, where it is a file or in memory, anywhere. */
export interface OpenInput {
  /** What messages call it. */
  readonly source: string;
  /** Bytes in all, where that is known before they are read. */
  readonly size: number | undefined;
  /** All bytes in order. */
  chunks(): AsyncIterable<Uint8Array>;
  /** The bytes from `from` to `to`, where the input can be read anywhere. */
  readonly range?: (from: number, to: number) => AsyncIterable<Uint8Array>;
}

/** @throws Error naming the file if there is none, or it is a folder or cannot be read. */
export async function openInput(input: ByteInput, source?: string): Promise<OpenInput> {
  if (typeof input === 'string') return openFile(input, source ?? input);
  const called = source ?? 'data';
  if (input instanceof Uint8Array) return inMemory(input, called);
  if (input instanceof ArrayBuffer) return inMemory(new Uint8Array(input), called);
  if (input instanceof Blob) return inBlob(input, called);
  const chunks = Symbol.asyncIterator in input ? input : piecesOf(input as ReadableStream<Uint8Array>);
  return { source: called, size: undefined, chunks: () => chunks as AsyncIterable<Uint8Array> };
}

function inMemory(bytes: Uint8Array, source: string): OpenInput {
  async function* range(from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to; at += CHUNK) yield bytes.subarray(at, Math.min(to, at + CHUNK));
  }
  return { source, size: bytes.length, chunks: () => range(0, bytes.length), range };
}

function inBlob(blob: Blob, source: string): OpenInput {
  return {
    source,
    size: blob.size,
    chunks: () => piecesOf(blob.stream()),
    range: (from, to) => piecesOf(blob.slice(from, to).stream()),
  };
}

async function openFile(path: string, source: string): Promise<OpenInput> {
  const { promises } = requireNodeModule('node:fs');
  const failed = (error: unknown): Error => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return complaint(source, 'there is no such file.', error);
    return complaint(source, `it cannot be read: ${messageOf(error)}.`, error);
  };
  const stats = await promises.stat(path).catch((error: unknown) => {
    throw failed(error);
  });
  if (stats.isDirectory()) throw complaint(source, 'it is a folder, where a file was expected.');
  const anywhere = stats.isFile();
  async function* range(from: number, to: number): AsyncGenerator<Uint8Array> {
    let file;
    try {
      const opened = (file = await promises.open(path));
      const read = async (at: number): Promise<Uint8Array> => {
        const buffer = fileBuffer();
        const wanted = Math.max(0, Math.min(CHUNK, to - at));
        // Pipes have no places, and are read on from where they are.
        const { bytesRead } = await opened.read(buffer, 0, wanted, anywhere ? at : null);
        return lend(buffer, bytesRead);
      };
      // The next read is under way while what was read is used.
      let next = read(from);
      for (let at = from; ;) {
        const bytes = await next;
        if (bytes.length === 0) {
          giveBack(bytes);
          return;
        }
        at += bytes.length;
        next = read(at);
        // It is awaited at the next turn, if there is one.
        next.catch(() => {});
        yield bytes;
      }
    } catch (error) {
      throw failed(error);
    } finally {
      await file?.close();
    }
  }
  const chunks = (): AsyncIterable<Uint8Array> => range(0, Infinity);
  return anywhere ? { source, size: stats.size, chunks, range } : { source, size: undefined, chunks };
}
