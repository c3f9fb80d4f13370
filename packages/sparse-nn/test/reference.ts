/** The mathematics of a network in 64-bit floats, one sample at a time, the active units given. */
import type { HiddenActivation, LossKind, LossSpec, Network } from '../src/index.ts';

export interface ReferenceLayer {
  /** The last layer's is 'linear': its own is part of the loss. */
  readonly activation: HiddenActivation;
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
  return net.spec.layers.map(({ units, activation: own }, l) => {
    const last = l === net.spec.layers.length - 1;
    const activation = last ? 'linear' : (own as HiddenActivation);
    const { rowOf, rows, width, stride, values, bias } = net.weights(l);
    const inputs = rowOf === 'unit' ? width : rows;
    const weights = Float64Array.from({ length: units * inputs }, (_, i) => {
      const unit = Math.floor(i / inputs);
      const k = i % inputs;
      return rowOf === 'unit' ? values[unit * stride + k] : values[k * stride + unit];
    });
    const keep = last ? 1 : (keeps[l] ?? 1);
    return { activation, units, inputs, weights, bias: Float64Array.from(bias), keep };
  });
}

const ACTIVATE: Readonly<Record<HiddenActivation, (z: number) => number>> = {
  linear: (z) => z,
  relu: (z) => Math.max(z, 0),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  tanh: Math.tanh,
};

/**
 * A layer's activations of the active units, multiplied by their gates if there are such, 0 elsewhere; the last layer's weighted
 * sums.
 */
export function forward(
  layer: ReferenceLayer,
  x: ArrayLike<number>,
  active: readonly number[] | undefined,
  gates: readonly number[] = [],
): Float64Array {
  const { units, inputs, weights, bias, activation, keep } = layer;
  const y = new Float64Array(units);
  const compute = (u: number): void => {
    let z = bias[u];
    for (let k = 0; k < inputs; k++) z += weights[u * inputs + k] * x[k];
    y[u] = ACTIVATE[activation](z) / keep;
  };
  for (const [i, u] of (active ?? []).entries()) {
    compute(u);
    y[u] *= gates[i] ?? 1;
  }
  if (active) return y;
  for (let u = 0; u < units; u++) compute(u);
  return y;
}

/**
 * Cross-entropy over the active classes, of which all labels are; labels share the target evenly. The term of each class counts
 * by its weight, and the share `labelSmoothing` of the target is the active classes', by the number that each stands for.
 */
export function crossEntropy(
  logits: Float64Array,
  labels: readonly number[],
  active: readonly number[] = [...logits.keys()],
  corrections: readonly number[] = [],
  { classWeights = [], labelSmoothing = 0 }: LossSpec = {},
): number {
  if (labels.length === 0) return 0;
  const among = active.map((u, i) => logits[u] + (corrections[i] ?? 0));
  const highest = Math.max(...among);
  const logTotal = highest + Math.log(among.reduce((total, z) => total + Math.exp(z - highest), 0));
  const stands = active.map((_, i) => Math.exp(corrections[i] ?? 0));
  const all = stands.reduce((total, count) => total + count, 0);
  return active.reduce((total, u, i) => {
    const label = labels.includes(u) ? 1 / labels.length : 0;
    const target = (1 - labelSmoothing) * label + labelSmoothing * (stands[i] / all);
    return total + (classWeights[u] ?? 1) * target * (logTotal - among[i]);
  }, 0);
}

/** The sum of binary cross-entropies over the active outputs; a corrected one counts e^correction times. */
export function binaryCrossEntropy(
  logits: Float64Array,
  labels: readonly number[],
  active: readonly number[] = [...logits.keys()],
  corrections: readonly number[] = [],
  { classWeights = [], positiveWeights = [], labelSmoothing = 0 }: LossSpec = {},
): number {
  return active.reduce((total, u, i) => {
    const p = 1 / (1 + Math.exp(-logits[u]));
    const weight = (classWeights[u] ?? 1) * Math.exp(corrections[i] ?? 0);
    const target = labels.includes(u) ? 1 - labelSmoothing / 2 : labelSmoothing / 2;
    const positive = (positiveWeights[u] ?? 1) * target;
    return total - weight * (positive * Math.log(p) + (1 - target) * Math.log(1 - p));
  }, 0);
}

/** The mean square over the active outputs, weighted; 0 where none is active. */
export function squaredError(
  outputs: Float64Array,
  targets: ArrayLike<number>,
  active: readonly number[] = [...outputs.keys()],
  { outputWeights = [] }: LossSpec = {},
): number {
  const square = (u: number): number => (outputWeights[u] ?? 1) * (outputs[u] - targets[u]) ** 2;
  return active.reduce((total, u) => total + square(u), 0) / Math.max(1, active.length);
}

/** One sample's loss; `answers` are its labels or targets, `last` says what counts how much. */
export function loss(
  kind: LossKind,
  layers: readonly ReferenceLayer[],
  input: ArrayLike<number>,
  answers: readonly number[],
  active: Active,
  corrections?: readonly number[],
  last: LossSpec = {},
  gates: readonly (readonly number[] | undefined)[] = [],
): number {
  let x = input;
  for (const [l, layer] of layers.entries()) x = forward(layer, x, active[l], gates[l]);
  const outputs = x as Float64Array;
  if (kind === 'softmax') return crossEntropy(outputs, answers, active.at(-1), corrections, last);
  if (kind === 'sigmoid') return binaryCrossEntropy(outputs, answers, active.at(-1), corrections, last);
  return squaredError(outputs, answers, active.at(-1), last);
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
