/** TensorFlow.js with its WebAssembly backend, where it is installed: who runs no benchmark of it needs none of it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Core from '@tensorflow/tfjs-core';
import type * as Layers from '@tensorflow/tfjs-layers';
import type * as Hashgrad from '@hashgrad/tfjs';

/** The packages, loaded, the backend at work on one thread. */
export interface TensorFlow {
  readonly tf: typeof Core;
  readonly tfl: typeof Layers;
  readonly hashgrad: typeof Hashgrad;
}

const CORE = '@tensorflow/tfjs-core with @tensorflow/tfjs-backend-wasm';

/** Started once: the backend takes its paths before that, and never again. */
let started: Promise<typeof Core> | undefined;

/** The core, its backend at work on one thread. @throws {Error} where they are not installed, or the backend does not start. */
export function startWasm(): Promise<typeof Core> {
  started ??= start();
  return started;
}

async function start(): Promise<typeof Core> {
  const tf = await load(CORE, () => import('@tensorflow/tfjs-core'));
  const backend = await load(CORE, () => import('@tensorflow/tfjs-backend-wasm'));
  backend.setWasmPaths(
    join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')), '/'),
  );
  backend.setThreadsCount(1);
  if (await tf.setBackend('wasm')) return tf;
  throw new Error('The WebAssembly backend of TensorFlow.js does not start here.');
}

/** All that models with hashed layers need. @throws {Error} saying what to install. */
export async function loadTensorFlow(): Promise<TensorFlow> {
  try {
    const tf = await startWasm();
    const tfl = await load('@tensorflow/tfjs-layers', () => import('@tensorflow/tfjs-layers'));
    return { tf, tfl, hashgrad: await load('@hashgrad/tfjs', () => import('@hashgrad/tfjs')) };
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    throw new Error(
      'The benchmark tfjs needs: npm install @hashgrad/tfjs @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-backend-wasm',
      { cause: error },
    );
  }
}

class NotInstalled extends Error {}

async function load<T>(name: string, from: () => Promise<T>): Promise<T> {
  try {
    return await from();
  } catch (error) {
    throw new NotInstalled(`${name} is not installed: ${(error as Error).message.split('\n')[0]}`, {
      cause: error,
    });
  }
}
