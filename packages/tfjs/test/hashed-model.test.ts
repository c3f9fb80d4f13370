import * as tf from '@tensorflow/tfjs-core';
import {
  Callback,
  callbacks,
  initializers,
  input,
  layers,
  model,
  sequential,
  type LayersModel,
} from '@tensorflow/tfjs-layers';
import { adam, all, random, type SelectorSpec } from '@hashgrad/sparse-nn';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { HashedModel, hashedSoftmax, type HashedModelParts, type HashedSoftmax } from '../src/index.ts';
import { BACKENDS, use } from './backends.ts';
import { clouds, distance } from './data.ts';

const ROWS = 70;
const COLUMNS = 12;
const WIDTH = 16;
const CLASSES = 25;
const { inputs, labels } = clouds(ROWS, COLUMNS, CLASSES);

/** A body whose weights are the same each time. */
function bodyOf(): LayersModel {
  const kernelInitializer = initializers.randomNormal({ stddev: 0.3, seed: 4 });
  return sequential({
    layers: [layers.dense({ units: WIDTH, activation: 'relu', inputShape: [COLUMNS], kernelInitializer })],
  });
}

function headOf(select: SelectorSpec = random({ count: 12, logQ: true })): Promise<HashedSoftmax> {
  const optimizer = adam({ rate: 0.02 });
  return hashedSoftmax({ inputs: WIDTH, classes: CLASSES, select, optimizer, batchSize: 10 });
}

async function create(parts: Partial<HashedModelParts> = {}): Promise<HashedModel> {
  const made = new HashedModel({ body: bodyOf(), head: await headOf(), ...parts });
  made.compile({ optimizer: tf.train.adam(0.02) });
  return made;
}

/** Of the body and of the head. */
function weightsOf(some: HashedModel): number[] {
  const body = some.body.getWeights().flatMap((weight) => [...weight.dataSync()]);
  return [...body, ...some.head.network.copyWeights(0).weights];
}

const x = (): tf.Tensor2D => tf.tensor2d(inputs, [ROWS, COLUMNS]);

