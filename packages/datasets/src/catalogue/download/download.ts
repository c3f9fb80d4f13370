import { attempt, DownloadFailure, type AttemptOptions, type Version } from './attempt.ts';
import type { Checksum } from './checksum.ts';
import type { Sink } from './sink.ts';
import type { Abortable } from '../../web-types.ts';

/** A file to download. */
export interface Wanted {
  /** Addresses of the same bytes, the one to ask first the first. */
  readonly mirrors: readonly string[];
  readonly bytes?: number | undefined;
  readonly checksum?: Checksum | undefined;
  /** Of what is packed in it: servers may send that. */
  readonly content?: Checksum | undefined;
}

/** How patient a download is, and who hears of it. */
export interface DownloadOptions {
  readonly signal?: Abortable | undefined;
  /** Called with the bytes that have come, and how many there will be, where that is known. */
  readonly onBytes?: ((bytes: number, total: number | undefined) => void) | undefined;
  /** How often a mirror is asked again after a failure, without getting on; 4 by default. */
  readonly retries?: number | undefined;
  /** No bytes for so long is a failure, in milliseconds; 30,000 by default. */
  readonly stallMs?: number | undefined;
  /** The wait before the first repetition, doubled for each further one, in milliseconds; 1,000 by default. */
  readonly backoffMs?: number | undefined;
}

/** A server that sends a few bytes and breaks off, again and again, is given up at some time. */
const MOST_ATTEMPTS = 200;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * Downloads a file into a sink: from where the sink ends, by the first mirror that has it all and right.
 *
 * A mirror that breaks off, stalls or is busy is asked again for the rest, after a wait that doubles, or that it asks for. One
 * that has no such file, or another, gives way to the next.
 *
 * @throws {DownloadFailure} with a reason for each mirror, in one line; its `offline` says that none was reached.
 * @throws the signal's reason; what came stays in the sink.
 */
export async function download(wanted: Wanted, sink: Sink, options: DownloadOptions = {}): Promise<void> {
  const failures: { url: string; failure: DownloadFailure }[] = [];
  for (const url of wanted.mirrors) {
    // What another mirror sent is of the same file only if that can be checked in the end.
    if (sink.size > 0 && wanted.checksum === undefined) await sink.restart();
    try {
      return await fromMirror(url, wanted, sink, options);
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error;
      failures.push({ url, failure: error });
    }
  }
  const reasons = failures.map(({ url, failure }) => `${hostOf(url)} ${failure.message}`);
  throw new DownloadFailure(reasons.join('; '), {
    offline: failures.every(({ failure }) => failure.offline),
  });
}

async function fromMirror(
  url: string,
  wanted: Wanted,
  sink: Sink,
  { signal, onBytes = () => undefined, retries = 4, stallMs = 30_000, backoffMs = 1000 }: DownloadOptions,
): Promise<void> {
  const version: Version = {};
  const options: AttemptOptions = { bytes: wanted.bytes, signal, stallMs, onBytes };
  let inVain = 0;
  let mayRefetch = true;
  for (let attempts = 1; ; attempts++) {
    const before = sink.size;
    try {
      await attempt(url, sink, version, options);
      const wrong = await wrongChecksum(sink, wanted);
      if (wrong === undefined) return;
      await sink.restart();
      // Parts of two versions, or a partial file that was damaged, make a wrong whole: it is fetched anew, once.
      const retry = mayRefetch && before > 0;
      mayRefetch = false;
      throw new DownloadFailure(wrong, { retry });
    } catch (error) {
      if (!(error instanceof DownloadFailure) || !error.retry) throw error;
      inVain = sink.size > before ? 1 : inVain + 1;
      const most = error.offline ? Math.min(1, retries) : retries;
      if (inVain > most || attempts >= MOST_ATTEMPTS) throw error;
      const backoff = Math.min(LONGEST_BACKOFF_MS, backoffMs * 2 ** (inVain - 1));
      await sleep(error.waitMs ?? backoff * (0.5 + 0.5 * Math.random()), signal);
    }
  }
}

/** What is wrong with the bytes, if something is. */
async function wrongChecksum(sink: Sink, { checksum, content }: Wanted): Promise<string | undefined> {
  const known = [checksum, content].filter((each) => each !== undefined);
  let wrong: string | undefined;
  for (const { algorithm, hex } of known) {
    const found = await sink.digest(algorithm);
    if (found === undefined || found === hex) return undefined;
    wrong ??= `sent other bytes (${algorithm} ${found.slice(0, 12)}…, not ${hex.slice(0, 12)}…)`;
  }
  return wrong;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** @throws the signal's reason, at once when it comes. */
function sleep(milliseconds: number, signal: Abortable | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
