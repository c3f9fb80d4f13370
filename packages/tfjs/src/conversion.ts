/** Dense models of TensorFlow.js as networks of sparse-nn, and back. */
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { layers as tfLayers, sequential, type LayersModel, type Sequential } from '@tensorflow/tfjs-layers';
import {
  Network,
  network,
  type FrozenLayerModel,
  type NetworkOptions,
  type OptimizerSpec,
  type SelectorSpec,
} from '@hashgrad/sparse-nn';
import { shown } from './options.ts';
import { readLayers, transposed } from './read-layers.ts';

/** What the network has that the model does not say. */
export interface FromLayersModelOptions extends NetworkOptions {
  /** Selectors by the names of the model's dense layers. The others compute all units. */
  readonly select?: Readonly<Record<string, SelectorSpec>> | undefined;
  /** Default: adam(). */
  readonly optimizer?: OptimizerSpec | undefined;
}

/**
 * A dense model as a network of the same outputs: a chain of Dense layers of the activations relu, linear, sigmoid, tanh and, at the
 * end, softmax, apart or in Activation layers, and Dropout. A layer without a bias gets one of 0.
 * @throws {RangeError} naming the layer that is none of these. @throws {TypeError} for what is no model, or options that do not fit.
 */
export async function fromLayersModel(
  model: LayersModel,
  options: FromLayersModelOptions = {},
): Promise<Network> {
  const { select = {}, optimizer, ...how } = options;
  const read = readLayers(model, select);
  const inputs = model.inputs[0]!.shape[1]!;
  const net = await Network.create(
    network(
      inputs,
      read.map(({ spec }) => spec),
      optimizer,
    ),
    how,
  );
  try {
    for (const [index, own] of read.entries()) net.setWeights(index, own);
  } catch (error) {
    net.close();
    throw error;
  }
  return net;
}

/**
 * A network as a dense model of the same outputs, those of a full pass; what selectors would choose is no part of it. Layers are called
 * layer1, layer2, ...
 * @throws {RangeError} naming the layer, where it has sparse connections or gates. @throws {TypeError} for what is no network.
 */
export async function toLayersModel(net: Network): Promise<Sequential> {
  if (!(net instanceof Network)) throw new TypeError(`toLayersModel takes a Network; got ${shown(net)}.`);
  const { inputs, layers } = net.spec;
  const connected = layers.findIndex(({ connections }) => connections !== undefined);
  if (connected >= 0) {
    throw new RangeError(`Layer ${connected + 1} has sparse connections, which a dense layer would fill.`);
  }
  // A frozen network is what a full pass computes, and refuses what is more than that.
  const frozen = await net.freeze({ tables: false });
  try {
    return sequentialOf(
      inputs,
      frozen.model.layers,
      layers.map(({ dropout = 0 }) => dropout),
    );
  } finally {
    frozen.close();
  }
}

function sequentialOf(
  inputs: number,
  layers: readonly FrozenLayerModel[],
  dropouts: readonly number[],
): Sequential {
  const made = sequential();
  let width = inputs;
  for (const [index, layer] of layers.entries()) {
    const { units, activation } = layer;
    const name = `layer${index + 1}`;
    const inputShape = [width];
    const dense = tfLayers.dense({ name, units, activation, ...(index === 0 && { inputShape }), ...UNDRAWN });
    made.add(dense);
    tidy(() => dense.setWeights([tensor2d(kernelOf(layer, width), [width, units]), tensor1d(layer.bias)]));
    if (dropouts[index]! > 0) made.add(tfLayers.dropout({ name: `${name}_dropout`, rate: dropouts[index]! }));
    width = units;
  }
  return made;
}

/** Weights that are set need not be drawn. */
const UNDRAWN = { kernelInitializer: 'zeros' } as const;

/** inputs x units, as tfjs has it. */
function kernelOf({ rowOf, stride, weights, units }: FrozenLayerModel, inputs: number): Float32Array {
  const [rows, width] = rowOf === 'unit' ? [units, inputs] : [inputs, units];
  const compact = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) compact.set(weights.subarray(r * stride, r * stride + width), r * width);
  return rowOf === 'unit' ? transposed(compact, rows, width) : compact;
}
