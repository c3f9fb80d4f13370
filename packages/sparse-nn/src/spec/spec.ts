/** A network as plain JSON: what a study, a checkpoint and a command line carry. */
import { ACTIVATIONS, type HiddenActivation } from '../layers/activation.ts';
import type { LayerTraining } from '../optimizers/layer-training.ts';
import { adam } from '../optimizers/adam.ts';
import { checkOptimizer, type OptimizerSpec } from '../optimizers/optimizers.ts';
import { checkLayerTraining, TRAINING_OPTIONS, trainingSpec } from './check-layer-training.ts';
import {
  checkLossSpec,
  lossSpec,
  type LinearOptions,
  type LossSpec,
  type SigmoidOptions,
  type SoftmaxOptions,
} from './loss-options.ts';
import { checkOptions, shown, type Known } from './options.ts';
import { checkForm } from './spec-form.ts';
import { checkConnections, type SparseConnectionsSpec } from './sparse-connections.ts';
import { checkUpdateMode, type UpdateMode } from './update-mode.ts';
import type { SelectorCapabilities, SelectorSpec } from '../selectors/selector.ts';
import { all, capabilitiesOf } from '../selectors/selectors.ts';

/** A layer as plain JSON, see `hidden`, `softmax`, `sigmoidOutput` and `linearOutput`. */
export interface LayerSpec extends LossSpec, LayerTraining {
  readonly units: number;
  /**
   * The last layer's decides what the network is trained by: 'softmax' and 'sigmoid' by their cross-entropies, 'linear' by
   * the mean squared error. The others are 'relu', 'linear', 'sigmoid' or 'tanh'.
   */
  readonly activation: HiddenActivation | 'softmax';
  readonly select: SelectorSpec;
  /** Hidden layers: the probability that a unit's output is dropped in training, from 0 to below 1. Default 0. */
  readonly dropout?: number;
  /** Hidden layers all of whose units fire: that there are only some of the weights, see `sparseConnections`. */
  readonly connections?: SparseConnectionsSpec;
}

/** A network as plain JSON, see `network`. */
export interface NetworkSpec {
  /** Dimension of the input. */
  readonly inputs: number;
  readonly layers: readonly LayerSpec[];
  readonly optimizer: OptimizerSpec;
  /** How a batch is trained on. Default 'neuron'. */
  readonly updateMode?: UpdateMode;
}

/** What the last layer's outputs are trained by. */
export type LossKind = 'softmax' | 'sigmoid' | 'linear';

/** What a hidden layer applies to its units' weighted sums. */
export interface HiddenOptions extends LayerTraining {
  /** Default 'relu'. */
  readonly activation?: HiddenActivation;
  /**
   * The probability that a unit's output is dropped in training (inverted dropout), from 0 to below 1. It comes after a
   * selector: a dropped unit was computed. Default 0.
   */
  readonly dropout?: number;
  /** Only a share of the weights, see `sparseConnections`. Default: all. */
  readonly connections?: SparseConnectionsSpec | undefined;
}

/** A hidden layer, of ReLU units unless `activation` says otherwise, all of which fire unless a selector chooses. */
export function hidden(units: number, select: SelectorSpec = all(), options: HiddenOptions = {}): LayerSpec {
  checkOptions('hidden', options, {
    activation: true,
    dropout: true,
    connections: true,
    ...TRAINING_OPTIONS,
  });
  const { activation = 'relu', dropout = 0, connections, ...training } = options;
  return {
    units,
    activation,
    select,
    ...(dropout === 0 ? {} : { dropout }),
    ...(connections && { connections }),
    ...trainingSpec(training),
  };
}

/**
 * A softmax over classes, the last layer, trained by cross-entropy; with a selector, over each sample's active classes and
 * its labels. Labels share the target evenly.
 */
export function softmax(
  units: number,
  select: SelectorSpec = all(),
  options: SoftmaxOptions & LayerTraining = {},
): LayerSpec {
  checkOptions('softmax', options, { classWeights: true, labelSmoothing: true, ...TRAINING_OPTIONS });
  return { units, activation: 'softmax', select, ...lossSpec(options), ...trainingSpec(options) };
}

/**
 * Independent outputs, each the probability of a label, the last layer, trained by binary cross-entropy summed over the
 * outputs; with a selector, over each sample's active outputs and its labels.
 */
export function sigmoidOutput(
  units: number,
  select: SelectorSpec = all(),
  options: SigmoidOptions & LayerTraining = {},
): LayerSpec {
  checkOptions('sigmoidOutput', options, {
    classWeights: true,
    positiveWeights: true,
    labelSmoothing: true,
    ...TRAINING_OPTIONS,
  });
  return { units, activation: 'sigmoid', select, ...lossSpec(options), ...trainingSpec(options) };
}

/**
 * Outputs that are numbers, the last layer, trained by the mean squared error; with a selector, the mean over each
 * sample's active outputs. Its examples have `targets`.
 */
export function linearOutput(
  units: number,
  select: SelectorSpec = all(),
  options: LinearOptions & LayerTraining = {},
): LayerSpec {
  checkOptions('linearOutput', options, { outputWeights: true, ...TRAINING_OPTIONS });
  return { units, activation: 'linear', select, ...lossSpec(options), ...trainingSpec(options) };
}

