/** Packed streams, unpacked chunk by chunk: by Node's zlib where there is one, else by libraries. */
import type { Transform } from 'node:stream';
import { nodeModule } from '../node.ts';
import { unbzip2 } from './bzip2.ts';
import type { Packing } from './packing.ts';
import type { ByteSource } from './source.ts';
import { unxz } from './xz.ts';

/**
 * Unpacks what a source has from its position on; whatever does not belong is given back to the source. An error says what
 * is wrong and no more: its caller knows what the source is called.
 */
export type Codec = (source: ByteSource) => AsyncIterable<Uint8Array>;

/** Unpacked bytes that zlib hands over at a time. */
const CHUNK = 2 ** 18;

/** One stream of deflate data, without a header. */
export const inflateRaw: Codec = (source) => {
  const zlib = nodeModule('node:zlib');
  return zlib ? byZlib(source, zlib.createInflateRaw({ chunkSize: CHUNK })) : byPako(source, { raw: true });
};

const gunzipMember: Codec = (source) => {
  const zlib = nodeModule('node:zlib');
  return zlib ? byZlib(source, zlib.createGunzip({ chunkSize: CHUNK })) : byPako(source, { windowBits: 31 });
};

const unbrotli: Codec = (source) => {
  const zlib = nodeModule('node:zlib');
  if (!zlib) throw new Error('brotli is unpacked by Node only');
  return byZlib(source, zlib.createBrotliDecompress({ chunkSize: CHUNK }));
};

const unzstdFrame: Codec = (source) => {
  const zlib = nodeModule('node:zlib');
  if (typeof zlib?.createZstdDecompress !== 'function') throw new Error('zstd needs Node 22.15 or newer');
  return byZlib(source, zlib.createZstdDecompress({ chunkSize: CHUNK }));
};

/** By packing. Members of gzip (RFC 1952, 2.2) and frames of zstd may follow each other. Brotli has no checksum. */
export const CODECS: Readonly<Record<Exclude<Packing, 'zip' | 'tar'> | 'brotli', Codec>> = {
  gzip: (source) => oneAfterTheOther(source, gunzipMember, (head) => head[0] === 0x1f && head[1] === 0x8b),
  zstd: (source) => oneAfterTheOther(source, unzstdFrame, isZstdFrame),
  brotli: (source) => oneAfterTheOther(source, unbrotli, () => false),
  bzip2: unbzip2,
  xz: unxz,
};

/** A frame, or one to skip. */
function isZstdFrame(head: Uint8Array): boolean {
  const [a = 0, b, c, d] = head;
  return (
    (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) ||
    ((a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18)
  );
}

async function* oneAfterTheOther(
  source: ByteSource,
  unpackOne: Codec,
  begins: (head: Uint8Array) => boolean,
): AsyncGenerator<Uint8Array> {
  do yield* unpackOne(source);
  while (begins(await source.peek(4)));
  await skipZeros(source);
  if ((await source.peek(1)).length > 0) {
    throw new Error(`its end is at byte ${source.position}, but something follows`);
  }
}

/** Tapes and disks pad files with zeros. */
async function skipZeros(source: ByteSource): Promise<void> {
  for (let bytes; (bytes = await source.next()) !== undefined;) {
    const end = bytes.findIndex((byte) => byte !== 0);
    if (end < 0) continue;
    source.unread(bytes.subarray(end));
    return;
  }
}

/** One stream by a stream of Node's zlib, which says how many bytes it used. */
async function* byZlib(
  source: ByteSource,
  decoder: Transform & { readonly bytesWritten: number },
): AsyncGenerator<Uint8Array> {
  let fed = 0;
  let last = new Uint8Array(0) as Uint8Array;
  const feed = async (): Promise<void> => {
    while (!decoder.destroyed && decoder.bytesWritten === fed) {
      const bytes = await source.next();
      if (bytes === undefined) {
        decoder.end();
        return;
      }
      fed += bytes.length;
      last = bytes;
      await new Promise<void>((resolve) => decoder.write(bytes, () => resolve()));
    }
  };
  const feeding = feed().catch((error: unknown) => {
    decoder.destroy(error as Error);
  });
  try {
    for await (const chunk of decoder) {
      const bytes = chunk as Uint8Array;
      // Not the Buffer itself: slice of one is no copy.
      yield new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    await feeding;
  } finally {
    decoder.destroy();
  }
  source.unread(last.subarray(last.length - (fed - decoder.bytesWritten)));
}

/** Bytes that pako is given at a time: it unpacks all of them before it is asked again. */
const PAKO_BYTES = 2 ** 14;

/** One stream by pako, as zlib unpacks it: browsers' own streams refuse gzip data of several members. */
async function* byPako(
  source: ByteSource,
  options: { readonly raw?: boolean; readonly windowBits?: number },
): AsyncGenerator<Uint8Array> {
  const { Inflate } = await import('pako');
  const decoder = new Inflate({ ...options, chunkSize: CHUNK });
  let unpacked: Uint8Array[] = [];
  decoder.onData = (chunk) => unpacked.push(chunk as Uint8Array);
  // Its member: how many of the bytes given last it did not use.
  const { strm } = decoder as unknown as { readonly strm: { readonly avail_in: number } };
  while (!decoder.ended) {
    const bytes = await source.next();
    if (bytes === undefined) throw new Error('unexpected end of file');
    const now = bytes.subarray(0, PAKO_BYTES);
    source.unread(bytes.subarray(now.length));
    decoder.push(now, false);
    if (decoder.err !== 0) throw new Error(decoder.msg || `error ${decoder.err}`);
    if (decoder.ended) source.unread(now.subarray(now.length - strm.avail_in));
    const ready = unpacked;
    unpacked = [];
    yield* ready;
  }
}
