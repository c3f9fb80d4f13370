import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { Checksum } from '../../../src/catalogue/download/checksum.ts';
import { download, type DownloadOptions } from '../../../src/catalogue/download/download.ts';
import { FileSink, MemorySink } from '../../../src/catalogue/download/sink.ts';
import { breaksOff, closedServer, fileServer, sends } from '../../helpers/file-server.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const BYTES = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >>> 3);
const sha256 = (bytes: Uint8Array): Checksum => ({
  algorithm: 'sha256',
  hex: createHash('sha256').update(bytes).digest('hex'),
  source: 'read',
});
const CHECKSUM = sha256(BYTES);
const QUICK: DownloadOptions = { backoffMs: 1, stallMs: 10_000 };

/** What comes of a download into memory. */
async function got(
  mirrors: readonly string[],
  { bytes, checksum, ...options }: DownloadOptions & { bytes?: number; checksum?: Checksum } = {},
): Promise<Uint8Array> {
  const sink = new MemorySink();
  await download({ mirrors, bytes, checksum }, sink, { ...QUICK, ...options });
  return sink.bytes();
}

/** Answers that it is busy, once. */
function busy(after: string): ReturnType<typeof fileServer> {
  return fileServer((request, response, n) => {
    if (n > 1) return sends(BYTES, request, response);
    return response.writeHead(429, { 'retry-after': after }).end();
  });
}