/** What a network is trained by. */
export function lossOf(spec: NetworkSpec): LossKind {
  return spec.layers.at(-1)!.activation as LossKind;
}

/** How a network is trained, besides its optimizer. */
export interface TrainingOptions {
  /** How a batch is trained on. Default 'neuron'. */
  readonly updateMode?: UpdateMode;
}

/** A checked network spec; Adam with its defaults unless another optimizer is given. @throws {RangeError} */
export function network(
  inputs: number,
  layers: readonly LayerSpec[],
  optimizer: OptimizerSpec = adam(),
  options: TrainingOptions = {},
): NetworkSpec {
  checkOptions('network', options, { updateMode: true });
  const { updateMode = 'neuron' } = options;
  const spec = { inputs, layers, optimizer, ...(updateMode === 'neuron' ? {} : { updateMode }) };
  checkNetwork(spec);
  return spec;
}

const NETWORK: Known<NetworkSpec> = { inputs: true, layers: true, optimizer: true, updateMode: true };

const LAYER: Known<LayerSpec> = {
  units: true,
  activation: true,
  select: true,
  dropout: true,
  connections: true,
  ...TRAINING_OPTIONS,
  classWeights: true,
  positiveWeights: true,
  outputWeights: true,
  labelSmoothing: true,
};

/** Refuses what cannot be built, naming the layer. @throws {RangeError} @throws {TypeError} for what has not the form of a spec. */
export function checkNetwork(spec: NetworkSpec): void {
  checkForm(spec, NETWORK, LAYER);
  if (!(Number.isInteger(spec.inputs) && spec.inputs >= 1)) {
    throw new RangeError(`A network has 1 or more inputs; got ${spec.inputs}.`);
  }
  if (spec.layers.length === 0) throw new RangeError('A network has at least one layer; got none.');
  const selectors = spec.layers.map((layer, index) => {
    const name = `Layer ${index + 1}`;
    const last = index === spec.layers.length - 1;
    const can = checkLayer(layer, name, last);
    const { select, connections } = layer;
    if (connections) checkConnections(connections, { name, last, select }, spec.updateMode ?? 'neuron');
    const { corrections, gates, ownLoss } = can;
    return { kind: select.kind, corrections, gates, ownLoss };
  });
  checkOptimizer(spec.optimizer);
  checkLayerTraining(spec.layers, spec.optimizer);
  checkUpdateMode(spec.updateMode ?? 'neuron', spec.optimizer, selectors);
}

/** What the layer's selector can do, if the layer can be built. @throws {RangeError} */
function checkLayer(layer: LayerSpec, name: string, last: boolean): SelectorCapabilities {
  const { units, activation, select, dropout = 0 } = layer;
  if (!(Number.isInteger(units) && units >= 1)) {
    throw new RangeError(`${name} has 1 or more units; got ${units}.`);
  }
  if (activation === 'softmax' && !last) throw new RangeError(`${name} is not the last: no softmax.`);
  if (!last && !ACTIVATIONS.includes(activation as HiddenActivation)) {
    throw new RangeError(
      `${name}: activations of a hidden layer are relu, linear, sigmoid and tanh; got '${String(activation)}'.`,
    );
  }
  if (last && !['softmax', 'sigmoid', 'linear'].includes(activation)) {
    throw new RangeError(
      `The last layer is trained by the loss that belongs to its activation: softmax or sigmoid (cross-entropy), ` +
        `or linear (mean squared error); got '${activation}'.`,
    );
  }
  if (!(Number.isFinite(dropout) && dropout >= 0 && dropout < 1)) {
    throw new RangeError(`${name}: dropout is a probability from 0 to below 1; got ${shown(dropout)}.`);
  }
  if (last && dropout > 0) {
    throw new RangeError(`${name} is the last: no dropout, which is for hidden layers; got ${dropout}.`);
  }
  checkLossSpec(layer, name, last ? activation : undefined);
  const can = selectorCapabilities(select, units, name);
  if (can.needsLabels && (!last || activation === 'linear')) {
    const option = typeof can.needsLabels === 'string' ? ` with ${can.needsLabels}` : '';
    throw new RangeError(
      `${name}: ${select.kind}${option} chooses by the labels of a batch; it is for a softmax or sigmoid output.`,
    );
  }
  if (can.corrections !== undefined && (!last || activation === 'linear')) {
    throw new RangeError(
      `${name}: ${select.kind} with ${can.corrections} corrects the classes of a softmax or sigmoid output; ` +
        `elsewhere it does nothing: leave ${can.corrections} out.`,
    );
  }
  if (can.hiddenOnly !== undefined && last) {
    throw new RangeError(
      `${name} is the last: ${select.kind} with ${can.hiddenOnly} is for hidden layers; leave ${can.hiddenOnly} out.`,
    );
  }
  if (can.gates !== undefined && last) {
    throw new RangeError(
      `${name} is the last: ${select.kind} with ${can.gates} multiplies the outputs of hidden units by gates.`,
    );
  }
  return can;
}

function selectorCapabilities(select: SelectorSpec, units: number, name: string): SelectorCapabilities {
  try {
    return capabilitiesOf(select, units);
  } catch (error) {
    throw new RangeError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
