/** A network's layers, each of the kind that its spec, its input and the update mode ask for. */
import { randomStream } from '@hashgrad/kernels';
import type { HiddenActivation } from '../layers/activation.ts';
import type { BoundOptimizer } from '../optimizers/bound-optimizer.ts';
import { BagLayer } from '../layers/bag-layer.ts';
import { DenseLayer } from '../layers/dense-layer.ts';
import type { Layer, LayerContext, SampleLayer } from '../layers/layer.ts';
import type { Piecewise } from '../layers/piecewise.ts';
import { SelectedLayer } from '../layers/selected-layer.ts';
import type { Activations, SparseActivations } from '../layers/activations.ts';
import { SPARSE_ROW, SparseLayer } from '../layers/sparse-layer.ts';
import { UnionLayer } from '../layers/union-layer.ts';
import { createWeights, initialize } from '../layers/weights.ts';
import type { SelectorDefinition } from '../selectors/selector.ts';
import { selectorOf } from '../selectors/selectors.ts';
import { connectionCount } from '../spec/sparse-connections.ts';
import type { LayerSpec, NetworkSpec } from '../spec/spec.ts';

/** Makes one layer: of the units that the selector chooses, or without one of all. */
type MakeLayer<T extends Layer> = (
  context: LayerContext,
  selector: SelectorDefinition | undefined,
  input: Activations,
) => T;

/** What all layers of a network have in common. */
export type SharedContext = Pick<LayerContext, 'team' | 'counts' | 'seed' | 'batch' | 'updateMode'> & {
  readonly optimizer: BoundOptimizer;
  /** Whether weights are drawn; they are 0 otherwise, to be read from a checkpoint. */
  readonly initialize: boolean;
};

/** The layers, each of which reads the output of the one before it, and the first `input`. */
export function* makeLayers<T extends Layer>(
  spec: NetworkSpec,
  { initialize: drawn, optimizer, ...shared }: SharedContext,
  input: Activations,
  make: MakeLayer<T>,
): Piecewise<T[]> {
  const { arena } = shared.team;
  const layers: T[] = [];
  for (const [index, layer] of spec.layers.entries()) {
    const x = layers.at(-1)?.output ?? input;
    const { units } = layer;
    const inputs = x.width;
    const name = `layer ${index + 1}`;
    const last = index === spec.layers.length - 1;
    const activation = last ? 'linear' : (layer.activation as HiddenActivation);
    const own = optimizer.forLayer(layer);
    const selector = selectorOf(layer.select, units);
    const { rows, width, withBias, fanIn } = shapeOf(layer, selector, x);
    const weights = createWeights(arena, rows, width, withBias, own.spec);
    if (drawn) {
      const random = randomStream(shared.seed, `${name} weights`);
      yield* initialize(shared.team, weights, fanIn, activation === 'relu' ? 2 : 1, random);
    }
    const context: LayerContext = {
      ...shared,
      optimizer: own,
      name,
      spec: layer,
      activation,
      last,
      inputs,
      weights,
    };
    layers.push(make(context, selector, x));
    yield;
  }
  return layers;
}

/** How a layer keeps its weights, and how many inputs a unit has. */
function shapeOf(
  { units, connections }: LayerSpec,
  selector: SelectorDefinition | undefined,
  input: Activations,
): { readonly rows: number; readonly width: number; readonly withBias: boolean; readonly fanIn: number } {
  const inputs = input.width;
  if (connections) {
    const count = connectionCount(connections, units * inputs);
    return { rows: Math.ceil(count / SPARSE_ROW), width: SPARSE_ROW, withBias: false, fanIn: count / units };
  }
  return isBag(selector, input)
    ? { rows: inputs, width: units, withBias: false, fanIn: inputs }
    : { rows: units, width: inputs, withBias: true, fanIn: inputs };
}

/** Whether a layer is an embedding bag: all of its units fire on a sparse input. */
function isBag(selector: SelectorDefinition | undefined, input: Activations): input is SparseActivations {
  return !selector && input.kind === 'sparse';
}

/** A layer for the update modes 'neuron' and 'union'. */
export const makeLayer: MakeLayer<Layer> = (context, selector, input) => {
  const { connections } = context.spec;
  if (connections) return new SparseLayer(context, connections);
  return selector && context.updateMode === 'union'
    ? new UnionLayer(context, selector)
    : makeSampleLayer(context, selector, input);
};

/** A layer that can be trained sample by sample. */
export const makeSampleLayer: MakeLayer<SampleLayer> = (context, selector, input) => {
  if (selector) return new SelectedLayer(context, selector, input);
  return isBag(selector, input) ? new BagLayer(context, input) : new DenseLayer(context);
};
