/** Zip archives (PKWARE's APPNOTE 6.3), by the directory at their end. */
import { complaint } from '../complaint.ts';
import { CODECS, inflateRaw, type Codec } from './codecs.ts';
import { Crc32 } from './crc32.ts';
import { joined } from './joined.ts';
import { ByteSource } from './source.ts';

/** Reads an archive anywhere. */
export interface ArchiveBytes {
  readonly source: string;
  readonly size: number;
  readonly range: (from: number, to: number) => AsyncIterable<Uint8Array>;
}

/** A file in an archive. */
export interface ZipEntry {
  /** Its path in the archive. */
  readonly name: string;
  /** Bytes, unpacked. */
  readonly size: number;
  readonly packedSize: number;
  readonly method: number;
  readonly checksum: number;
  readonly encrypted: boolean;
  /** Where its header is. */
  readonly at: number;
}

const [DIRECTORY_END, DIRECTORY_END_64, LOCATOR_64] = [0x0605_4b50, 0x0606_4b50, 0x0706_4b50];
const [DIRECTORY_ENTRY, FILE_HEADER] = [0x0201_4b50, 0x0403_4b50];

/** Bytes of the end of a directory without its comment, which may have 65,535 more. */
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const LOCATOR_BYTES = 20;

/** Bytes of the longest directory that is read: it is held in memory. */
const LONGEST_DIRECTORY = 2 ** 28;

/** How files in archives are packed, by number. */
const METHODS: Readonly<Record<number, Codec>> = {
  0: (source) => source,
  8: inflateRaw,
  12: CODECS.bzip2,
  93: CODECS.zstd,
  95: CODECS.xz,
};

/** All files of an archive, without its folders. @throws Error naming the archive and the byte if there is no directory. */
export async function zipEntries(archive: ArchiveBytes): Promise<ZipEntry[]> {
  const { source, size } = archive;
  const broken = (at: number, what: string): Error =>
    complaint(source, `byte ${at}: ${what}: the zip archive is damaged or cut short.`);
  const tailAt = Math.max(0, size - END_BYTES - LONGEST_COMMENT - LOCATOR_BYTES);
  const tail = await bytesOf(archive, tailAt, size);
  const endAt = lastEnd(tail);
  if (endAt < 0) throw broken(size, 'expected the end of a directory before it, found none');
  let count = tail.getUint16(endAt + 10, true);
  let length = tail.getUint32(endAt + 12, true);
  let start = tail.getUint32(endAt + 16, true);
  const locatorAt = endAt - LOCATOR_BYTES;
  if (locatorAt >= 0 && tail.getUint32(locatorAt, true) === LOCATOR_64) {
    const end64At = Number(tail.getBigUint64(locatorAt + 8, true));
    const end64 = await bytesOf(archive, Math.min(end64At, size), Math.min(end64At + 56, size));
    if (end64.byteLength < 56 || end64.getUint32(0, true) !== DIRECTORY_END_64) {
      throw broken(end64At, 'expected the end of a directory of 64 bits');
    }
    count = Number(end64.getBigUint64(32, true));
    length = Number(end64.getBigUint64(40, true));
    start = Number(end64.getBigUint64(48, true));
  }
  if (start + length > size || length > LONGEST_DIRECTORY) {
    throw broken(
      tailAt + endAt,
      `expected a directory before it, found one of ${length} bytes from byte ${start} on`,
    );
  }
  return readDirectory(await bytesOf(archive, start, start + length), count, (at, what) =>
    broken(start + at, what),
  );
}

function lastEnd(tail: DataView): number {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    // The comment ends where the archive does, so that a comment that holds the mark is no end.
    if (
      tail.getUint32(at, true) === DIRECTORY_END &&
      at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength
    ) {
      return at;
    }
  }
  return -1;
}

