import { readFileSync } from 'node:fs';
import { encodeSafetensors, type ByteSource } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  exportSafetensors,
  hidden,
  importSafetensors,
  lsh,
  momentum,
  Network,
  network,
  softmax,
  topK,
  type OptimizerSpec,
  type TensorNames,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { distance } from '../distance.ts';
import { bits, create, fit, snapshot } from '../training.ts';

/** A file that the reference implementation of safetensors wrote, see fixtures/make.py. */
const path = new URL('fixtures/mlp.safetensors', import.meta.url).pathname;
const known = JSON.parse(readFileSync(new URL('fixtures/mlp.json', import.meta.url), 'utf8')) as {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly outputsOfBag: readonly number[];
};
const rows = { rows: 4, columns: 6, inputs: Float32Array.from(known.inputs) };
const spec = network(6, [hidden(5), softmax(3)]);

/** The same rows, compressed. */
const sparse = {
  rows: 4,
  columns: 6,
  offsets: Int32Array.of(0, 6, 12, 18, 24),
  ids: Int32Array.from({ length: 24 }, (_, i) => i % 6),
  values: rows.inputs,
};

function far(outputs: Float32Array, expected: readonly number[]): number {
  return distance(Float64Array.from(outputs), Float64Array.from(expected));
}

/** A layer of two units with one input. */
const file = (weight: Float32Array | Int32Array): Uint8Array =>
  encodeSafetensors({
    'fc.weight': { dtype: weight instanceof Float32Array ? 'F32' : 'I32', shape: [2, 1], data: weight },
    'fc.bias': { dtype: 'F32', shape: [2], data: new Float32Array(2) },
  });

describe('a file of another implementation', () => {
  const bytes = new Uint8Array(readFileSync(path));

  test.for<[string, ByteSource]>([
    ['its path', path],
    ['its URL', new URL('fixtures/mlp.safetensors', import.meta.url)],
    ['its bytes', bytes],
    ['a response', new Response(bytes)],
  ])('is read from %s', async ([, source]) => {
    using net = await Network.create(spec);
    await importSafetensors(net, source, ['fc1', 'fc2']);
    expect(far(net.outputs(rows), known.outputs)).toBeLessThan(1e-6);
  });

  test('is read into an embedding bag, and a transposed tensor too', async () => {
    const bag: TensorNames = [{ weights: 'bag.weight', bias: 'fc1.bias', transposed: true }, 'fc2'];
    using net = await Network.create(spec, { nonZeros: 100 });
    await importSafetensors(net, path, ['fc1', 'fc2']);
    expect(net.weights(0).rowOf).toBe('input');
    expect(far(net.outputs(sparse), known.outputs)).toBeLessThan(1e-6);
    await importSafetensors(net, path, bag);
    expect(far(net.outputs(sparse), known.outputsOfBag)).toBeLessThan(1e-6);
    // And back.
    using other = await Network.create(spec);
    await importSafetensors(other, exportSafetensors(net, bag), bag);
    expect(far(other.outputs(rows), known.outputsOfBag)).toBeLessThan(1e-6);
  });

  test('leaves layers alone that have no names, and sets biases to 0 that have none', async () => {
    using net = await Network.create(spec);
    const before = net.copyWeights(0);
    net.weights(1).bias.fill(3);
    await importSafetensors(net, path, [null, { weights: 'fc2.weight' }]);
    expect(net.copyWeights(0)).toEqual(before);
    expect([...net.copyWeights(1).bias]).toEqual([0, 0, 0]);
  });

  test('changes nothing if a tensor does not fit', async () => {
    using net = await Network.create(spec);
    const before = bits(net);
    const refused = async (names: TensorNames, message: string): Promise<void> => {
      await expect(importSafetensors(net, path, names)).rejects.toThrow(message);
      expect(bits(net)).toBe(before);
    };
    const of = `${path}: expected the tensor`;
    await refused(['fc1', 'fc3'], `${of} 'fc3.weight' of shape [3, 5]; there are `);
    await refused(['fc1', 'bag'], `${of} 'bag.weight' of shape [3, 5]; its shape is [6, 5].`);
    await refused(
      [null, { weights: 'fc2.weight', bias: 'steps' }],
      `'steps' of shape [3]; its shape is [1].`,
    );
    await refused(['fc1'], 'There are names for each of 2 layers, null for one that is left out; got 1.');
    await refused(
      ['fc1', { bias: 'fc2.bias' } as never],
      'Layer 2: names are the name of a module, { weights, bias }, or null; got {"bias":"fc2.bias"}.',
    );
  });

  test('is refused where its numbers are integers or not finite', async () => {
    using net = await Network.create(network(1, [softmax(2)]));
    await expect(importSafetensors(net, file(Int32Array.of(1, 2)), ['fc'])).rejects.toThrow(
      "the file: expected the tensor 'fc.weight' of shape [2, 1] in F32, F64, F16 or BF16; it is I32.",
    );
    await expect(importSafetensors(net, file(Float32Array.of(1, NaN)), ['fc'])).rejects.toThrow(
      'the file: layer 1: the weight of unit 1, input 0 is NaN; weights are finite numbers.',
    );
  });
});

