import { defineConfig } from 'vite';
import { precache } from './build/precache.ts';
import { sources } from './workspace.ts';

export default defineConfig({
  // Relative, so that the page works in any folder of a site.
  base: './',
  resolve: {
    alias: [...sources],
    conditions: ['@hashgrad/source', 'module', 'browser', 'development|production'],
  },
  worker: { format: 'es' },
  plugins: [precache()],
  build: {
    target: 'es2022',
    // The digits and the kernels are large as one piece each, whatever is done.
    chunkSizeWarningLimit: 4096,
  },
});
