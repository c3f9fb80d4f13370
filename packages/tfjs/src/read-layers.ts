/** The layers of a TensorFlow.js model, as a network of sparse-nn has them. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { all, type HiddenActivation, type LayerSpec, type SelectorSpec } from '@hashgrad/sparse-nn';
import { HashedDense } from './hashed-dense.ts';
import { shown } from './options.ts';

/** One layer, with its weights by unit. */
export interface ReadLayer {
  readonly name: string;
  readonly spec: LayerSpec;
  /** units x inputs. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

type AnyLayer = LayersModel['layers'][number];

/** A layer that is being read: what comes after it in the model may belong to it. */
interface Draft extends Omit<ReadLayer, 'spec'> {
  readonly units: number;
  readonly trainable: boolean;
  /** Its own, of a hashed layer. */
  readonly select?: SelectorSpec;
  activation: string;
  dropout: number;
}

const ACTIVATIONS: readonly string[] = ['relu', 'linear', 'sigmoid', 'tanh', 'softmax'];
const LAST: readonly string[] = ['softmax', 'sigmoid', 'linear'];
/** What tfjs adds to the training of a dense layer and a network has not. */
const EXTRAS = [
  'kernelRegularizer',
  'biasRegularizer',
  'activityRegularizer',
  'kernelConstraint',
  'biasConstraint',
];

/**
 * Reads a model that is a chain of dense layers, with their activations and dropout.
 * @param selectors by the names of layers; the others compute all units.
 * @throws {RangeError} naming the layer that a network cannot have. @throws {TypeError} for what is no model.
 */
export function readLayers(
  model: LayersModel,
  selectors: Readonly<Record<string, SelectorSpec>>,
): ReadLayer[] {
  if (!Array.isArray((model as Partial<LayersModel> | undefined)?.layers)) {
    throw new TypeError(`fromLayersModel takes a LayersModel; got ${shown(model)}.`);
  }
  const drafts: Draft[] = [];
  for (const layer of chainOf(model)) {
    const before = drafts.at(-1);
    const kind = layer.getClassName();
    if (layer instanceof HashedDense) drafts.push(readHashed(layer));
    else if (kind === 'Dense') drafts.push(readDense(layer));
    else if (kind === 'Activation') readActivation(layer, before);
    else if (kind === 'Dropout') readDropout(layer, before);
    else
      refuse(
        layer,
        `${kind} is none of the layers that a network has: Dense, HashedDense, Activation and Dropout`,
      );
  }
  if (drafts.length === 0) throw new RangeError('The model has no dense layer.');
  const names = drafts.map(({ name }) => name);
  const unknown = Object.keys(selectors).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`select names '${unknown}'; the model's layers of units are ${names.join(', ')}.`);
  }
  return drafts.map((draft, index) =>
    finish(draft, index === drafts.length - 1, selectors[draft.name] ?? draft.select),
  );
}

/** The layers from input to output. @throws {RangeError} unless each follows the one before it. */
function chainOf(model: LayersModel): AnyLayer[] {
  const [shape] = model.inputs.map((each) => each.shape);
  if (model.inputs.length !== 1 || model.outputs.length !== 1 || shape!.length !== 2) {
    throw new RangeError(
      `A network has one input of rows and one output; the model has ${model.inputs.length} and ` +
        `${model.outputs.length}, the first of shape [${shape!.map((size) => size ?? 'rows').join(', ')}].`,
    );
  }
  const layers = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  for (const [index, layer] of layers.entries()) {
    const sources = layer.inboundNodes.flatMap(({ inboundLayers }) => inboundLayers);
    const follows =
      index === 0 ? sources[0]?.getClassName() === 'InputLayer' : sources[0] === layers[index - 1];
    if (sources.length !== 1 || !follows) {
      refuse(layer, 'it does not follow the layer before it alone; the layers of a network are a chain');
    }
  }
  return layers;
}

function readDense(layer: AnyLayer): Draft {
  const { units, activation, useBias, ...rest } = layer.getConfig() as Record<string, unknown>;
  const extra = EXTRAS.find((name) => rest[name] !== null && rest[name] !== undefined);
  if (extra !== undefined) refuse(layer, `its ${extra} has no counterpart in a network`);
  const [kernel, bias] = layer.getWeights();
  if (!kernel) return refuse(layer, 'it was not built: it has no weights');
  return {
    name: layer.name,
    units: units as number,
    activation: activation as string,
    dropout: 0,
    trainable: layer.trainable,
    weights: transposed(kernel.dataSync() as Float32Array, kernel.shape[0]!, units as number),
    bias: useBias === false ? new Float32Array(units as number) : Float32Array.from(bias!.dataSync()),
  };
}

function readHashed(layer: HashedDense): Draft {
  const { name, units, activation, select, trainable } = layer;
  return { name, units, activation, select, dropout: 0, trainable, ...layer.copyWeights() };
}

function readActivation(layer: AnyLayer, before: Draft | undefined): void {
  if (before?.activation !== 'linear' || before.dropout > 0) {
    return refuse(layer, 'an activation comes right after a dense layer that has none of its own');
  }
  before.activation = layer.getConfig()['activation'] as string;
}

function readDropout(layer: AnyLayer, before: Draft | undefined): void {
  const { rate, noiseShape } = layer.getConfig();
  if (!before || before.dropout > 0 || (noiseShape !== null && noiseShape !== undefined)) {
    return refuse(layer, 'dropout is of the units of a hidden layer, each by itself');
  }
  before.dropout = rate as number;
}

/** A layer of a network, if it can be one. @throws {RangeError} */
function finish(draft: Draft, last: boolean, select: SelectorSpec = all()): ReadLayer {
  const { name, units, activation, dropout, trainable, weights, bias } = draft;
  if (!ACTIVATIONS.includes(activation)) {
    throw new RangeError(`${name}: activations are ${ACTIVATIONS.join(', ')}; got '${activation}'.`);
  }
  if (last && !LAST.includes(activation)) {
    throw new RangeError(`${name} is the last: its activation is ${LAST.join(', ')}; got '${activation}'.`);
  }
  if (last && dropout > 0) throw new RangeError(`${name} is the last: there is no dropout after it.`);
  if (!last && activation === 'softmax') throw new RangeError(`${name} is not the last: no softmax.`);
  const spec: LayerSpec = {
    units,
    activation: activation as HiddenActivation | 'softmax',
    select,
    ...(dropout > 0 && { dropout }),
    ...(trainable ? {} : { trainable }),
  };
  return { name, spec, weights, bias };
}

/** rows x columns as columns x rows. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const made = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) made[c * rows + r] = values[r * columns + c]!;
  }
  return made;
}

function refuse(layer: AnyLayer, why: string): never {
  throw new RangeError(`${layer.name}: ${why}.`);
}
