import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { readBytes, unpack } from '../../src/index.ts';
import type { ByteInput, ReadOptions } from '../../src/index.ts';
import * as packed from '../helpers/packed.ts';
import { TEXT, zipOf } from '../helpers/packed.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const text = async (input: ByteInput, options: ReadOptions = {}): Promise<string> =>
  new TextDecoder().decode(await readBytes(input, options));
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const gz = new Uint8Array(gzipSync(TEXT));
const br = new Uint8Array(brotliCompressSync(TEXT));
/** Whether what takes seconds is tested too. */
const FULL = process.env['HASHGRAD_FULL'] === '1';

const zeros = new Uint8Array(512);

/** Bytes in these pieces. */
async function* pieces(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** What a test does in Node and, with nothing of Node, as in a browser. */
async function asInBrowser<T>(work: () => Promise<T>): Promise<T> {
  vi.stubGlobal('process', undefined);
  try {
    return await work();
  } finally {
    vi.unstubAllGlobals();
  }
}

describe('unpack', () => {
  it.each([
    ['gzip', gz],
    ['bzip2', packed.bzip2.text],
    ['xz', packed.xz],
    ['zip', zipOf({ 'a.txt': TEXT })],
    ['zip, stored', zipOf({ 'a.txt': TEXT }, true)],
    ['gzip in zip', zipOf({ 'a.gz': gz })],
    ['no packing', new TextEncoder().encode(TEXT)],
  ])('unpacks %s alike in Node and in a browser, in pieces of any size', async (_, bytes) => {
    expect(await text(bytes)).toBe(TEXT);
    expect(await text(new Blob([bytes as Uint8Array<ArrayBuffer>]))).toBe(TEXT);
    for (const size of [1, 7, 300]) {
      const count = Math.ceil(bytes.length / size);
      const parts = Array.from({ length: count }, (_piece, i) => bytes.subarray(i * size, (i + 1) * size));
      expect(await text(pieces(...parts))).toBe(TEXT);
    }
    expect(await asInBrowser(() => text(bytes))).toBe(TEXT);
  });

  it('knows a packing by its content, whatever the file is called; brotli by its name', async () => {
    const files = {
      'a.txt': gz,
      'b.gz': packed.xz,
      'c.csv': packed.zstd,
      'd.br': packed.bzip2.text,
      'e.br': br,
    };
    const folder = temporaryFolder(files);
    for (const name of Object.keys(files)) expect(await text(join(folder, name))).toBe(TEXT);
    expect(await text(br, { source: 'text.br' })).toBe(TEXT);
  });

  it('reads what follows the first member, and passes over padding', async () => {
    for (const work of [<T>(f: () => Promise<T>) => f(), asInBrowser]) {
      await work(async () => {
        expect(await text(joined(gz, gz))).toBe(TEXT + TEXT);
        expect(await text(joined(gz, zeros))).toBe(TEXT);
        expect(await text(joined(gz, gz, zeros))).toBe(TEXT + TEXT);
        await expect(text(joined(gz, zeros, gz))).rejects.toThrow(
          `data: the gzip data is damaged or cut short: its end is at byte ${gz.length + 512}, but something follows.`,
        );
        await expect(text(joined(gz, Uint8Array.of(0x1f)))).rejects.toThrow(
          'data: the gzip data is damaged or cut short: ',
        );
      });
    }
    expect(await text(packed.bzip2.two)).toBe(TEXT + TEXT);
    expect(await text(joined(packed.xz, packed.xz))).toBe(TEXT + TEXT);
    expect(await text(joined(packed.zstd, packed.zstd))).toBe(TEXT + TEXT);
    await expect(text(joined(br, Uint8Array.of(1)), { source: 'a.br' })).rejects.toThrow(
      `a.br: the brotli data is damaged or cut short: its end is at byte ${br.length}, but something follows.`,
    );
  });

  it('reads on where a member ends with a piece', async () => {
    for (const work of [<T>(f: () => Promise<T>) => f(), asInBrowser]) {
      expect(await work(() => text(pieces(gz, gz, zeros, zeros)))).toBe(TEXT + TEXT);
      expect(await work(() => text(pieces(packed.bzip2.text, packed.bzip2.text)))).toBe(TEXT + TEXT);
    }
    expect(await text(pieces(packed.zstd, packed.zstd))).toBe(TEXT + TEXT);
  });

  it.each([
    ['gzip', gz, 5],
    ['bzip2', packed.bzip2.text, 1],
    ['xz', packed.xz, 11],
    ['zstd', packed.zstd, 11],
    ['zip', zipOf({ 'a.txt': TEXT }), 11],
  ])('refuses %s that is cut short anywhere, or damaged', async (kind, bytes, step) => {
    const works =
      kind === 'gzip' ? [<T>(f: () => Promise<T>) => f(), asInBrowser] : [<T>(f: () => Promise<T>) => f()];
    for (const work of works) {
      await work(async () => {
        for (let length = 10; length < bytes.length; length += step) {
          await expect(text(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(
            /^data[:,] .*(cut short|damaged)/,
          );
        }
        // Where nothing but a checksum shows it.
        const damaged = bytes.slice();
        damaged[Math.floor(bytes.length / 2)]! ^= 4;
        await expect(text(damaged)).rejects.toThrow(/damaged/);
      });
    }
  });

  it('says that gzip data was none, and what a browser does not unpack', async () => {
    await expect(text(Uint8Array.of(0x1f, 0x8b, 8, 0xff, 0, 0, 0, 0, 0, 0))).rejects.toThrow(
      /^data: the gzip data is damaged or cut short: [^.:]+\.$/,
    );
    await asInBrowser(async () => {
      await expect(text(packed.zstd)).rejects.toThrow('zstd needs Node 22.15 or newer');
      await expect(text(br, { source: 'a.br' })).rejects.toThrow('brotli is unpacked by Node only');
    });
  });

  it('stops at a limit, before what is beyond it is in memory', async () => {
    const bomb = gzipSync(new Uint8Array(2 ** 22));
    let handed = 0;
    const read = async (options: ReadOptions): Promise<void> => {
      for await (const chunk of unpack(bomb, options)) handed += chunk.length;
    };
    await expect(read({ maxBytes: 1_000_000 })).rejects.toThrow(
      'data: it unpacks to more than 1000000 bytes: if it is meant to, say maxBytes.',
    );
    expect(handed).toBeLessThanOrEqual(1_000_000);
    await read({ maxBytes: 2 ** 22 });
    await expect(text(gz, { maxBytes: 0 })).rejects.toThrow('maxBytes must be a whole number from 1 ');
    await expect(text(new Uint8Array(11), { maxBytes: 10 })).rejects.toThrow('it has more than 10 bytes');
    const deep = gzipSync(gzipSync(gzipSync(gzipSync('x'))));
    await expect(text(deep)).rejects.toThrow('data: it is packed more than 3 times, which is not unpacked.');
  });

  it.skipIf(!FULL)(
    'refuses by default what is packed a thousandfold, above 1 GiB (HASHGRAD_FULL)',
    async () => {
      // 1.3 GB of zeros, without the time that packing it takes.
      const part = gzipSync(new Uint8Array(2 ** 25), { level: 1 });
      async function* bomb(): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < 40; i++) yield part;
      }
      let most = 0;
      const read = async (): Promise<void> => {
        for await (const chunk of unpack(bomb(), { source: 'bomb.gz' })) most += chunk.length;
      };
      await expect(read()).rejects.toThrow('bomb.gz: it unpacks to more than 1073741824 bytes');
      expect(most).toBeLessThanOrEqual(2 ** 30);
    },
  );

  it('tells how far it is, and stops when it is told to', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'a.gz');
    writeFileSync(file, gzipSync(new Uint8Array(2 ** 21)));
    const seen: number[] = [];
    let last;
    await readBytes(file, {
      onProgress: (progress) => {
        seen.push(progress.unpacked);
        last = progress;
      },
    });
    const size = gzipSync(new Uint8Array(2 ** 21)).length;
    expect(last).toEqual({ source: file, read: size, total: size, unpacked: 2 ** 21 });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const controller = new AbortController();
    await expect(
      readBytes(file, { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
  });

  it('names a file that is not there, or is a folder', async () => {
    const folder = temporaryFolder();
    await expect(readBytes(join(folder, 'none'))).rejects.toThrow(
      `${join(folder, 'none')}: there is no such file.`,
    );
    await expect(readBytes(folder)).rejects.toThrow(`${folder}: it is a folder, where a file was expected.`);
  });
});

describe('archives', () => {
  it('gives the only file, or the one that is named by its path or the end of it', async () => {
    expect(await text(packed.zip, { entry: 'text' })).toBe(TEXT);
    expect(await text(packed.tarGzip, { entry: 'text' })).toBe(TEXT);
    expect(await text(packed.zip64)).toBe('zip64 '.repeat(10));
    expect(await text(packed.zipOfBzip2, { entry: 'a.txt' })).toBe('hello hello hello');
    const archive = zipOf({
      '__MACOSX/a.txt': 'x',
      'd/._a.txt': 'x',
      '.DS_Store': 'x',
      'd/': '',
      'd/a.txt': 'a',
    });
    expect(await text(archive)).toBe('a');
  });

  it('lists its files where none is meant, or more than one', async () => {
    await expect(text(packed.zip, { source: 'a.zip' })).rejects.toThrow(
      'a.zip: the zip archive has 2 files, say which by entry: text, labels.',
    );
    await expect(text(packed.tarGzip, { source: 'a.tgz' })).rejects.toThrow(
      'a.tgz: the tar archive has 2 files, say which by entry: text, labels.',
    );
    await expect(text(packed.zip, { entry: 'b' })).rejects.toThrow(
      'data: the zip archive has no file "b", but text, labels.',
    );
    await expect(text(packed.tarGzip, { entry: 'b' })).rejects.toThrow(
      'data: the tar archive has no file "b", but text, labels.',
    );
    await expect(text(zipOf({ 'a/x': '1', 'b/x': '2' }), { entry: 'x' })).rejects.toThrow(
      'data: the zip archive has 2 files "x": a/x, b/x.',
    );
    const many = zipOf(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`file-${i}`, ''])));
    const message = await text(many).catch((error: Error) => error.message);
    expect(message.length).toBeLessThanOrEqual(200);
    expect(message).toContain('file-0, file-1, ');
    await expect(text(zipOf({}))).rejects.toThrow('data: the zip archive has no files.');
  });

  it('refuses a file that is not what the directory says', async () => {
    const archive = zipOf({ 'a.txt': 'hello' }, true);
    const at = Buffer.from(archive).indexOf('hello');
    const other = archive.slice();
    other[at]! ^= 1;
    await expect(text(other)).rejects.toThrow(
      'data, a.txt: the packed data from byte 35 on is damaged: its checksum is wrong.',
    );
    const locked = archive.slice();
    locked[archive.length - 22 - 51 + 8]! |= 1;
    await expect(text(locked)).rejects.toThrow('data, a.txt: it needs a password, and is not unpacked.');
  });
});
