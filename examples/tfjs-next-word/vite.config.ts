import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  resolve: {
    // The packages' sources, so that nothing has to be built before.
    conditions: ['@hashgrad/source', 'module', 'browser', 'development|production'],
    // One TensorFlow.js for the page and for the packages.
    dedupe: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'],
  },
  build: { target: 'esnext' },
});
