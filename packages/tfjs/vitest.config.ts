import type { ViteUserConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

const config: ViteUserConfig = { ...shared, test: { ...shared.test, name: 'tfjs' } };

export default config;
