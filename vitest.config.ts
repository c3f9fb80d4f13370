import type { ViteUserConfig } from 'vitest/config';
import { sources } from './examples/playground/workspace.ts';
import { shared } from './vitest.shared.ts';

const config: ViteUserConfig = {
  test: {
    projects: [
      'packages/*',
      { ...shared, test: { ...shared.test, name: 'scripts', include: ['scripts/**/*.test.ts'] } },
      {
        ...shared,
        resolve: { ...shared.resolve, alias: [...sources] },
        test: {
          ...shared.test,
          name: 'playground',
          include: ['examples/playground/test/**/*.test.ts'],
          globalSetup: ['examples/playground/test/install.ts'],
        },
      },
    ],
  },
};

export default config;
