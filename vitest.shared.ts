import type { ViteUserConfig } from 'vitest/config';

const conditions = ['@hashgrad/source', 'module', 'node', 'development|production'];

/** What the tests of all packages have in common: packages resolve to each other's sources, so nothing needs a build. */
export const shared: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@hashgrad/source', 'node'] } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
  },
};
