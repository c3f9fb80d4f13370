/** The Chromium that comes with npm, for Linux on x64, and a site that serves the packages to it without a bundler. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import packed from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

export const hasChromium: boolean = process.platform === 'linux' && process.arch === 'x64';

/** Starts it, unpacking it first where no run before did. */
export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: await unpack(), args: ['--no-sandbox', '--disable-gpu'] });
}

/** Unpacks to a folder that gets its name only when it is whole: tests that run at the same time never start half a browser. */
async function unpack(): Promise<string> {
  const manifest = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { devDependencies } = JSON.parse(manifest) as { devDependencies: Record<string, string> };
  const folder = join(tmpdir(), `hashgrad-chromium-${devDependencies['@sparticuz/chromium']}`);
  if (!existsSync(folder)) {
    const own = mkdtempSync(`${folder}-`);
    const outer = process.env['TMPDIR'];
    process.env['TMPDIR'] = own;
    try {
      await packed.executablePath();
    } finally {
      if (outer === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = outer;
    }
    try {
      renameSync(own, folder);
    } catch (error) {
      // Somebody else was faster.
      rmSync(own, { recursive: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return join(folder, 'chromium');
}

const PACKAGES = join(import.meta.dirname, '../..');

const RANDOM = '/kernels/node_modules/pure-rand/lib/esm';

const IMPORTS = {
  '@hashgrad/kernels': '/kernels/src/index.ts',
  '@hashgrad/lsh': '/lsh/src/index.ts',
  '@hashgrad/mips': '/mips/src/index.ts',
  '@hashgrad/sparse-nn': '/sparse-nn/src/index.ts',
  'd3-random': '/kernels/node_modules/d3-random/dist/d3-random.mjs',
  'pure-rand/distribution/uniformFloat64': `${RANDOM}/distribution/uniformFloat64.js`,
  'pure-rand/distribution/uniformInt': `${RANDOM}/distribution/uniformInt.js`,
  'pure-rand/generator/xoroshiro128plus': `${RANDOM}/generator/xoroshiro128plus.js`,
};

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

/** Serves the packages, their types stripped, and `files` by their paths, on a free port of this machine. */
export async function serve(isolated: boolean, files: Readonly<Record<string, Uint8Array>>): Promise<Site> {
  const headers = isolated ? ISOLATION : {};
  const server = createServer(({ url = '/' }, response) => {
    const file = files[url];
    if (file || url === '/' || url === '/favicon.ico') {
      response.writeHead(200, {
        ...headers,
        'content-type': file ? 'application/octet-stream' : 'text/html',
      });
      response.end(file ?? PAGE);
      return;
    }
    try {
      const text = readFileSync(join(PACKAGES, normalize(url)), 'utf8');
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
