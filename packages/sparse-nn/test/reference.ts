/** The mathematics of a network in 64-bit floats, one sample at a time, the active units given. */
import type { LayerSpec, Network } from '../src/index.ts';

export interface ReferenceLayer {
  readonly activation: LayerSpec['activation'];
  readonly units: number;
  readonly inputs: number;
  /** units x inputs */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  /** What activations are divided by. */
  readonly keep: number;
}

/** Each layer's active units for one sample; all of them where undefined. */
export type Active = readonly (readonly number[] | undefined)[];

/** The network's weights as they are now. */
export function referenceOf(net: Network, keeps: readonly number[] = []): ReferenceLayer[] {
  return net.spec.layers.map(({ units, activation }, l) => {
    const { rowOf, rows, width, stride, values, bias } = net.weights(l);
    const inputs = rowOf === 'unit' ? width : rows;
    const weights = Float64Array.from({ length: units * inputs }, (_, i) => {
      const unit = Math.floor(i / inputs);
      const k = i % inputs;
      return rowOf === 'unit' ? values[unit * stride + k] : values[k * stride + unit];
    });
    const keep = activation === 'softmax' ? 1 : (keeps[l] ?? 1);
    return { activation, units, inputs, weights, bias: Float64Array.from(bias), keep };
  });
}

/** A layer's activations of the active units, 0 elsewhere; a softmax layer's logits. */
export function forward(
  layer: ReferenceLayer,
  x: ArrayLike<number>,
  active: readonly number[] | undefined,
): Float64Array {
  const { units, inputs, weights, bias, activation, keep } = layer;
  const y = new Float64Array(units);
  const compute = (u: number): void => {
    let z = bias[u];
    for (let k = 0; k < inputs; k++) z += weights[u * inputs + k] * x[k];
    y[u] = (activation === 'relu' ? Math.max(z, 0) : z) / keep;
  };
  if (active) for (const u of active) compute(u);
  else for (let u = 0; u < units; u++) compute(u);
  return y;
}

/** Cross-entropy over the active classes, of which all labels are; labels share the target evenly. */
export function crossEntropy(
  logits: Float64Array,
  labels: readonly number[],
  active: readonly number[] = [...logits.keys()],
  corrections: readonly number[] = [],
): number {
  const among = active.map((u, i) => logits[u] + (corrections[i] ?? 0));
  const highest = Math.max(...among);
  const logTotal = highest + Math.log(among.reduce((total, z) => total + Math.exp(z - highest), 0));
  return labels.reduce(
    (total, label) => total + (logTotal - among[active.indexOf(label)]) / labels.length,
    0,
  );
}

/** One sample's loss. */
export function loss(
  layers: readonly ReferenceLayer[],
  input: ArrayLike<number>,
  labels: readonly number[],
  active: Active,
  corrections?: readonly number[],
): number {
  let x = input;
  for (const [l, layer] of layers.entries()) x = forward(layer, x, active[l]);
  return crossEntropy(x as Float64Array, labels, active.at(-1), corrections);
}

/** The gradient of `f` by each element of `parameters`, by central differences. */
export function numericGradient(parameters: Float64Array, f: () => number): Float64Array {
  const step = 2 ** -17;
  return parameters.map((value, i) => {
    parameters[i] = value + step;
    const above = f();
    parameters[i] = value - step;
    const below = f();
    parameters[i] = value;
    return (above - below) / (2 * step);
  });
}
