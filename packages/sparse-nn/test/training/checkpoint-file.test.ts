import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decodeSafetensors, encodeSafetensors } from '@hashgrad/kernels';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FrozenNetwork, Network, network, softmax } from '../../src/index.ts';
import { blobs } from '../data.ts';
import { bits, create, fit } from '../training.ts';
import { cases, run, sparse, wide } from './checkpoint-cases.ts';

describe('files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hashgrad-checkpoint-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('`fit` saves after every so many steps and epochs, and when it ends', async () => {
    const [{ spec, examples }] = cases;
    const path = join(folder, 'every.safetensors');
    const saved: string[] = [];
    const look = async (): Promise<void> => {
      using there = await Network.load(path);
      saved.push(bits(there));
    };
    using net = await create(spec, examples, { batchSize: 20 });
    const now: string[] = [];
    await run(net, examples, {
      epochs: 2,
      checkpoint: { path, everySteps: 3 },
      onStep: async ({ step }) => {
        if (step % 3 !== 0) return;
        now.push(bits(net));
        await look();
      },
    });
    expect(saved).toEqual(now);
    expect(saved).toHaveLength(2);
    await look();
    expect(saved.at(-1)).toBe(bits(net));
    using other = await create(spec, examples, { batchSize: 20 });
    for await (const { epoch } of other.fit(examples, { epochs: 3, checkpoint: { path, everyEpochs: 2 } })) {
      await look();
      expect(saved.at(-1) === bits(other), `epoch ${epoch}`).toBe(epoch !== 1);
    }
    await net.save(path);
    await look();
    expect(saved.at(-1)).toBe(bits(net));
  });

  test('are safetensors: weights are found by name', async () => {
    using net = await create(network(120, wide), sparse);
    const { tensors, metadata } = decodeSafetensors(net.toBytes());
    expect(tensors['layer1.weights.values'].shape).toEqual([120, 48]);
    expect(tensors['layer2.weights.values'].data).toEqual(net.weights(1).values);
    expect(tensors['layer2.selector.codes'].shape).toEqual([7 * 90]);
    expect(JSON.parse(metadata['spec'])).toEqual(net.spec);
  });

  test('that do not fit are refused by name', async () => {
    const path = join(folder, 'wrong.safetensors');
    using net = await create(network(120, wide), sparse);
    const bytes = net.toBytes();
    const { tensors, metadata } = decodeSafetensors(bytes);
    const expectRefused = async (content: Uint8Array, message: string | RegExp): Promise<void> => {
      writeFileSync(path, content);
      await expect(Network.load(path)).rejects.toThrow(message);
    };
    await expect(Network.load(join(folder, 'none'))).rejects.toThrow(/ENOENT.*none/);
    await expectRefused(bytes.slice(0, 1000), `${path}: `);
    await expectRefused(bytes.with(bytes.length - 9, 77), `${path}: the file is damaged`);
    await expectRefused(
      encodeSafetensors(tensors),
      `${path}: this is no checkpoint of a network: its format is not named.`,
    );
    await expectRefused(
      encodeSafetensors(tensors, { ...metadata, version: '99' }),
      `${path}: checkpoints of version 1 are known; this one is of version 99.`,
    );
    const unchecked = Buffer.from(bytes);
    unchecked.write('crc-0', unchecked.indexOf('crc32'));
    await expectRefused(
      unchecked,
      `${path}: the file has no checksum (CRC-32), as all that were saved here have.`,
    );
    const values = tensors['layer2.weights.values'];
    const nan = { ...values, data: (values.data as Float32Array).with(3, NaN) };
    await expectRefused(
      encodeSafetensors({ ...tensors, 'layer2.weights.values': nan }, metadata),
      `${path}: 'layer2.weights.values' has weights that are not finite.`,
    );
    await expectRefused(
      encodeSafetensors(tensors, { ...metadata, spec: 'x' }),
      `${path}: the metadata 'spec' is no JSON`,
    );
    const magic = { ...net.spec, layers: [net.spec.layers[0], softmax(90, { kind: 'magic' })] };
    await expectRefused(
      encodeSafetensors(tensors, { ...metadata, spec: JSON.stringify(magic) }),
      `${path}: its network cannot be built here: Layer 2: There is no selector 'magic'`,
    );
    const spec = { ...net.spec, layers: [net.spec.layers[0], softmax(91, net.spec.layers[1].select)] };
    await expectRefused(
      encodeSafetensors(tensors, { ...metadata, spec: JSON.stringify(spec) }),
      `${path}: expected the tensor 'layer2.weights.values', F32 of shape [91, 48]; it is F32 of shape [90, 48].`,
    );
    const fewer = { ...tensors };
    delete fewer['layer1.weights.values'];
    await expectRefused(
      encodeSafetensors(fewer, metadata),
      `${path}: expected the tensor 'layer1.weights.values', F32 of shape [120, 48]; there is none.`,
    );
    await expectRefused(
      encodeSafetensors({ ...tensors, more: tensors['layer1.weights.values'] }, metadata),
      `${path}: the network has no 'more'.`,
    );
    await expectRefused(
      encodeSafetensors(tensors, { ...metadata, selectors: '[null,null]' }),
      `${path}: the selector 'lsh' of layer 2 goes on from a state, which the checkpoint has not.`,
    );
    await expectRefused(
      encodeSafetensors(tensors, { ...metadata, selectors: '[{},null]' }),
      `${path}: layer 1 has no selector, but the checkpoint has a state of one.`,
    );
    const codes = { dtype: 'U32', shape: [3], data: new Uint32Array(3) } as const;
    await expectRefused(
      encodeSafetensors({ ...tensors, 'layer2.selector.codes': codes }, metadata),
      `${path}: the selector 'lsh' of layer 2 does not fit: its state has no 'codes', a Uint32Array of 630; got Uint32Array of 3.`,
    );
    await expect(Network.load(bytes, { nonZeros: 0 })).rejects.toThrow(
      'the checkpoint is of a network for sparse examples; got nonZeros 0.',
    );
  });

  test('whose metadata are not those of a checkpoint are refused by the field', async () => {
    using net = await create(network(120, wide), sparse, { batchSize: 20 });
    await net.train(sparse, {
      epochs: 3,
      maxSteps: 5,
      validation: { examples: sparse },
      earlyStopping: { patience: 9 },
    });
    const { tensors, metadata } = decodeSafetensors(net.toBytes());
    type Fields = Record<string, unknown>;
    const underWay = JSON.parse(metadata['run']) as Fields & { readonly work: Fields };
    const options = JSON.parse(metadata['options']) as Fields;
    const wrong: [string, unknown, string][] = [
      ['options', null, "'options' is to be an object; got null."],
      ['options', { ...options, batchSize: '20' }, `'options.batchSize' is to be a whole number; got "20".`],
      ['options', { ...options, nonZeros: -1 }, "'options.nonZeros' is to be 0 or more; got -1."],
      ['relaxed', 1, "'relaxed' is to be true or false; got 1."],
      ['step', -3, "'step' is to be 0 or more; got -3."],
      ['optimizerStart', 6, "'optimizerStart' is to be from 0 to 5; got 6."],
      ['shuffle', [1, 'x', 3, 4], `'shuffle' is to be the state of a random stream; got [1,"x",3,4].`],
      ['firstLoss', 'low', `'firstLoss' is to be a finite number; got "low".`],
      ['counts', { multiplyAdds: null }, "'counts' is to be an object of numbers of 0 or more; got"],
      ['selectors', [null], "'selectors' is to be a list of 2, one a layer; got [null]."],
      ['selectors', [null, 7], "'selectors[1]' is to be an object; got 7."],
      ['latest', 7, "'latest' is to be a list; got 7."],
      ['run', 7, "'run' is to be an object; got 7."],
      ['run', { ...underWay, epoch: 0 }, "'run.epoch' is to be 1 or more; got 0."],
      ['run', { ...underWay, epochSteps: -999_996 }, "'run.epochSteps' is to be 0 or more; got -999996."],
      ['run', { ...underWay, position: 'abc' }, `'run.position' is to be a whole number; got "abc".`],
      ['run', { ...underWay, steps: undefined }, "'run.steps' is to be a whole number; got nothing."],
      ['run', { ...underWay, examples: [1, 2] }, "'run.examples' is to be 3 numbers; got [1,2]."],
      ['run', { ...underWay, shuffleState: 7 }, "'run.shuffleState' is to be a list; got 7."],
      [
        'run',
        { ...underWay, work: { ...underWay.work, loss: null } },
        "'run.work' is to be an object of numbers",
      ],
      ['run', { ...underWay, stopping: {} }, "'run.stopping.waited' is to be a whole number; got nothing."],
      ['run', { ...underWay, stopped: 0 }, "'run.stopped' is to be true or false; got 0."],
    ];
    for (const [key, value, message] of wrong) {
      const content = encodeSafetensors(tensors, { ...metadata, [key]: JSON.stringify(value) });
      await expect(Network.load(content)).rejects.toThrow(`the checkpoint: the metadata ${message}`);
    }
  });

  test('a network that was trained for 2^31 - 1 steps is trained no further: kernels count in 32 bits', async () => {
    using net = await create(network(120, wide), sparse, { batchSize: 20 });
    const { tensors, metadata } = decodeSafetensors(net.toBytes());
    using old = await Network.load(encodeSafetensors(tensors, { ...metadata, step: String(2 ** 31 - 3) }));
    const before = bits(old);
    await expect(old.train(sparse, { epochs: 9 })).rejects.toThrow(
      'A network is trained for at most 2147483647 steps; this one was.',
    );
    expect(bits(old)).not.toBe(before);
  });

  test('are read from wherever their bytes come', async () => {
    using net = await create(network(120, wide), sparse);
    const path = join(folder, 'source.safetensors');
    await net.save(path);
    const bytes = Uint8Array.from(net.toBytes());
    for (const source of [
      pathToFileURL(path),
      bytes.slice().buffer,
      new Response(bytes),
      new Blob([bytes]),
    ]) {
      using loaded = await Network.load(source);
      expect(bits(loaded)).toBe(bits(net));
    }
    using frozen = await net.freeze();
    using model = await FrozenNetwork.load(new Response(Uint8Array.from(frozen.toBytes())));
    expect(model.outputs(sparse)).toEqual(frozen.outputs(sparse));
    await expect(FrozenNetwork.load(undefined as unknown as string)).rejects.toThrow(
      'the frozen network is read from a path, a file: URL, an ArrayBuffer',
    );
    await expect(Network.load(folder)).rejects.toThrow(folder);
  });

  test('a run resumes on the examples that it was on', async () => {
    const [{ spec, examples }] = cases;
    using net = await create(spec, examples, { batchSize: 20 });
    await run(net, examples, { epochs: 2, maxSteps: 3 });
    const others = blobs({ rows: 74, columns: 37, classes: 10 });
    await expect(run(net, others, { epochs: 2, resume: true })).rejects.toThrow(
      'The run to resume was on 75 rows with 2775 values and 75 labels or targets; got 74 rows with 2738 values and 74 labels or targets.',
    );
  });
});

test('the state of a network takes no more memory than it', async () => {
  using net = await create(network(120, wide), sparse);
  await fit(net, sparse);
  const before = net.memoryUsage();
  net.toBytes();
  expect(net.memoryUsage()).toBe(before);
});
