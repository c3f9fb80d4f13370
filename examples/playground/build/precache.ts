/** Makes the service worker that keeps the page for use without a network: it is written when all other files are known. */
import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/**
 * The script `sw.js` for these files, as paths from its own place. A new version has a new cache, and waits until no page of the old
 * one is open.
 */
export function workerScript(files: readonly string[], version: string): string {
  return `const PREFIX = 'hashgrad-playground-';
const CACHE = PREFIX + ${JSON.stringify(version)};
const FILES = ${JSON.stringify(files, undefined, 2)};

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

addEventListener('activate', (event) => {
  const old = (name) => name.startsWith(PREFIX) && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))));
});

addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || new URL(event.request.url).origin !== location.origin) return;
  const kept = caches.open(CACHE).then((cache) => cache.match(event.request, { ignoreSearch: true }));
  event.respondWith(kept.then((response) => response ?? fetch(event.request)));
});
`;
}

export function precache(): Plugin {
  return {
    name: 'precache',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle): void {
        const hash = createHash('sha256');
        for (const name of Object.keys(bundle).toSorted()) {
          const made = bundle[name]!;
          hash.update(name).update(made.type === 'chunk' ? made.code : made.source);
        }
        // The page itself goes by the name of its folder, too.
        const files = ['./', ...Object.keys(bundle).toSorted()];
        const source = workerScript(files, hash.digest('hex').slice(0, 12));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}
