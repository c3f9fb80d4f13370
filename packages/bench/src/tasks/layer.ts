/** The units of a trained layer, which the layer's inputs ask for those that they excite most. */
import { mnistSubset } from '@hashgrad/datasets';
import { hidden, Network, network, softmax } from '@hashgrad/sparse-nn';
import type { Config } from '../engine/record.ts';
import { checkCounts } from './fields.ts';
import type { Corpus, TaskDefinition } from './task.ts';

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
  return { kind: 'layer', hidden: [4000], layer: 1, epochs: 1, queries: 300, seed: 1, ...options };
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
  const { train, test } = await mnistSubset();
  const spec = network(train.columns, [...units.map((width) => hidden(width)), softmax(train.classes)]);
  using net = await Network.create(spec, { seed, threads: 1, batchSize: 128 });
  if (epochs > 0) for await (const _ of net.fit(train, { epochs }));
  let inputs: Float32Array = test.inputs.slice(0, queries * test.columns);
  for (let before = 0; before < place - 1; before++) {
    inputs = outputsOf(corpusOf(net, before, inputs), units[before] as number);
  }
  return corpusOf(net, place - 1, inputs);
}

/** Copies: the network's own memory goes with it. */
function corpusOf(
  net: Network,
  index: number,
  queries: Float32Array,
): Corpus & { readonly bias: Float32Array } {
  const { values, stride, width, rows, bias } = net.weights(index);
  const vectors = new Float32Array(rows * width);
  for (let u = 0; u < rows; u++) vectors.set(values.subarray(u * stride, u * stride + width), u * width);
  return { name: 'layer', dimensions: width, vectors, queries, bias: bias.slice(0, rows) };
}

/** The layer's outputs: rectified sums. */
function outputsOf(
  { dimensions, vectors, bias, queries }: ReturnType<typeof corpusOf>,
  units: number,
): Float32Array {
  return Float32Array.from({ length: (queries.length / dimensions) * units }, (_, at) => {
    const [x, w] = [Math.floor(at / units) * dimensions, (at % units) * dimensions];
    let sum = bias[at % units] as number;
    for (let d = 0; d < dimensions; d++) sum += (vectors[w + d] as number) * (queries[x + d] as number);
    return Math.max(0, sum);
  });
}
