import { InferenceSession, Tensor, env } from 'onnxruntime-web';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  all,
  FrozenNetwork,
  hidden,
  linearOutput,
  lsh,
  network,
  sigmoidOutput,
  softmax,
  topK,
  type Examples,
  type HiddenActivation,
  type LayerSpec,
} from '../../src/index.ts';
import { simHash } from '@hashgrad/lsh';
import { exportOnnx } from '../../src/interchange/onnx.ts';
import { ACTIVATIONS } from '../../src/layers/activation.ts';
import { bags, blobs, withTargets } from '../data.ts';
import { distance } from '../distance.ts';
import { create, fit } from '../training.ts';

env.wasm.numThreads = 1;

const dense = blobs({ rows: 19, columns: 13, classes: 5 });
const sparse = bags({ rows: 19, columns: 45, classes: 5 });

/** The rows without zeros left out. */
function denseRows(examples: Examples): Float32Array {
  if (!('offsets' in examples)) return examples.inputs;
  const { rows, columns, offsets, ids, values } = examples;
  const made = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = offsets[row]!; k < offsets[row + 1]!; k++) made[row * columns + ids[k]!] = values[k]!;
  }
  return made;
}

/** What onnxruntime makes of the examples. */
async function run(bytes: Uint8Array, examples: Examples): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const { rows, columns } = examples;
  const { outputs } = await session.run({
    inputs: new Tensor('float32', denseRows(examples), [rows, columns]),
  });
  expect(outputs!.dims).toEqual([rows, outputs!.data.length / rows]);
  const data = (outputs!.data as Float32Array).slice();
  await session.release();
  return data;
}

const deep = ACTIVATIONS.map((activation: HiddenActivation) => hidden(17, all(), { activation }));
const select = lsh({ count: 4, family: simHash({ bits: 3, tables: 6 }) });

const cases: readonly (readonly [string, Examples, readonly LayerSpec[]])[] = [
  ['dense, every activation, softmax', dense, [...deep, softmax(5)]],
  ['sparse, sigmoid outputs', sparse, [hidden(9), sigmoidOutput(5)]],
  ['selected, linear outputs', withTargets(dense, 3), [hidden(30, topK({ count: 9 })), linearOutput(3)]],
  ['sparse, one layer with tables', sparse, [softmax(5, select)]],
];

describe.each(cases)('%s', (_, examples, layers) => {
  test.each(['float32', 'int8'] as const)(
    'onnxruntime gives what the network gives, weights in %s',
    async (weights) => {
      using net = await create(network(examples.columns, layers), examples);
      await fit(net, examples, 5);
      using frozen = await net.freeze({ weights });
      const expected = frozen.outputs(examples);
      const outputs = await run(await exportOnnx(frozen), examples);
      expect(distance(outputs, expected)).toBeLessThan(1e-5);
      expect(new Set(expected).size).toBeGreaterThan(19);
    },
  );
});

test('8-bit weights stay such in the file', async () => {
  using net = await create(network(13, [hidden(1000), softmax(5)]), dense);
  using float32 = await net.freeze();
  using int8 = await net.freeze({ weights: 'int8' });
  const [large, small] = [await exportOnnx(float32), await exportOnnx(int8)];
  const weights = 13 * 1000 + 1000 * 5;
  expect(large.length - 4 * weights).toBeLessThan(6000);
  expect(small.length - weights).toBeLessThan(10_500);
});

test('a network that was loaded is exported as well', async () => {
  using net = await create(network(13, [hidden(8), softmax(5)]), dense);
  using frozen = await net.freeze();
  using loaded = await FrozenNetwork.load(frozen.toBytes());
  expect(await exportOnnx(loaded)).toEqual(await exportOnnx(frozen));
});

describe('without the package that writes it', () => {
  afterEach(() => void vi.doUnmock('pbf'));

  test('what to install is said', async () => {
    vi.doMock('pbf', () => {
      throw new Error('There is none.');
    });
    using net = await create(network(13, [softmax(5)]), dense);
    using frozen = await net.freeze();
    await expect(exportOnnx(frozen)).rejects.toThrow(
      "Exporting to ONNX needs the package 'pbf': npm install pbf@5.",
    );
  });
});

describe('what ONNX does not have is refused', () => {
  const layer = { units: 2, rowOf: 'unit', stride: 3, bias: new Float32Array(2) } as const;

  test('an activation, by its name', async () => {
    const weights = new Float32Array(6);
    const layers = [{ ...layer, weights, activation: 'swoosh' as 'relu' }];
    await expect(
      exportOnnx({ model: { inputs: 3, sparse: false, format: 'float32', layers } }),
    ).rejects.toThrow(new RangeError("ONNX has no operator for the activation 'swoosh' of layer 1."));
  });

  test('2 GiB', async () => {
    const weights = Object.assign(Object.create(Float32Array.prototype) as Float32Array, {});
    Object.defineProperty(weights, 'byteLength', { value: 2 ** 31 });
    const layers = [{ ...layer, weights, activation: 'softmax' as const }];
    await expect(
      exportOnnx({ model: { inputs: 3, sparse: false, format: 'float32', layers } }),
    ).rejects.toThrow(
      new RangeError(
        "An ONNX file is smaller than 2 GiB; the weights of this network take 2147483656 bytes (freeze it with weights: 'int8' " +
          'for a quarter of that).',
      ),
    );
  });
});
