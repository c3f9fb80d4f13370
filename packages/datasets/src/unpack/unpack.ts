import { type Known } from '../check-options.ts';
import { complaint, messageOf } from '../complaint.ts';
import { GrowingArray } from '../growing-array.ts';
import { chosenEntry } from './archive.ts';
import { CODECS } from './codecs.ts';
import { openInput, type ByteInput } from './input.ts';
import { Meter, type ReadProgress } from './meter.ts';
import { HEAD_BYTES, packingOf, type Packing } from './packing.ts';
import { ByteSource } from './source.ts';
import { untar, untarAll } from './tar.ts';
import { unzip, zipEntries, type ArchiveBytes } from './zip.ts';
import type { Abortable } from '../web-types.ts';

/** How bytes are read and unpacked. */
export interface ReadOptions {
  /** What error messages call the data; by default the path of a file. */
  readonly source?: string;
  /** Which file of a zip or tar archive: its path there, or the end of it. Needed where there is more than one. */
  readonly entry?: string;
  /**
   * Unpacked bytes that are allowed. By default a packed input may have 1 GiB, or 100 times its packed bytes if that is more,
   * so that a file made to fill memory is refused first; one that is not packed may have any.
   */
  readonly maxBytes?: number;
  /** Stops the reading: what it was aborted with is thrown. */
  readonly signal?: Abortable;
  /** Told after every piece of the input. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** All of them where files lie in a folder, which says what they are called. */
export const FOLDER_OPTIONS: Known<Omit<ReadOptions, 'source' | 'entry'>> = {
  maxBytes: true,
  signal: true,
  onProgress: true,
};
/** All of them. */
export const READ_OPTIONS: Known<ReadOptions> = { source: true, entry: true, ...FOLDER_OPTIONS };

/** Packed data in packed data, as a gzip file in a zip archive; more is no data set. */
const DEEPEST = 3;

/**
 * The bytes of an input, unpacked, piece by piece: gzip (any number of members), bzip2, xz, zstd, and one file of a zip or tar
 * archive, also in each other, known by how they begin, whatever they are called. Brotli has no mark: a file whose name ends
 * in `.br` is taken for it. In a browser zstd and brotli are not unpacked.
 *
 * @throws Error of one line naming the source: there is none, it is damaged or cut short, unpacks to more than `maxBytes`,
 *   or is an archive of several files of which none is named.
 */
export async function* unpack(input: ByteInput, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  const open = await openInput(input, options.source);
  const { source: called, size, range } = open;
  const meter = new Meter(called, size, options);
  const source = new ByteSource(meter.reading(open.chunks()));
  try {
    const kind = packingOf(await source.peek(HEAD_BYTES)) ?? (called.endsWith('.br') ? 'brotli' : undefined);
    let unpacked: AsyncIterable<Uint8Array>;
    if (kind === 'zip' && size !== undefined && range !== undefined) {
      const archive = {
        source: called,
        size,
        range: (from: number, to: number) => meter.reading(range(from, to)),
      };
      unpacked = unpackFurther(zipFile(archive, options.entry), { called, meter, entry: options.entry }, 1);
    } else {
      unpacked = unpackAs(kind, source, { called, meter, entry: options.entry }, 0);
    }
    yield* meter.unpacking(unpacked, kind !== undefined);
  } finally {
    await source.close();
  }
}

/**
 * All bytes of an input, unpacked as {@link unpack} does, in memory of their own.
 *
 * @throws Error as {@link unpack}.
 */
export async function readBytes(input: ByteInput, options: ReadOptions = {}): Promise<Uint8Array> {
  const bytes = new GrowingArray<Uint8Array>(Uint8Array);
  for await (const chunk of unpack(input, options)) bytes.append(chunk);
  return bytes.finish();
}

/** A file of an archive that is unpacked when it is asked for. */
export interface ArchiveFile {
  /** Its path in the archive. */
  readonly name: string;
  /** @throws Error naming the archive and the file if it is damaged, or the archive unpacks to more than `maxBytes`. */
  read(): Promise<Uint8Array>;
}

/**
 * The files of a zip archive, or nothing where the input is another thing. A stream is held in memory.
 *
 * @throws Error naming the source if it cannot be read, or is damaged or cut short.
 */
export async function unpackZip(
  input: ByteInput,
  options: ReadOptions = {},
): Promise<readonly ArchiveFile[] | undefined> {
  const open = await openInput(input, options.source);
  const { source: called, size, range } = open;
  const meter = new Meter(called, size, options);
  const source = new ByteSource(meter.reading(open.chunks()));
  try {
    if (packingOf(await source.peek(HEAD_BYTES)) !== 'zip') return undefined;
    const archive =
      size !== undefined && range !== undefined
        ? { source: called, size, range: (from: number, to: number) => meter.reading(range(from, to)) }
        : await collected(source, { called, meter, entry: undefined });
    const entries = await zipEntries(archive);
    return entries.map((entry) => ({
      name: entry.name,
      async read() {
        const bytes = new GrowingArray<Uint8Array>(Uint8Array);
        for await (const chunk of meter.unpacking(unzip(archive, entry), true)) bytes.append(chunk);
        return bytes.finish();
      },
    }));
  } finally {
    await source.close();
  }
}

/**
 * The files of a tar archive, packed or not, all in memory; or nothing where the input is another thing.
 *
 * @throws Error as {@link unpackZip}.
 */
export async function unpackTar(
  input: ByteInput,
  options: ReadOptions = {},
): Promise<readonly ArchiveFile[] | undefined> {
  const open = await openInput(input, options.source);
  const { source: called } = open;
  const meter = new Meter(called, open.size, options);
  const source = new ByteSource(meter.reading(open.chunks()));
  const context: Context = { called, meter, entry: undefined, keepTar: true };
  const kind = packingOf(await source.peek(HEAD_BYTES));
  const unpacked = new ByteSource(meter.unpacking(unpackAs(kind, source, context, 0), kind !== undefined));
  try {
    if (packingOf(await unpacked.peek(HEAD_BYTES)) !== 'tar') return undefined;
    const files = await untarAll(unpacked, called);
    return files.map(({ name, bytes }) => ({ name, read: async () => bytes }));
  } finally {
    await unpacked.close();
  }
}

interface Context {
  readonly called: string;
  readonly meter: Meter;
  readonly entry: string | undefined;
  /** Whether a tar archive is handed on as it is. */
  readonly keepTar?: boolean;
}

async function* unpackFurther(
  chunks: AsyncIterable<Uint8Array>,
  context: Context,
  depth: number,
): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(chunks);
  try {
    yield* unpackAs(packingOf(await source.peek(HEAD_BYTES)), source, context, depth);
  } finally {
    await source.close();
  }
}