describe.each(BACKENDS)('a hashed model on %s', (backend) => {
  beforeAll(() => use(backend));

  test('learns: history, evaluation and predictions agree', async () => {
    const trained = await create();
    const rows = x();
    const { history, epoch } = await trained.fit(rows, labels, {
      epochs: 30,
      batchSize: 16,
      validationData: [rows, labels],
    });
    expect(epoch).toHaveLength(30);
    expect(history['loss']).toHaveLength(30);
    expect(history['loss']!.at(-1)).toBeLessThan(history['loss']![0] as number);
    expect(history['val_acc']!.at(-1)).toBeGreaterThan(0.9);
    const { loss, acc } = await trained.evaluate(rows, tf.tensor1d(labels, 'int32'));
    expect([loss, acc]).toEqual([history['val_loss']!.at(-1), history['val_acc']!.at(-1)]);
    const { classes, scores } = await trained.predict(rows, { k: 2 });
    expect(classes.shape).toEqual([ROWS, 2]);
    const best = classes.arraySync() as number[][];
    expect(best.filter(([first], row) => first === labels[row]).length / ROWS).toBeCloseTo(acc, 6);
    const [first, second] = scores.dataSync();
    expect(first).toBeGreaterThan(second!);
    tf.dispose([rows, classes, scores]);
    trained.dispose();
  });

  test('leaves no tensor behind: fit, evaluate, predict, dispose', async () => {
    const before = tf.memory().numTensors;
    const rows = x();
    const trained = await create();
    const optimizer = trained.body.optimizer;
    const work = async (): Promise<void> => {
      await trained.fit(rows, labels, { epochs: 2, validationSplit: 0.1 });
      await trained.evaluate(rows, labels);
      tf.dispose({ ...(await trained.predict(rows)) });
    };
    await work();
    const { numTensors } = tf.memory();
    await work();
    expect(tf.memory().numTensors).toBe(numTensors);
    trained.dispose();
    tf.dispose([rows]);
    optimizer.dispose();
    // The optimizer's step counts are tfjs's own.
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2);
    expect(() => trained.head.network.spec).toThrow('closed');
  });

  test('trains to the same numbers whether it waits for the hidden tensor or not', async () => {
    const of = async (read: 'sync' | 'async'): Promise<number[]> => {
      const trained = await create({ read });
      const rows = x();
      await trained.fit(rows, labels, { epochs: 3, shuffle: false });
      return weightsOf(trained);
    };
    const [atOnce, waited] = [await of('sync'), await of('async')];
    expect(distance(atOnce, waited)).toBeLessThan(1e-5);
    expect(distance(atOnce, weightsOf(await create()))).toBeGreaterThan(0.05);
  });

  test('is saved and loaded, and trains on as it would have', async () => {
    const trained = await create();
    const rows = x();
    await trained.fit(rows, labels, { epochs: 2 });
    let kept: tf.io.ModelArtifacts | undefined;
    await trained.save(
      tf.io.withSaveHandler(async (artifacts) => {
        kept = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await HashedModel.load(tf.io.fromMemory(kept!));
    expect(weightsOf(loaded)).toEqual(weightsOf(trained));
    for (const each of [trained, loaded]) await each.fit(rows, labels, { epochs: 2, shuffle: false });
    expect(distance(weightsOf(loaded), weightsOf(trained))).toBeLessThan(1e-6);
  });
});

describe('a hashed model', () => {
  beforeAll(() => use('cpu'));

  test('of all classes trains as the same dense model of tfjs does', async () => {
    const head = await headOf(all());
    const { weights, bias } = head.network.copyWeights(0);
    const ours = await create({ head });
    const dense = bodyOf() as ReturnType<typeof sequential>;
    dense.add(layers.dense({ units: CLASSES, activation: 'softmax' }));
    const kernel = tf.transpose(tf.tensor2d(weights, [CLASSES, WIDTH]));
    dense.layers[1]!.setWeights([kernel, tf.tensor1d(bias)]);
    dense.compile({ optimizer: tf.train.adam(0.02), loss: 'sparseCategoricalCrossentropy' });
    const rows = x();
    const args = { epochs: 3, shuffle: false, batchSize: 32 };
    const { history } = await ours.fit(rows, labels, args);
    const theirs = await dense.fit(rows, tf.tensor2d(labels, [ROWS, 1]), args);
    expect(distance(history['loss'] as number[], theirs.history['loss'] as number[])).toBeLessThan(1e-3);
  });

  test('tells callbacks what it does, and stops when they say so', async () => {
    const trained = await create();
    const told: string[] = [];
    const rows = x();
    await trained.fit(rows, labels, {
      epochs: 2,
      initialEpoch: 1,
      batchSize: 40,
      callbacks: {
        onTrainBegin: () => void told.push('begin'),
        onEpochBegin: (epoch) => void told.push(`epoch ${epoch}`),
        onBatchEnd: (batch, logs) => void told.push(`batch ${batch} of ${logs!['size']}`),
        onEpochEnd: (epoch, logs) => void told.push(`epoch ${epoch} ${typeof logs!['loss']}`),
        onTrainEnd: () => void told.push('end'),
      },
    });
    expect(told).toEqual(['begin', 'epoch 1', 'batch 0 of 40', 'batch 1 of 30', 'epoch 1 number', 'end']);
    class Stop extends Callback {
      override async onBatchEnd(): Promise<void> {
        (this as unknown as { model: LayersModel }).model.stopTraining = true;
      }
    }
    const stopped = await trained.fit(rows, labels, { epochs: 9, callbacks: [new Stop()] });
    expect(stopped.epoch).toEqual([0]);
    const early = callbacks.earlyStopping({ monitor: 'val_loss', patience: 0, minDelta: 1e9 });
    const { epoch } = await trained.fit(rows, labels, { epochs: 9, validationSplit: 0.2, callbacks: early });
    expect(epoch.length).toBeLessThan(4);
  });

  test('takes several inputs, and rows that are no vectors', async () => {
    const [words, more] = [input({ shape: [3], dtype: 'int32' }), input({ shape: [2] })];
    const bag = layers.flatten().apply(layers.embedding({ inputDim: 50, outputDim: 4 }).apply(words));
    const joined = layers.concatenate().apply([bag as never, more as never]);
    const outputs = layers.dense({ units: WIDTH }).apply(joined) as never;
    const trained = await create({ body: model({ inputs: [words, more], outputs }) });
    const given = [tf.randomUniform([ROWS, 3], 0, 50, 'int32'), tf.randomUniform([ROWS, 2])];
    const { history } = await trained.fit(given, labels, { epochs: 8 });
    expect(history['loss']!.at(-1)).toBeLessThan(history['loss']![0] as number);
    expect((await trained.predict(given)).classes.shape).toEqual([ROWS, 1]);
  });

  test('trains the head alone where the body is frozen', async () => {
    const trained = await create();
    trained.body.trainable = false;
    const body = trained.body.getWeights()[0]!.dataSync().slice();
    const before = await trained.trainOnBatch(x(), labels);
    for (let i = 0; i < 20; i++) await trained.trainOnBatch(x(), labels);
    expect(await trained.trainOnBatch(x(), labels)).toBeLessThan(before);
    expect(trained.body.getWeights()[0]!.dataSync()).toEqual(body);
  });

  test('is for tensors that cannot be read at once where the backend is webgpu', async () => {
    const spy = vi.spyOn(tf.engine(), 'backendName', 'get').mockReturnValue('webgpu');
    const { read } = await create();
    spy.mockRestore();
    expect(read).toBe('async');
    expect((await create()).read).toBe('sync');
  });

  test.for<[string, (head: HashedSoftmax) => unknown]>([
    [
      "HashedModel has no option 'tail'",
      (head) => new HashedModel({ body: bodyOf(), head, tail: 1 } as never),
    ],
    ['body is a LayersModel; got an array of 0', (head) => new HashedModel({ body: [], head } as never)],
    [
      'head is what `await hashedSoftmax(...)` gives',
      () => new HashedModel({ body: bodyOf(), head: headOf() } as never),
    ],
    [
      "read is 'sync' or 'async'; got 'soon'",
      (head) => new HashedModel({ body: bodyOf(), head, read: 'soon' } as never),
    ],
    [
      'the head takes rows of 16 numbers; the body gives [rows, 3]',
      (head) =>
        new HashedModel({
          body: sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] }),
          head,
        }),
    ],
  ])('is refused: %s', async ([message, make]) => {
    using head = await headOf();
    expect(() => make(head)).toThrow(message);
  });

  test.for<[string, (some: HashedModel) => Promise<unknown>]>([
    [
      "HashedModel.fit has no option 'stepsPerEpoch'",
      (some) => some.fit(x(), labels, { stepsPerEpoch: 3 } as never),
    ],
    ['batchSize is a whole number of 1 or more; got 0', (some) => some.fit(x(), labels, { batchSize: 0 })],
    ['validationSplit is a share', (some) => some.fit(x(), labels, { validationSplit: 1 })],
    ['validationData is [x, labels]', (some) => some.fit(x(), labels, { validationData: [x()] as never })],
    ['takes a label for each of 70 rows; got 2', (some) => some.fit(x(), [1, 2])],
    ['takes tensors of equally many rows', (some) => some.fit([x(), tf.zeros([3, 2])], labels)],
    ['HashedModel.predict takes tensors of rows; got undefined', (some) => some.predict(undefined as never)],
    ["k is an integer from 1 to the network's 25 classes; got 26", (some) => some.predict(x(), { k: 26 })],
    ["HashedModel.predict has no option 'topk'", (some) => some.predict(x(), { topk: 3 } as never)],
  ])('refuses what does not fit: %s', async ([message, work]) => {
    await expect(work(await create())).rejects.toThrow(message);
  });

  test('is compiled before it is trained, and loaded from what it saved', async () => {
    const raw = new HashedModel({ body: bodyOf(), head: await headOf() });
    await expect(raw.fit(x(), labels)).rejects.toThrow('HashedModel.compile is called before fit');
    await expect(raw.trainOnBatch(x(), labels)).rejects.toThrow('is called before trainOnBatch');
    let kept: tf.io.ModelArtifacts | undefined;
    const keep = tf.io.withSaveHandler(async (artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    await raw.body.save(keep);
    await expect(HashedModel.load(tf.io.fromMemory(kept!))).rejects.toThrow(
      'This model has no hashed softmax',
    );
    await expect(raw.save('nowhere://model')).rejects.toThrow("There are 0 handlers for 'nowhere://model'");
    await expect(raw.save({})).rejects.toThrow('by a handler with `save`; got Object');
  });
});
