/** What predictions of a row are compared with: onnxruntime-web and TensorFlow.js, on one thread, if they are installed. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { UnitWeights } from '@hashgrad/sparse-nn';
import { startWasm } from './tensorflow.ts';

/** Predicts for one row: all outputs. */
export interface RowPeer {
  readonly name: string;
  /** What its figure is called. */
  readonly figure: string;
  run(row: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** As much of onnxruntime-web as is used here. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads: number }; readonly versions: { readonly web?: string } };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object;
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { readonly executionProviders: readonly string[] },
    ): Promise<{
      run(inputs: Readonly<Record<string, object>>): Promise<Record<string, { readonly data: Float32Array }>>;
      release(): Promise<void>;
    }>;
  };
}

/** A model of ONNX in WebAssembly, or why there is none. */
export async function onnxPeer(model: Uint8Array): Promise<RowPeer | string> {
  // Not written as a literal, so that type checks and bundlers do without it.
  const name = 'onnxruntime-web';
  try {
    const { env, InferenceSession, Tensor } = (await import(name)) as OnnxRuntime;
    env.wasm.numThreads = 1;
    const session = await InferenceSession.create(model, { executionProviders: ['wasm'] });
    return {
      name: `onnxruntime-web ${env.versions.web ?? ''}`.trim(),
      figure: 'onnxruntime_ms',
      async run(row) {
        const { outputs } = await session.run({ inputs: new Tensor('float32', row, [1, row.length]) });
        return outputs!.data;
      },
      close: () => session.release(),
    };
  } catch (error) {
    return missing(name, error);
  }
}

/** ReLU layers and a softmax in its WebAssembly backend, or why there are none. */
export async function tensorFlowPeer(layers: readonly UnitWeights[]): Promise<RowPeer | string> {
  try {
    const tf = await startWasm();
    const kept = layers.map(({ weights, bias }) => ({
      weights: tf.tensor2d(weights, [bias.length, weights.length / bias.length]),
      bias: tf.tensor1d(bias),
    }));
    const outputs = (row: Float32Array): Float32Array =>
      tf.tidy(() => {
        let x: Tensor = tf.tensor2d(row, [1, row.length]);
        for (const [l, { weights, bias }] of kept.entries()) {
          const sums = tf.add(tf.matMul(x, weights, false, true), bias);
          x = l === kept.length - 1 ? tf.softmax(sums) : tf.relu(sums);
        }
        return x.dataSync() as Float32Array;
      });
    return {
      name: `TensorFlow.js ${tf.version_core} (wasm)`,
      figure: 'tensorflow_ms',
      run: async (row) => outputs(row),
      close: async () =>
        kept.forEach((layer) => [layer.weights, layer.bias].forEach((each) => each.dispose())),
    };
  } catch (error) {
    return (error as Error).message;
  }
}

function missing(name: string, error: unknown): string {
  return `${name} is not installed: ${(error as Error).message.split('\n')[0]}`;
}