test('an export is read by the reference implementation: its header is as the format has it', async () => {
  using net = await Network.create(spec);
  const bytes = exportSafetensors(net, ['fc1', 'fc2']);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { readonly dtype: string; readonly shape: readonly number[]; readonly data_offsets: readonly number[] }
  >;
  expect(header['__metadata__']).toMatchObject({ format: 'pt' });
  const { dtype, shape, data_offsets: at } = header['fc1.weight']!;
  expect([dtype, shape]).toEqual(['F32', [5, 6]]);
  const data = bytes.slice(8 + length).buffer.slice(at[0], at[1]);
  expect(new Float32Array(data)).toEqual(net.copyWeights(0).weights);
  expect(() => exportSafetensors(net, ['fc', 'fc'])).toThrow("Two tensors would be called 'fc.weight'.");
});

describe('weights that are set', () => {
  const examples = blobs({ rows: 40, columns: 11, classes: 4 });

  test('are those that are read again, in any layer', async () => {
    for (const [given, layers] of [
      [examples, [hidden(13), hidden(19, topK({ count: 4 })), softmax(4)]],
      [bags({ rows: 9, columns: 45, classes: 4 }), [hidden(13), softmax(4)]],
    ] as const) {
      using from = await create(network(given.columns, layers), given);
      using to = await create(network(given.columns, layers), given, { seed: 2 });
      for (const l of layers.keys()) to.setWeights(l, from.copyWeights(l));
      expect(bits(to)).toBe(bits(from));
    }
  });

  test('are what hash tables are of', async () => {
    const select = lsh({ count: 6, family: simHash({ bits: 3, tables: 6 }), rehash: 1000 });
    const layers = [hidden(13), softmax(60, select)];
    const labelled = blobs({ rows: 40, columns: 11, classes: 60 });
    using from = await create(network(11, layers, adam({ rate: 0.01 })), labelled);
    using to = await create(network(11, layers), labelled);
    await fit(from, labelled, 20);
    for (const l of layers.keys()) to.setWeights(l, from.copyWeights(l));
    using fresh = await create(network(11, layers), labelled);
    fresh.weights(0).values.set(to.weights(0).values);
    fresh.weights(0).bias.set(to.weights(0).bias);
    fresh.weights(1).values.set(to.weights(1).values);
    fresh.weights(1).bias.set(to.weights(1).bias);
    const found = (net: Network): Int32Array => net.predict(labelled, { k: 3, pass: 'sparse' }).ids;
    // Written behind the network's back, the tables would be those of the old weights.
    expect(found(to)).not.toEqual(found(fresh));
    fresh.setWeights(1, fresh.copyWeights(1));
    expect(found(to)).toEqual(found(fresh));
  });

  /** All weights after a step of a network that was trained and then given the weights of a new one; and of the new one. */
  async function stepOf(optimizer: OptimizerSpec): Promise<Record<'renewed' | 'fresh', Float32Array[]>> {
    const layers = [hidden(13, topK({ count: 6 })), softmax(4)];
    using fresh = await create(network(11, layers, optimizer), examples);
    using renewed = await create(network(11, layers, optimizer), examples);
    await fit(renewed, examples, 5);
    for (const l of layers.keys()) renewed.setWeights(l, fresh.copyWeights(l));
    fresh.step(examples);
    renewed.step(examples);
    return { renewed: snapshot(renewed), fresh: snapshot(fresh) };
  }

  test.for([adam(), momentum({ rate: 0.1, weightDecay: 0.1 }), adagrad({ initial: 0.1, sums: 'bfloat16' })])(
    'are trained as if they were new ($kind)',
    async (optimizer) => {
      const { renewed, fresh } = await stepOf(optimizer);
      expect(renewed).toEqual(fresh);
    },
  );

  test('have no steps to catch up with: a row moves by a few rates', async () => {
    const { renewed, fresh } = await stepOf(adam({ rate: 1e-3, skipped: 'catchUp', weightDecay: 0.1 }));
    // By Adam's corrections of a later step it is not as far as at first.
    const moved = renewed.map((array, i) => Math.max(...array.map((w, k) => Math.abs(w - fresh[i]![k]!))));
    expect(Math.max(...moved)).toBeLessThan(4e-3);
    expect(moved[0]).toBeGreaterThan(0);
  });

  test('that do not fit are refused, and nothing is changed', async () => {
    using net = await create(network(11, [hidden(2), softmax(4)]), examples);
    const before = bits(net);
    const bias = new Float32Array(2);
    const weights = new Float32Array(22);
    const refused = (layer: number, given: Parameters<Network['setWeights']>[1], message: string): void => {
      expect(() => net.setWeights(layer, given)).toThrow(new RangeError(message));
      expect(bits(net)).toBe(before);
    };
    refused(2, { weights, bias }, 'The network has layers 0 to 1; got 2.');
    refused(0, { weights: bias, bias }, 'Layer 1 has 2 units of 11 inputs, 22 weights; got 2.');
    refused(0, { weights, bias: [0] }, 'Layer 1 has a bias for each of 2 units; got 1.');
    refused(
      0,
      { weights: weights.map((_, i) => (i === 12 ? Infinity : 0)), bias },
      'Layer 1: the weight of unit 1, input 1 is Infinity; weights are finite numbers.',
    );
    refused(
      0,
      { weights, bias: [0, 1e39] },
      'Layer 1: the bias of unit 1 is Infinity; biases are finite numbers.',
    );
    expect(() => net.setWeights(0, { weights } as never)).toThrow(
      new TypeError('Weights of a layer are { weights, bias }, arrays of numbers; bias is undefined.'),
    );
    expect(() => net.copyWeights(-1)).toThrow('The network has layers 0 to 1; got -1.');
  });
});
