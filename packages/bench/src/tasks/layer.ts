/** The units of a trained layer, which the layer's inputs ask for those that they excite most. */
import type { DenseDataset, Split } from '@hashgrad/datasets';
import { all } from '@hashgrad/sparse-nn';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import { checkCounts } from './fields.ts';
import { images, imagesTask } from './images.ts';
import type { Corpus, TaskDefinition } from './task.ts';
import { trainedLayer } from './trained-layer.ts';

/** Which layer of which network; plain JSON. */
export type LayerTask = {
  readonly kind: 'layer';
  /** Units of the network's hidden layers. It is dense, and trained on MNIST's subset. */
  readonly hidden: readonly number[];
  /** Which of them, from 1. */
  readonly layer: number;
  /** Passes over the training images; 0 for the weights at the start. */
  readonly epochs: number;
  /** Test images whose activations ask, the first ones. */
  readonly queries: number;
  readonly seed: number;
};

/** A task of a layer: the first of one of 4,000 units after an epoch, asked by 300 images, unless options say otherwise. */
export function layer(options: Partial<Omit<LayerTask, 'kind'>> = {}): LayerTask {
  const usual = { hidden: [4000], layer: 1, epochs: 1, queries: 300, seed: 1 };
  return { kind: 'layer', ...filled('layer', usual, options) };
}

export const layerTask: TaskDefinition = {
  kind: 'layer',
  check(task) {
    const { hidden: units, layer: place } = task as unknown as LayerTask;
    if (
      !(
        Array.isArray(units) &&
        units.length > 0 &&
        units.every((each) => Number.isInteger(each) && each >= 1)
      )
    ) {
      throw new TypeError(`task.hidden is a list of widths; got ${JSON.stringify(units)}.`);
    }
    checkCounts(task, ['layer', 'queries']);
    checkCounts(task, ['epochs', 'seed'], 0);
    if (place > units.length) {
      throw new RangeError(`task.layer is ${place}, but the network has ${units.length} hidden layers.`);
    }
  },
  load: (task: Config): Promise<Corpus> => layerCorpus(task as unknown as LayerTask),
};

async function layerCorpus({
  hidden: units,
  layer: place,
  epochs,
  queries,
  seed,
}: LayerTask): Promise<Corpus> {
  const task = images('mnist-subset');
  const rows = (await imagesTask.load(task)) as Split<DenseDataset>;
  const shape = { inputs: rows.train.columns, hidden: units, classes: rows.train.classes };
  const trained = { task, network: shape, trainedBy: all(), epochs, rate: 0.001 };
  const { weights, test } = await trainedLayer(rows, trained, place, queries, seed);
  return {
    name: 'layer',
    dimensions: test.columns,
    vectors: weights.weights,
    queries: test.inputs,
    bias: weights.bias,
  };
}
