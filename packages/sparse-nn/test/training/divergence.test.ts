import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  DivergenceError,
  hidden,
  Network,
  network,
  random,
  sgd,
  softmax,
  type DenseExamples,
  type UpdateMode,
} from '../../src/index.ts';
import { blobs } from '../data.ts';
import { bits, create } from '../training.ts';

const folder = mkdtempSync(join(tmpdir(), 'hashgrad-divergence-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of which one is an outlier: the step that takes it ruins the weights. */
function withOutlier(at: number, scale: number): DenseExamples {
  const examples = blobs({ rows: 640, columns: 12, classes: 4 });
  return { ...examples, inputs: examples.inputs.map((x, i) => (Math.floor(i / 12) === at ? scale * x : x)) };
}

describe('a step that ruins the weights', () => {
  test('is found before a checkpoint takes the place of the last good one', async () => {
    const examples = withOutlier(433, -1e6);
    const path = join(folder, 'last-good.safetensors');
    using net = await create(network(12, [hidden(30), softmax(4)], sgd({ rate: 0.1 })), examples, {
      batchSize: 20,
    });
    const good: string[] = [];
    const train = net.train(examples, {
      epochs: 3,
      shuffle: false,
      checkpoint: { path, everySteps: 1 },
      onStep: () => void good.push(bits(net)),
    });
    // Row 433 is in the 22nd batch.
    await expect(train).rejects.toThrow(/^The loss (grew to [\d.e+]+|became \w+) after step 22, /);
    await expect(train).rejects.toBeInstanceOf(DivergenceError);
    using loaded = await Network.load(path);
    expect(bits(loaded)).toBe(good.at(-1));
    expect(good).toHaveLength(21);
    expect(loaded.evaluate(blobs({ rows: 640, columns: 12, classes: 4 })).accuracy).toBeGreaterThan(0.5);
  });

  test('is found if it is the last, and is not saved', async () => {
    const examples = blobs({ rows: 60, columns: 12, classes: 4 });
    const spec = network(12, [hidden(30, random({ count: 20 })), softmax(4)], sgd({ rate: 1e20 }));
    using net = await create(spec, examples);
    await expect(net.train(examples, { epochs: 1 })).rejects.toThrow(
      /^The loss (grew to [\d.e+]+|became \w+) after step 1, /,
    );
  });

  test('leaves the look of a step as it was for onStep', async () => {
    const examples = blobs({ rows: 60, columns: 12, classes: 4 });
    const spec = network(12, [hidden(30, random({ count: 5 })), softmax(4)]);
    const path = join(folder, 'active.safetensors');
    const seen = async (options: object): Promise<string[]> => {
      using net = await create(spec, examples, { batchSize: 20 });
      const active: string[] = [];
      const onStep = (): void => void active.push(String(net.active(0)!.ids));
      await net.train(examples, { epochs: 1, onStep, ...options });
      return active;
    };
    expect(await seen({ checkpoint: { path, everySteps: 1 } })).toEqual(await seen({}));
  });
});

test('weights that are not finite are neither saved nor frozen, and predictions and measures of them are refused', async () => {
  const examples = blobs({ rows: 20, columns: 12, classes: 4 });
  using net = await create(network(12, [hidden(8), softmax(4)]), examples);
  net.weights(1).values[7] = NaN;
  const refused =
    'A weight of layer 2 is NaN: training has gone wrong. Such weights are neither saved nor frozen.';
  expect(() => net.toBytes()).toThrow(refused);
  await expect(net.save(join(folder, 'nan.safetensors'))).rejects.toThrow(refused);
  await expect(net.freeze()).rejects.toThrow(refused);
  expect(() => net.predict(examples)).toThrow(/^The network's outputs for row 0 are not finite: /);
  expect(() => net.outputs(examples)).toThrow(/^The network's outputs for row 0 are not finite: /);
  expect(() => net.evaluate(examples)).toThrow(/^The loss of row 0 is NaN: /);
});

test.for<UpdateMode>(['sample', 'hogwild'])(
  "in the update mode '%s' a first batch that explodes does not set the scale",
  async (updateMode) => {
    const examples = blobs({ rows: 60, columns: 12, classes: 4 });
    // Gradients of a softmax are bounded: losses are some million from the second sample on, and stay there.
    const spec = network(12, [softmax(4)], sgd({ rate: 1e7 }), { updateMode });
    using net = await create(spec, examples, { batchSize: 60 });
    await expect(net.train(examples, { epochs: 3 })).rejects.toThrow(
      /^The loss grew to [\d.e+]+ at step \d+, more than 1000000 times what it was at first, /,
    );
  },
);
