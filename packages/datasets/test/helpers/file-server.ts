import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a server does with its n-th request, from 1. */
export type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => void;

/** A server of this machine, gone when the test ends. */
export interface FileServer {
  readonly url: string;
  /** The ranges that were asked for, one a request; nothing where all was. */
  readonly ranges: (string | undefined)[];
}

/** Starts it. */
export async function fileServer(answer: Answer): Promise<FileServer> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response, ranges.length);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, ranges };
}

/** An address that nobody listens at. */
export async function closedServer(): Promise<{ readonly url: string }> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return { url: `http://127.0.0.1:${port}/file` };
}

/** Answers as a good server does: with what is asked for. */
export function sends(
  bytes: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>> = {},
): void {
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const start = from === undefined ? 0 : Number(from);
  const range =
    from === undefined ? {} : { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': String(bytes.length - start),
    ...range,
    ...headers,
  });
  response.end(bytes.subarray(start));
}

/** Announces all, sends some and breaks the connection. */
export function breaksOff(
  bytes: Uint8Array,
  some: number,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>> = {},
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = start === 0 ? {} : { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(start === 0 ? 200 : 206, {
    'content-length': String(bytes.length - start),
    ...range,
    ...headers,
  });
  response.write(bytes.subarray(start, start + some), () => setTimeout(() => response.destroy(), 10));
}
