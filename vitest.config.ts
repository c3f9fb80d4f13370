import type { ViteUserConfig } from 'vitest/config';
import { shared } from './vitest.shared.ts';

const config: ViteUserConfig = {
  test: {
    projects: [
      'packages/*',
      { ...shared, test: { ...shared.test, name: 'scripts', include: ['scripts/**/*.test.ts'] } },
    ],
  },
};

export default config;