function readDirectory(
  directory: DataView,
  count: number,
  broken: (at: number, what: string) => Error,
): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw broken(at, `expected file ${i + 1} of ${count} in the directory`);
    }
    const nameEnd = at + 46 + directory.getUint16(at + 28, true);
    const extraEnd = nameEnd + directory.getUint16(at + 30, true);
    const end = extraEnd + directory.getUint16(at + 32, true);
    if (end > directory.byteLength) throw broken(at, `expected file ${i + 1} of ${count} in the directory`);
    const flags = directory.getUint16(at + 8, true);
    const nameBytes = new Uint8Array(directory.buffer, directory.byteOffset + at + 46, nameEnd - at - 46);
    const sizes = {
      size: directory.getUint32(at + 24, true),
      packedSize: directory.getUint32(at + 20, true),
      at: directory.getUint32(at + 42, true),
    };
    readSizes64(directory, nameEnd, extraEnd, sizes);
    const name = new TextDecoder(flags & 0x800 ? 'utf-8' : 'windows-1252').decode(nameBytes);
    if (!name.endsWith('/')) {
      entries.push({
        name,
        ...sizes,
        method: directory.getUint16(at + 10, true),
        checksum: directory.getUint32(at + 16, true),
        encrypted: (flags & 1) !== 0,
      });
    }
    at = end;
  }
  return entries;
}

/** Sizes of more than 32 bits stand in an extra field, those alone that need it, in this order. */
function readSizes64(
  directory: DataView,
  start: number,
  end: number,
  sizes: { size: number; packedSize: number; at: number },
): void {
  for (let at = start; at + 4 <= end;) {
    const fieldEnd = Math.min(end, at + 4 + directory.getUint16(at + 2, true));
    if (directory.getUint16(at, true) === 1) {
      let next = at + 4;
      for (const key of ['size', 'packedSize', 'at'] as const) {
        if (sizes[key] !== 0xffff_ffff || next + 8 > fieldEnd) continue;
        sizes[key] = Number(directory.getBigUint64(next, true));
        next += 8;
      }
    }
    at = fieldEnd;
  }
}

/**
 * The bytes of one file, checked as they pass.
 *
 * @throws Error naming the archive and the file: for a password or a way of packing that is not read, or damage.
 */
export async function* unzip(archive: ArchiveBytes, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const source = `${archive.source}, ${entry.name}`;
  if (entry.encrypted) throw complaint(source, 'it needs a password, and is not unpacked.');
  const codec = METHODS[entry.method];
  if (codec === undefined)
    throw complaint(source, `it is packed by method ${entry.method}, which is not unpacked.`);
  const header = await bytesOf(
    archive,
    Math.min(entry.at, archive.size),
    Math.min(entry.at + 30, archive.size),
  );
  if (header.byteLength < 30 || header.getUint32(0, true) !== FILE_HEADER) {
    throw complaint(source, `byte ${entry.at}: expected the header of the file: the zip archive is damaged.`);
  }
  const from = entry.at + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const to = from + entry.packedSize;
  if (to > archive.size) {
    throw complaint(
      source,
      `expected ${entry.packedSize} bytes from byte ${from} on: the zip archive is cut short.`,
    );
  }
  const packed = new ByteSource(archive.range(from, to));
  const checksum = new Crc32();
  let size = 0;
  const damaged = (what: string, cause?: unknown): Error =>
    complaint(source, `the packed data from byte ${from} on is damaged: ${what}.`, cause);
  try {
    for await (const chunk of codec(packed)) {
      size += chunk.length;
      if (size > entry.size) throw damaged(`it unpacks to more than the ${entry.size} bytes that it should`);
      checksum.add(chunk);
      yield chunk;
    }
  } catch (error) {
    if (packed.threw(error) || (error as Error).message.startsWith(source)) throw error;
    throw damaged((error as Error).message, error);
  } finally {
    await packed.close();
  }
  if (size !== entry.size) throw damaged(`it unpacks to ${size} bytes, not ${entry.size}`);
  if (checksum.value !== entry.checksum) throw damaged('its checksum is wrong');
}

async function bytesOf(archive: ArchiveBytes, from: number, to: number): Promise<DataView> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive.range(from, to)) chunks.push(chunk);
  const bytes = joined(chunks);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
