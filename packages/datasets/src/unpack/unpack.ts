import { nodeModule, requireNodeModule } from '../node.ts';

/** Whether the bytes begin as gzip data does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip data anywhere, browsers included. Node's own zlib is faster and needs no waiting: {@link gunzipSync}.
 *
 * @throws Error if the data is damaged or cut short.
 */
export function gunzip(bytes: Uint8Array, source: string = 'gzip data'): Promise<Uint8Array> {
  return decompress(bytes, 'gzip', source);
}

/** Unpacks what the browsers' `DecompressionStream` can; `deflate` is zlib's format, with its checksum. */
export async function decompress(
  bytes: Uint8Array,
  format: 'gzip' | 'deflate',
  source: string,
): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  try {
    const unpacked = new Response(packed.pipeThrough(new DecompressionStream(format)));
    return new Uint8Array(await unpacked.arrayBuffer());
  } catch (error) {
    throw damaged(source, bytes.length, error);
  }
}

/**
 * Unpacks gzip data with Node's zlib.
 *
 * @throws Error if the data is damaged or cut short, or where there is no zlib.
 */
export function gunzipSync(bytes: Uint8Array, source: string): Uint8Array {
  const zlib = nodeModule('node:zlib');
  if (zlib === undefined) {
    throw new Error(`${source} is gzip data: here it must be unpacked first, with "await gunzip(bytes)".`);
  }
  try {
    return zlib.gunzipSync(bytes);
  } catch (error) {
    throw damaged(source, bytes.length, error);
  }
}

/**
 * Reads a file: as it is, unpacked if it begins as gzip data does, or as brotli data if its name ends in `.br` (which has
 * no mark of its own).
 *
 * @throws Error naming the file if it cannot be read or unpacked.
 */
export function readBytes(path: string): Uint8Array {
  const bytes = readRaw(path);
  if (isGzip(bytes)) return gunzipSync(bytes, path);
  if (!path.endsWith('.br')) return bytes;
  try {
    return requireNodeModule('node:zlib').brotliDecompressSync(bytes);
  } catch (error) {
    throw damaged(path, bytes.length, error);
  }
}

function readRaw(path: string): Uint8Array {
  const fs = requireNodeModule('node:fs');
  try {
    return fs.readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(`There is no file ${path}.`, { cause: error });
    }
    throw new Error(`${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

function damaged(source: string, length: number, error: unknown): Error {
  return new Error(
    `${source}: the compressed data (${length} bytes) is damaged or cut short: ${messageOf(error)}.`,
    { cause: error },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