describe('a download', () => {
  it('brings the bytes, and says how many have come', async () => {
    const { url } = await fileServer((request, response) => sends(BYTES, request, response));
    const told: (number | undefined)[][] = [];
    const onBytes = (bytes: number, total: number | undefined): void => void told.push([bytes, total]);
    expect(await got([url], { bytes: BYTES.length, checksum: CHECKSUM, onBytes })).toEqual(BYTES);
    expect(told.at(-1)).toEqual([BYTES.length, BYTES.length]);
  });

  it('goes on where it was cut, again and again', async () => {
    const { url, ranges } = await fileServer((request, response, n) => {
      if (n <= 6) breaksOff(BYTES, 10_000, request, response);
      else sends(BYTES, request, response);
    });
    // More cuts in all than repetitions are allowed in vain.
    expect(await got([url], { checksum: CHECKSUM, retries: 2 })).toEqual(BYTES);
    expect(ranges.slice(0, 3)).toEqual([undefined, 'bytes=10000-', 'bytes=20000-']);
  });

  it('asks for the rest only if the file is the same, and takes it whole if it is not', async () => {
    const other = BYTES.map((byte) => byte ^ 1);
    const { url } = await fileServer((request, response, n) => {
      if (n === 1) return breaksOff(BYTES, 10_000, request, response, { etag: '"one"' });
      expect(request.headers['if-range']).toBe('"one"');
      // Another version since: a server that knows If-Range sends all of it.
      response.writeHead(200, { 'content-length': String(other.length), etag: '"two"' });
      return response.end(other);
    });
    expect(await got([url])).toEqual(other);
  });

  it('starts anew where a server sends another range than was asked for', async () => {
    const { url, ranges } = await fileServer((request, response, n) => {
      if (n === 1) return breaksOff(BYTES, 10_000, request, response);
      if (n > 2) return sends(BYTES, request, response);
      response.writeHead(206, { 'content-range': `bytes 0-99999/100000`, 'content-length': '100000' });
      return response.end(BYTES);
    });
    expect(await got([url])).toEqual(BYTES);
    expect(ranges).toEqual([undefined, 'bytes=10000-', undefined]);
  });

  it('waits for a server that stalls no longer than it is told to', async () => {
    const { url, ranges } = await fileServer((request, response) => {
      if (request.headers.range !== undefined) return sends(BYTES, request, response);
      response.writeHead(200, { 'content-length': String(BYTES.length) });
      return response.write(BYTES.subarray(0, 5000));
    });
    // On a busy machine the first bytes, too, may take longer than that: then they are asked for again.
    expect(await got([url], { stallMs: 100, retries: 100 })).toEqual(BYTES);
    expect(ranges.at(-1)).toBe('bytes=5000-');
    const silent = await fileServer(() => undefined);
    await expect(got([silent.url], { stallMs: 50, retries: 1 })).rejects.toThrow('sent nothing for 0.05 s');
    expect(silent.ranges.length).toBeLessThanOrEqual(2);
  });

  it.each([500, 503, 429, 408])('asks a server again that answers %d', async (status) => {
    const { url, ranges } = await fileServer((request, response, n) => {
      if (n > 2) return sends(BYTES, request, response);
      response.writeHead(status);
      return response.end();
    });
    expect(await got([url])).toEqual(BYTES);
    expect(ranges).toHaveLength(3);
  });

  it('waits as long as a server asks for, in seconds or until a date, but not for hours', async () => {
    const start = Date.now();
    await got([(await busy('1')).url]);
    expect(Date.now() - start).toBeGreaterThan(900);
    // A date that has passed; with a backoff of an hour the test would not end.
    await got([(await busy(new Date(0).toUTCString())).url], { backoffMs: 3_600_000 });
    for (const after of ['3600', new Date(Date.now() + 3_600_000).toUTCString()]) {
      const { url, ranges } = await busy(after);
      await expect(got([url])).rejects.toThrow(/answered 429 and asks to wait for 3(?:600|59\d) s/);
      expect(ranges).toHaveLength(1);
    }
  });

  it('goes to the next mirror where a file is not, or is another', async () => {
    const good = await fileServer((request, response) => sends(BYTES, request, response));
    const missing = await fileServer((_, response) => response.writeHead(404).end());
    const forbidden = await fileServer((_, response) => response.writeHead(403).end());
    const wrong = await fileServer((request, response) =>
      sends(
        BYTES.map((byte) => byte ^ 1),
        request,
        response,
      ),
    );
    const short = await fileServer((request, response) => sends(BYTES.subarray(5), request, response));
    const page = await fileServer((request, response) =>
      sends(new TextEncoder().encode('\n<!DOCTYPE html><html>Virus scan warning</html>'), request, response),
    );
    const bad = [missing, forbidden, wrong, short];
    const urls = bad.map(({ url }) => url);
    const wanted = { bytes: BYTES.length, checksum: CHECKSUM };
    expect(await got([...urls, good.url], wanted)).toEqual(BYTES);
    // Without a known length, a page is known by its beginning.
    expect(await got([page.url, good.url])).toEqual(BYTES);
    expect(bad.map(({ ranges }) => ranges.length)).toEqual([1, 1, 1, 1]);
    const failure = got([...urls, page.url], wanted);
    await expect(failure).rejects.toThrow(/answered 404; .* answered 403; .* sent other bytes \(sha256/);
    await expect(failure).rejects.toThrow('has a file of 99995 bytes, not 100000');
    await expect(got([page.url])).rejects.toThrow('sent an HTML page in place of the file');
  });

  it('joins bytes of two mirrors only where the whole can be checked', async () => {
    const cut = await fileServer((request, response, n) => {
      if (n === 1) breaksOff(BYTES, 10_000, request, response);
      else response.writeHead(404).end();
    });
    const other = BYTES.map((byte) => byte ^ 1);
    const mirror = await fileServer((request, response) => sends(other, request, response));
    expect(await got([cut.url, mirror.url])).toEqual(other);
    expect(mirror.ranges).toEqual([undefined]);
    const cutAgain = await fileServer((request, response, n) => {
      if (n === 1) breaksOff(BYTES, 10_000, request, response);
      else response.writeHead(404).end();
    });
    const good = await fileServer((request, response) => sends(BYTES, request, response));
    expect(await got([cutAgain.url, good.url], { checksum: CHECKSUM })).toEqual(BYTES);
    expect(good.ranges).toEqual(['bytes=10000-']);
  });

  it('is not misled by a length that is too small or too large', async () => {
    // Without a length, more bytes than there are to be.
    const long = await fileServer((_, response) => {
      response.writeHead(200);
      response.write(BYTES);
      response.end(BYTES);
    });
    await expect(got([long.url], { bytes: BYTES.length })).rejects.toThrow('not 100000');
    // A length that is more than comes, and then the connection ends in order.
    const lying = await fileServer((_, response) => {
      response.writeHead(200, { 'content-length': String(BYTES.length), connection: 'close' });
      response.write(BYTES.subarray(0, 1000));
      response.socket?.end();
    });
    await expect(got([lying.url], { retries: 1 })).rejects.toThrow(/broke off/);
  });

  it('fetches anew, once, what was put together from two versions', async () => {
    const { url, ranges } = await fileServer((request, response, n) => {
      if (n === 1)
        return breaksOff(
          BYTES.map((byte) => byte ^ 1),
          10_000,
          request,
          response,
        );
      return sends(BYTES, request, response);
    });
    expect(await got([url], { checksum: CHECKSUM })).toEqual(BYTES);
    expect(ranges).toEqual([undefined, 'bytes=10000-', undefined]);
  });

  it('takes what a server unpacks on the way, if that is known', async () => {
    const { url } = await fileServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(BYTES));
    });
    const sink = new MemorySink();
    const wanted = { mirrors: [url], bytes: 50, checksum: sha256(gzipSync(BYTES)), content: CHECKSUM };
    await download(wanted, sink, QUICK);
    expect(sink.bytes()).toEqual(BYTES);
  });

  it('follows redirects, but not in a circle', async () => {
    const good = await fileServer((request, response) => sends(BYTES, request, response));
    const moved = await fileServer((_, response) => response.writeHead(302, { location: good.url }).end());
    expect(await got([moved.url])).toEqual(BYTES);
    const circle = await fileServer((_, response) => response.writeHead(302, { location: '/file' }).end());
    await expect(got([circle.url], { retries: 0 })).rejects.toThrow('redirects without end');
  });

  it('says that nobody was reached', async () => {
    const { url } = await closedServer();
    const failure = got([url, url]);
    await expect(failure).rejects.toThrow(/^(127.0.0.1:\d+) cannot be reached; \1 cannot be reached$/);
    await expect(failure).rejects.toHaveProperty('offline', true);
  });

  it('ends at once with the reason of its signal: before, while bytes come, while it waits', async () => {
    const reason = new Error('enough');
    const { url, ranges } = await fileServer((_, response) => {
      response.writeHead(200, { 'content-length': String(BYTES.length) });
      response.write(BYTES.subarray(0, 10));
    });
    await expect(got([url], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(ranges).toEqual([]);
    const during = new AbortController();
    const stopped = got([url], { signal: during.signal, onBytes: () => during.abort(reason) });
    await expect(stopped).rejects.toBe(reason);
    const ill = await fileServer((_, response) => response.writeHead(503).end());
    const later = new AbortController();
    const waiting = got([ill.url], { signal: later.signal, backoffMs: 60_000 });
    setTimeout(() => later.abort(reason), 50);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('a partial file', () => {
  const PATH = 'file.gz';

  it('is renamed when it is whole, and nothing else is left', async () => {
    const folder = temporaryFolder();
    const { url } = await fileServer((request, response) => sends(BYTES, request, response));
    const sink = await FileSink.open(join(folder, PATH), true);
    await download({ mirrors: [url], checksum: CHECKSUM }, sink, QUICK);
    expect(existsSync(join(folder, PATH))).toBe(false);
    await sink.finish();
    expect(readdirSync(folder)).toEqual([PATH]);
    expect(new Uint8Array(readFileSync(join(folder, PATH)))).toEqual(BYTES);
  });

  it('is gone on with by the next process, if it can be checked', async () => {
    const folder = temporaryFolder();
    const cut = await fileServer((request, response) => breaksOff(BYTES, 30_000, request, response));
    const first = await FileSink.open(join(folder, PATH), true);
    const once = { ...QUICK, retries: 0 };
    await expect(download({ mirrors: [cut.url] }, first, once)).rejects.toThrow(/broke off/);
    await first.leave();
    expect(readdirSync(folder)).toEqual([`${PATH}.part`]);
    const unchecked = await FileSink.open(join(folder, PATH), false);
    expect(unchecked.size).toBe(0);
    await unchecked.leave();
    const next = await FileSink.open(join(folder, PATH), true);
    const good = await fileServer((request, response) => sends(BYTES, request, response));
    await download({ mirrors: [good.url], checksum: CHECKSUM }, next, QUICK);
    await next.finish();
    expect(good.ranges).toEqual(['bytes=30000-']);
    expect(new Uint8Array(readFileSync(join(folder, PATH)))).toEqual(BYTES);
    expect(readdirSync(folder)).toEqual([PATH]);
  });

  it('of a process that was killed is taken over after a while, and not before', async () => {
    const folder = temporaryFolder();
    const left = join(folder, `${PATH}.0123456789ab.part`);
    writeFileSync(left, BYTES.subarray(0, 500));
    const early = await FileSink.open(join(folder, PATH), true);
    expect(early.size).toBe(0);
    await early.leave();
    utimesSync(left, Date.now() / 1000 - 600, Date.now() / 1000 - 600);
    const late = await FileSink.open(join(folder, PATH), true);
    expect(late.size).toBe(500);
    await late.leave();
  });

  it('that is no partial file of it stays', async () => {
    const folder = temporaryFolder({ 'file.gz.mine.part': 'x', 'other.gz.part': 'y' });
    const sink = await FileSink.open(join(folder, PATH), true);
    expect(sink.size).toBe(0);
    await sink.finish();
    expect(readdirSync(folder).toSorted()).toEqual(['file.gz', 'file.gz.mine.part', 'other.gz.part']);
  });

  it('is taken over by one of several', async () => {
    const folder = temporaryFolder({ [`${PATH}.part`]: BYTES.subarray(0, 700) });
    const sinks = await Promise.all([1, 2, 3].map(() => FileSink.open(join(folder, PATH), true)));
    expect(sinks.map(({ size }) => size).toSorted()).toEqual([0, 0, 700]);
    // All become the file, one after the other, and none harms another.
    const { url } = await fileServer((request, response) => sends(BYTES, request, response));
    await Promise.all(
      sinks.map(async (sink) => {
        await download({ mirrors: [url], checksum: CHECKSUM }, sink, QUICK);
        await sink.finish();
      }),
    );
    expect(readdirSync(folder)).toEqual([PATH]);
    expect(new Uint8Array(readFileSync(join(folder, PATH)))).toEqual(BYTES);
  });
});

it('downloads into memory without Node', async () => {
  const { url } = await fileServer((request, response) => sends(BYTES, request, response));
  vi.stubGlobal('process', { ...process, getBuiltinModule: undefined });
  try {
    expect(await got([url], { checksum: CHECKSUM })).toEqual(BYTES);
    const md5: Checksum = { algorithm: 'md5', hex: '0'.repeat(32), source: 'read' };
    // MD5 cannot be computed there, so it is no reason to refuse.
    expect(await got([url], { checksum: md5 })).toEqual(BYTES);
    await expect(got([url], { checksum: sha256(BYTES.subarray(1)) })).rejects.toThrow('sent other bytes');
  } finally {
    vi.unstubAllGlobals();
  }
});
