/** A network as plain JSON: what a study, a checkpoint and a command line carry. */
import { adam, checkOptimizer, type OptimizerSpec } from './optimizers.ts';
import type { SelectorSpec } from './selector.ts';
import { all, selectorOf } from './selectors.ts';

export interface LayerSpec {
  readonly units: number;
  /** 'softmax' is the last layer's, trained by cross-entropy; the others are 'relu' or 'linear'. */
  readonly activation: 'relu' | 'linear' | 'softmax';
  readonly select: SelectorSpec;
}

export interface NetworkSpec {
  /** Dimension of the input. */
  readonly inputs: number;
  readonly layers: readonly LayerSpec[];
  readonly optimizer: OptimizerSpec;
}

/** A layer of ReLU units, all of which fire unless a selector chooses. */
export function hidden(units: number, select: SelectorSpec = all()): LayerSpec {
  return { units, activation: 'relu', select };
}

/** A softmax over classes, the last layer; with a selector, over each sample's active classes and its labels. */
export function softmax(units: number, select: SelectorSpec = all()): LayerSpec {
  return { units, activation: 'softmax', select };
}

/** A checked network spec; Adam with its defaults unless another optimizer is given. @throws {RangeError} */
export function network(
  inputs: number,
  layers: readonly LayerSpec[],
  optimizer: OptimizerSpec = adam(),
): NetworkSpec {
  const spec = { inputs, layers, optimizer };
  checkNetwork(spec);
  return spec;
}

/** Refuses what cannot be built, naming the layer. @throws {RangeError} */
export function checkNetwork(spec: NetworkSpec): void {
  if (!(Number.isInteger(spec.inputs) && spec.inputs >= 1)) {
    throw new RangeError(`A network has 1 or more inputs; got ${spec.inputs}.`);
  }
  if (spec.layers.length === 0) throw new RangeError('A network has at least one layer; got none.');
  for (const [index, layer] of spec.layers.entries()) {
    const last = index === spec.layers.length - 1;
    const name = `Layer ${index + 1}`;
    if (!(Number.isInteger(layer.units) && layer.units >= 1)) {
      throw new RangeError(`${name} has 1 or more units; got ${layer.units}.`);
    }
    if (!['relu', 'linear', 'softmax'].includes(layer.activation)) {
      throw new RangeError(`${name}: activations are relu, linear and softmax; got '${layer.activation}'.`);
    }
    if ((layer.activation === 'softmax') !== last) {
      throw new RangeError(
        last
          ? 'The last layer is a softmax (it is trained by cross-entropy).'
          : `${name} is not the last: no softmax.`,
      );
    }
    try {
      selectorOf(layer.select, layer.units);
    } catch (error) {
      throw new RangeError(`${name}: ${(error as Error).message}`, { cause: error });
    }
  }
  checkOptimizer(spec.optimizer);
}
