/** A page, a web worker and a service worker that use the packages, built by the bundlers that users have. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM } from '../consumers/program.ts';
import { run, toolPath } from './tools.ts';

/** What a page sets: all that it and its worker found out. */
const PAGE = `
import { load, rectangles } from '@hashgrad/datasets';
import { run, threads } from './program.js';

const fromWorker = () => new Promise((resolve, reject) => {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message || 'the worker did not start'));
});

const rehearse = async () => ({
  page: { ...(await threads()), result: await run() },
  worker: await fromWorker(),
  rows: [rectangles({ train: 10, test: 5, seed: 1 }).train.rows, (await load('mnist-subset')).train.rows],
});
globalThis.rehearsal = rehearse();
`;

const WORKER = `
import { run, threads } from './program.js';
const work = async () => ({ ...(await threads()), result: await run() });
work().then((found) => postMessage(found), (error) => postMessage({ error: String(error) }));
`;

const SERVICE_WORKER = `
import { run, threads } from './program.js';
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => {
  const work = async () => ({ ...(await threads()), result: await run() });
  event.waitUntil(work().then((found) => event.source.postMessage(found), (error) => event.source.postMessage({ error: String(error) })));
});
`;

/** What a bundler made. */
export interface Bundle {
  readonly title: string;
  readonly folder: string;
  /** The page's script, below the folder. */
  readonly script: string;
}

/** Writes the sources that are built into a folder in which the packages are installed. */
export function writeSources(folder: string): void {
  const files = {
    'program.js': PROGRAM,
    'page.js': PAGE,
    'worker.js': WORKER,
    'service-worker.js': SERVICE_WORKER,
    'index.html': '<!doctype html><script type="module" src="/page.js"></script>',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

/** The ways to build them, each as its users would with nothing configured that the bundler's guide does not ask for. */
export const BUNDLERS: readonly { readonly title: string; build(folder: string): Promise<Bundle> }[] = [
  {
    title: 'esbuild',
    async build(folder) {
      const options = ['--bundle', '--splitting', '--format=esm', '--minify', '--platform=browser'];
      const entries = ['page.js', 'worker.js', 'service-worker.js'];
      const command = toolPath('.bin/esbuild');
      await run(command, [...entries, ...options, '--outdir=built-esbuild'], { cwd: folder });
      return { title: 'esbuild', folder: join(folder, 'built-esbuild'), script: '/page.js' };
    },
  },
  {
    title: 'Vite',
    async build(folder) {
      const command = toolPath('vite/bin/vite.js');
      await run(process.execPath, [command, 'build', '--outDir', 'built-vite'], { cwd: folder });
      const built = join(folder, 'built-vite');
      const script = /<script[^>]* src="([^"]+)"/.exec(readFileSync(join(built, 'index.html'), 'utf8'))?.[1];
      if (script === undefined) throw new Error('The page that was built has no script.');
      return { title: 'Vite', folder: built, script };
    },
  },
  {
    title: 'webpack',
    async build(folder) {
      const built = join(folder, 'built-webpack');
      mkdirSync(built, { recursive: true });
      const program = join(import.meta.dirname, 'webpack-build.mjs');
      await run(process.execPath, [program, folder, built], { cwd: folder });
      return { title: 'webpack', folder: built, script: '/main.js' };
    },
  },
];
