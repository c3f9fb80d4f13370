/** A network's layers, each of the kind that its spec, its input and the update mode ask for. */
import { randomStream } from '@hashgrad/kernels';
import type { HiddenActivation } from '../layers/activation.ts';
import type { BoundOptimizer } from '../optimizers/bound-optimizer.ts';
import { BagLayer } from '../layers/bag-layer.ts';
import { DenseLayer } from '../layers/dense-layer.ts';
import type { Layer, LayerContext, SampleLayer } from '../layers/layer.ts';
import { SelectedLayer } from '../layers/selected-layer.ts';
import type { Activations } from '../layers/activations.ts';
import { UnionLayer } from '../layers/union-layer.ts';
import type { SelectorDefinition } from '../selectors/selector.ts';
import { selectorOf } from '../selectors/selectors.ts';
import type { NetworkSpec } from '../spec/spec.ts';

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
export function makeLayers<T extends Layer>(
  spec: NetworkSpec,
  { initialize, optimizer, ...shared }: SharedContext,
  input: Activations,
  make: MakeLayer<T>,
): T[] {
  const layers: T[] = [];
  for (const [index, layer] of spec.layers.entries()) {
    const x = layers.at(-1)?.output ?? input;
    const name = `layer ${index + 1}`;
    const last = index === spec.layers.length - 1;
    const context: LayerContext = {
      ...shared,
      optimizer: optimizer.forLayer(layer),
      name,
      spec: layer,
      activation: last ? 'linear' : (layer.activation as HiddenActivation),
      last,
      inputs: x.width,
      random: initialize ? randomStream(shared.seed, `${name} weights`) : undefined,
    };
    layers.push(make(context, selectorOf(layer.select, layer.units), x));
  }
  return layers;
}

/** A layer for the update modes 'neuron' and 'union'. */
export const makeLayer: MakeLayer<Layer> = (context, selector, input) =>
  selector && context.updateMode === 'union'
    ? new UnionLayer(context, selector)
    : makeSampleLayer(context, selector, input);

/** A layer that can be trained sample by sample. */
export const makeSampleLayer: MakeLayer<SampleLayer> = (context, selector, input) => {
  if (selector) return new SelectedLayer(context, selector);
  return input.kind === 'sparse' ? new BagLayer(context, input.ids.length) : new DenseLayer(context);
};