async function* unpackAs(
  kind: Packing | 'brotli' | undefined,
  source: ByteSource,
  context: Context,
  depth: number,
): AsyncGenerator<Uint8Array> {
  const { called, entry } = context;
  if (kind === undefined || (kind === 'tar' && context.keepTar)) {
    yield* source;
    return;
  }
  if (depth >= DEEPEST) {
    throw complaint(called, `it is packed more than ${DEEPEST} times, which is not unpacked.`);
  }
  if (kind === 'zip') {
    const archive = await collected(source, context);
    yield* unpackFurther(zipFile(archive, entry), context, depth + 1);
  } else if (kind === 'tar') {
    yield* unpackFurther(untar(source, called, entry), context, depth + 1);
  } else {
    yield* unpackFurther(decoded(kind, source, called), context, depth + 1);
  }
}

async function* decoded(
  kind: Exclude<Packing, 'zip' | 'tar'> | 'brotli',
  source: ByteSource,
  called: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* CODECS[kind](source);
  } catch (error) {
    if (source.threw(error)) throw error;
    throw complaint(called, `the ${kind} data is damaged or cut short: ${messageOf(error)}.`, error);
  }
}

async function* zipFile(archive: ArchiveBytes, entry: string | undefined): AsyncGenerator<Uint8Array> {
  yield* unzip(archive, chosenEntry(archive.source, 'zip', await zipEntries(archive), entry));
}

/** An archive that comes as a stream, in memory: its directory is at its end. */
async function collected(source: ByteSource, { called, meter }: Context): Promise<ArchiveBytes> {
  const growing = new GrowingArray<Uint8Array>(Uint8Array);
  for await (const chunk of source) {
    growing.append(chunk);
    meter.check(growing.length, true);
  }
  const bytes = growing.finish();
  return {
    source: called,
    size: bytes.length,
    async *range(from, to) {
      yield bytes.subarray(from, to);
    },
  };
}
