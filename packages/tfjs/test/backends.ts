/** The backends of TensorFlow.js that run in Node without native code. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { env, ready, setBackend, zeros } from '@tensorflow/tfjs-core';

// Loading it registers it.
// oxlint-disable-next-line import/no-unassigned-import
import '@tensorflow/tfjs-backend-cpu';

export const BACKENDS = ['cpu', 'wasm'] as const;

setWasmPaths(join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')), '/'));
setThreadsCount(1);

/** Makes tensors and operations those of a backend from now on. */
export async function use(backend: (typeof BACKENDS)[number]): Promise<void> {
  if (!(await setBackend(backend))) throw new Error(`The backend ${backend} does not start.`);
  await ready();
  // The first tensor advises to install native code.
  env().set('PROD', true);
  zeros([1]).dispose();
  env().set('PROD', false);
}
