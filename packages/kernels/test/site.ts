/** A site that serves the package to a page without a bundler: sources with their types stripped, and an import map. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { workerSource } from '../src/index.ts';

const ROOT = join(import.meta.dirname, '..');

const IMPORTS = {
  '@hashgrad/kernels': '/src/index.ts',
  'd3-random': '/node_modules/d3-random/dist/d3-random.mjs',
  'pure-rand/distribution/uniformFloat64': '/node_modules/pure-rand/lib/esm/distribution/uniformFloat64.js',
  'pure-rand/distribution/uniformInt': '/node_modules/pure-rand/lib/esm/distribution/uniformInt.js',
  'pure-rand/generator/xoroshiro128plus': '/node_modules/pure-rand/lib/esm/generator/xoroshiro128plus.js',
};

/** A policy that forbids workers from blobs. */
const POLICY = { 'content-security-policy': "worker-src 'self'" };

const PAGE = `<!doctype html><script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`;

/** The headers that make a page cross-origin isolated, so that it may share memory among threads. */
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

export interface Site extends AsyncDisposable {
  /** A page with the import map and nothing else. */
  readonly page: string;
}

export interface SiteOptions {
  readonly isolated: boolean;
  /** Whether workers from blobs are forbidden. */
  readonly strict?: boolean;
}

/** Serves on a free port of this machine; the program of a worker is at /worker.js. */
export async function serve({ isolated, strict = false }: SiteOptions): Promise<Site> {
  const headers = { ...(isolated ? ISOLATION : {}), ...(strict ? POLICY : {}) };
  const server = createServer(({ url = '/' }, response) => {
    if (url === '/' || url === '/favicon.ico') {
      response.writeHead(200, { ...headers, 'content-type': 'text/html' }).end(PAGE);
      return;
    }
    try {
      const text = url === '/worker.js' ? workerSource : readFileSync(join(ROOT, normalize(url)), 'utf8');
      response.writeHead(200, { ...headers, 'content-type': 'text/javascript' });
      response.end(url.endsWith('.ts') ? stripTypeScriptTypes(text) : text);
    } catch (error) {
      response.writeHead(404, headers).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    page: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
