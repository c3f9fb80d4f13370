/** A site that serves the packages to a page without a bundler: sources with their types stripped, and an import map. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

const PACKAGES = join(import.meta.dirname, '../packages');

const DEPENDENCIES = '/kernels/node_modules';

/** The import map of the packages' sources, and of what they depend on. */
export const IMPORTS: Readonly<Record<string, string>> = {
  '@hashgrad/kernels': '/kernels/src/index.ts',
  '@hashgrad/lsh': '/lsh/src/index.ts',
  '@hashgrad/lsh/vectors': '/lsh/src/vectors/index.ts',
  '@hashgrad/mips': '/mips/src/index.ts',
  '@hashgrad/sparse-nn': '/sparse-nn/src/index.ts',
  '@hashgrad/datasets': '/datasets/src/index.ts',
  'd3-random': `${DEPENDENCIES}/d3-random/dist/d3-random.mjs`,
  ...Object.fromEntries(
    ['distribution/uniformFloat64', 'distribution/uniformInt', 'generator/xoroshiro128plus'].map((path) => [
      `pure-rand/${path}`,
      `${DEPENDENCIES}/pure-rand/lib/esm/${path}.js`,
    ]),
  ),
};

/** A policy that forbids workers from blobs. */
const POLICY = { 'content-security-policy': "worker-src 'self'" };

/** A page that runs `script`, if there is any, before all modules. */
function pageOf(imports: Readonly<Record<string, string>>, script: string): string {
  return `<!doctype html><script>${script}</script><script type="importmap">${JSON.stringify({ imports })}</script>`;
}

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
  /** Further files, by their paths: scripts as text, and any others as bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What is served. Default: the packages, with the import map of their sources. */
  readonly folder?: string;
  readonly imports?: Readonly<Record<string, string>>;
  /** A script that the page runs before all modules. */
  readonly before?: string;
  /** Whether modules import by addresses: an import map holds for pages, not for workers. Default false. */
  readonly addresses?: boolean;
}

/** Serves a folder on a free port of this machine. */
export async function serve(options: SiteOptions): Promise<Site> {
  const { isolated, strict = false, files = {}, folder = PACKAGES, imports = IMPORTS, before = '' } = options;
  const addressed = (text: string): string =>
    options.addresses ? text.replace(/(?<=from ')[^']+(?=';)/g, (name) => imports[name] ?? name) : text;
  const headers = { ...(isolated ? ISOLATION : {}), ...(strict ? POLICY : {}) };
  const server = createServer(({ url = '/' }, response) => {
    const send = (type: string, body: string | Uint8Array): void => {
      response.writeHead(200, { ...headers, 'content-type': type }).end(body);
    };
    const file = files[url];
    if (url === '/' || url === '/favicon.ico') return send('text/html', pageOf(imports, before));
    if (file instanceof Uint8Array) return send('application/octet-stream', file);
    try {
      const text = file ?? readFileSync(join(folder, normalize(url)), 'utf8');
      send('text/javascript', addressed(url.endsWith('.ts') ? stripTypeScriptTypes(text) : text));
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
