import type { Sink } from './sink.ts';
import type { Abortable } from '../../web-types.ts';

/** Why an attempt to download failed. */
export class DownloadFailure extends Error {
  /** Whether the same address may do better later. */
  readonly retry: boolean;
  /** How long the server asks to wait, in milliseconds. */
  readonly waitMs: number | undefined;
  /** Whether no server was reached at all. */
  readonly offline: boolean;

  constructor(
    message: string,
    {
      retry = false,
      waitMs,
      offline = false,
      cause,
    }: { retry?: boolean; waitMs?: number | undefined; offline?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.retry = retry;
    this.waitMs = waitMs;
    this.offline = offline;
  }
}

/** What is known of the file beforehand, and who is told of bytes. */
export interface AttemptOptions {
  /** Its length, where that is known. */
  readonly bytes?: number | undefined;
  readonly signal?: Abortable | undefined;
  /** No bytes for so long is a failure. */
  readonly stallMs: number;
  onBytes(bytes: number, total: number | undefined): void;
}

/** What identifies the version of a file that bytes in the sink are of. */
export interface Version {
  validator?: string;
}

/** Answers of servers that are busy, and may not be the next time. */
const BUSY = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Asks an address once for the bytes that are not in the sink yet, and appends them.
 * @throws {DownloadFailure} saying what was wrong, where not all came; what came stays in the sink, if it is of use.
 * @throws the signal's reason.
 */
export async function attempt(
  url: string,
  sink: Sink,
  version: Version,
  options: AttemptOptions,
): Promise<void> {
  const { signal, stallMs } = options;
  signal?.throwIfAborted();
  const stalled = new AbortController();
  const either = signal ? AbortSignal.any([signal as AbortSignal, stalled.signal]) : stalled.signal;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expectBytes = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stalled.abort(new DownloadFailure(`sent nothing for ${stallMs / 1000} s`, { retry: true }));
    }, stallMs);
  };
  try {
    expectBytes();
    const response = await fetch(url, { headers: headersFor(sink, version), signal: either });
    await receive(response, sink, version, options, expectBytes);
  } catch (error) {
    signal?.throwIfAborted();
    if (stalled.signal.aborted) throw stalled.signal.reason;
    throw error instanceof DownloadFailure ? error : networkFailure(error);
  } finally {
    clearTimeout(timer);
    // A response that was refused is not read on.
    stalled.abort();
  }
}

function headersFor(sink: Sink, { validator }: Version): Record<string, string> {
  // Packed once more on its way, a file has another length than the catalogue says, and cannot be resumed.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (sink.size > 0) {
    headers['range'] = `bytes=${sink.size}-`;
    if (validator !== undefined) headers['if-range'] = validator;
  }
  return headers;
}

async function receive(
  response: Response,
  sink: Sink,
  version: Version,
  options: AttemptOptions,
  expectBytes: () => void,
): Promise<void> {
  const { bytes, onBytes } = options;
  if (response.status === 416 && sink.size > 0) {
    // There is nothing after the last byte that is there.
    if (bytes !== undefined && sink.size === bytes) return;
    await sink.restart();
    throw new DownloadFailure('has fewer bytes than came before', { retry: true });
  }
  if (!response.ok || (response.status !== 200 && response.status !== 206)) throw statusFailure(response);
  const total = await startOf(response, sink, bytes);
  const { headers } = response;
  const etag = headers.get('etag');
  const validator = etag === null || etag.startsWith('W/') ? headers.get('last-modified') : etag;
  if (validator === null) delete version.validator;
  else version.validator = validator;
  if (response.body === null) throw new DownloadFailure('sent an answer without a body');
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    expectBytes();
    if (sink.size === 0 && isHtml(value)) {
      throw new DownloadFailure('sent an HTML page in place of the file');
    }
    if (total !== undefined && sink.size + value.length > total) {
      const more = sink.size + value.length;
      await sink.restart();
      throw new DownloadFailure(`sent ${more} bytes or more, not ${total}`);
    }
    await sink.append(value);
    onBytes(sink.size, total);
  }
  if (total !== undefined && sink.size < total) {
    throw new DownloadFailure(`broke off after ${sink.size} of ${total} bytes`, { retry: true });
  }
}

/**
 * Makes the sink ready for the answer's bytes.
 * @returns how many there will be together, where that is known.
 */
async function startOf(
  response: Response,
  sink: Sink,
  bytes: number | undefined,
): Promise<number | undefined> {
  const encoded = response.headers.get('content-encoding');
  if (encoded !== null && encoded !== 'identity') {
    // fetch unpacks it: lengths and ranges are of something else.
    if (sink.size > 0) await sink.restart();
    if (response.status === 206) throw new DownloadFailure('sent a packed part of the file', { retry: true });
    return undefined;
  }
  let total: number | undefined;
  if (response.status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    if (range === null || Number(range[1]) !== sink.size) {
      const found = response.headers.get('content-range') ?? 'nothing';
      const wanted = sink.size;
      await sink.restart();
      throw new DownloadFailure(`was asked for bytes from ${wanted} on, and said ${found}`, { retry: true });
    }
    total = range[2] === '*' ? undefined : Number(range[2]);
  } else {
    if (sink.size > 0) await sink.restart();
    const length = response.headers.get('content-length');
    total = length === null ? undefined : Number(length);
  }
  if (bytes !== undefined && total !== undefined && total !== bytes) {
    await sink.restart();
    throw new DownloadFailure(`has a file of ${total} bytes, not ${bytes}`);
  }
  return total ?? bytes;
}

function statusFailure({ status, headers }: Response): DownloadFailure {
  const waitMs = retryAfter(headers.get('retry-after'));
  if (waitMs !== undefined && waitMs > LONGEST_WAIT_MS) {
    return new DownloadFailure(`answered ${status} and asks to wait for ${Math.round(waitMs / 1000)} s`);
  }
  return new DownloadFailure(`answered ${status}`, { retry: BUSY.has(status), waitMs });
}

/** Who asks for more patience is not asked again. */
const LONGEST_WAIT_MS = 120_000;

/** In milliseconds: of a number of seconds, or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function networkFailure(error: unknown): DownloadFailure {
  const cause = (error as Error).cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const said = cause instanceof Error ? cause.message : String((error as Error).message);
  const isDisk = code === 'ENOSPC' || (error as NodeJS.ErrnoException).code === 'ENOSPC';
  if (isDisk) return new DownloadFailure('does not fit the disk', { cause: error });
  if (/redirect/i.test(said)) return new DownloadFailure('redirects without end', { cause: error });
  const offline = code !== undefined && OFFLINE.has(code);
  const reason = offline ? 'cannot be reached' : `broke off (${said})`;
  return new DownloadFailure(reason, { retry: true, offline, cause: error });
}

const OFFLINE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function isHtml(bytes: Uint8Array): boolean {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  return start.startsWith('<!doctype html') || start.startsWith('<html');
}
