import { resolve } from 'node:path';
import type { ViteUserConfig } from 'vitest/config';

const conditions = ['@hashgrad/source', 'module', 'node', 'development|production'];

/** What the tests of all packages have in common: packages resolve to each other's sources, so nothing needs a build. */
export const shared: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@hashgrad/source', 'node'] } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Files share a process, which halves the time of all. Each cleans up what it changes of the globals.
    isolate: false,
    // Programs that tests start are compiled once.
    env: { NODE_COMPILE_CACHE: resolve(import.meta.dirname, 'node_modules/.cache/node-compile') },
  },
};
