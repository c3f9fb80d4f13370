/** Serves the built page in a folder of a site, as a plain server of files does, on a free port of this machine. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.gz': 'application/gzip',
};

export interface StaticSite extends AsyncDisposable {
  /** The page's address, which ends with its folder. */
  readonly page: string;
}

/** Serves `folder` under /playground/, and nothing else; each script with `before` in front of it. */
export async function serveFolder(folder: string, before = ''): Promise<StaticSite> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = /^\/playground\/(.*)$/.exec(normalize(pathname))?.[1];
    const file = path === undefined ? undefined : join(folder, path === '' ? 'index.html' : path);
    const answer = file === undefined ? Promise.reject(new Error(pathname)) : readFile(file);
    answer.then(
      (bytes) => {
        const type = TYPES[extname(file!)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type });
        response.end(type === TYPES['.js'] ? before + bytes.toString('utf8') : bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    page: `http://127.0.0.1:${port}/playground/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
