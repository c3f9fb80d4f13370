/** Reference of training sample by sample: plain stochastic gradient descent through a stack of layers. */
import type { OptimizerFields } from '../../ops/optimizer.ts';
import { ACTIVATIONS, reluGradient, sigmoidGradient, tanhGradient } from '../dense/activation.ts';
import type { AnyRows } from '../optimizer/adam.ts';
import { sigmoidCrossEntropy } from '../loss/sigmoid.ts';
import { squaredError } from '../loss/squared-error.ts';
import type { LossResult, SampleWeighting } from '../loss/weighting.ts';
import { updateRow } from '../optimizer/update-row.ts';
import { softmaxCrossEntropy } from '../loss/softmax.ts';

/** A layer whose rows are units, or inputs (an embedding bag); see SampleLayerFields. */
export interface PlainLayer {
  readonly kind: 'units' | 'inputs';
  readonly rows: AnyRows;
  /** Kind 'inputs': the units' biases, rows of no weights. */
  readonly biases?: AnyRows | undefined;
  readonly units: number;
  /** As for activateDense. */
  readonly activation: number;
  /** What outputs are divided by. Default 1. */
  readonly keep?: number;
  /** Multiplies the optimizer's rate; 0 leaves the weights as they are. Default 1. */
  readonly rateScale?: number;
}

/** One sample. */
export interface PlainSample {
  readonly input: Float32Array;
  /** Inputs that a sparse sample lists, whatever their values. */
  readonly listed?: Int32Array | undefined;
  /** Of each layer: the units that are active; all where there is no list. */
  readonly active: readonly (Int32Array | undefined)[];
  readonly loss: 'softmax' | 'sigmoid' | 'linear';
  readonly labels: Int32Array;
  /** One a unit of the last layer. */
  readonly targets: Float32Array;
  /** One an active unit of the last layer. */
  readonly corrections?: Float32Array | undefined;
  readonly weighting?: SampleWeighting | undefined;
}

/**
 * Trains on samples in their order: each goes forward through all layers, and back, and updates the rows that it used
 * (of an embedding bag, those of the inputs that are listed) before the next starts. Sample s is a step by optimizers[s].
 * Where `clipNorm` is above 0, a gradient with respect to all weights and biases together that is longer is scaled to that
 * length.
 * @returns the losses, each from before the sample's own update.
 */
export function trainSamples(
  layers: readonly PlainLayer[],
  samples: readonly PlainSample[],
  optimizers: readonly OptimizerFields[],
  clipNorm: number = 0,
): Float32Array {
  return Float32Array.from(samples, (sample, s) => trainSample(layers, sample, optimizers[s], clipNorm));
}

/** The gradient of one row, and its bias's. */
interface RowGradient {
  readonly rows: AnyRows;
  readonly row: number;
  readonly gradient: Float64Array;
  readonly bias: number;
  readonly rateScale: number;
}

function trainSample(
  layers: readonly PlainLayer[],
  sample: PlainSample,
  optimizer: OptimizerFields,
  clipNorm: number,
): number {
  const inputs: Float32Array[] = [sample.input];
  for (const [l, layer] of layers.entries()) inputs.push(forward(layer, inputs[l], sample.active[l]));
  const { loss, gradient } = lossOf(sample, inputs[layers.length], sample.active[layers.length - 1]);
  const gradients: RowGradient[] = [];
  let byOutput = gradient;
  for (let l = layers.length - 1; l >= 0; l--) {
    const listed = l === 0 ? sample.listed : sample.active[l - 1];
    const back = backward(layers[l], inputs[l], listed, inputs[l + 1], byOutput, sample.active[l]);
    const { rateScale = 1 } = layers[l];
    if (rateScale > 0) gradients.push(...back.gradients.map((by) => ({ ...by, rateScale })));
    byOutput = back.byInput;
  }
  const squares = gradients.map(
    ({ rows, gradient: g, bias }) => g.reduce((sum, x) => sum + x * x, 0) + (rows.bias ? bias * bias : 0),
  );
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  const gradientScale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
  const { rate, weightDecay = 0 } = optimizer;
  for (const { rows, row, gradient: g, bias, rateScale } of gradients) {
    const own = { ...optimizer, gradientScale, rate: rate * rateScale, weightDecay: weightDecay * rateScale };
    updateRow(rows, own, row, g, bias);
  }
  return loss;
}

function unitsOf(layer: PlainLayer, active: Int32Array | undefined): Int32Array {
  return active ?? Int32Array.from({ length: layer.units }, (_, unit) => unit);
}

/** The activations of all units, 0 where they are not active. */
function forward(layer: PlainLayer, x: Float32Array, active: Int32Array | undefined): Float32Array {
  const { rows, biases, keep = 1, activation, units } = layer;
  const list = unitsOf(layer, active);
  const sums = Float32Array.from(list, (unit) => {
    const bias = (biases ?? rows).bias?.[unit] ?? 0;
    return x.reduce((total, value, i) => total + value * weightOf(layer, unit, i), bias);
  });
  ACTIVATIONS[activation]?.(sums);
  const y = new Float32Array(units);
  for (const [q, unit] of list.entries()) y[unit] = sums[q] / keep;
  return y;
}

function weightOf({ kind, rows }: PlainLayer, unit: number, input: number): number {
  return kind === 'units'
    ? rows.weights[unit * rows.stride + input]
    : rows.weights[input * rows.stride + unit];
}

/** The loss of a sample, and its gradient with respect to the outputs of all units. */
function lossOf(sample: PlainSample, outputs: Float32Array, active: Int32Array | undefined): LossResult {
  const { labels, targets, corrections, weighting } = sample;
  const values = active ? Float32Array.from(active, (unit) => outputs[unit]) : outputs;
  const result =
    sample.loss === 'linear'
      ? squaredError(values, active, targets, 1, weighting)
      : sample.loss === 'sigmoid'
        ? sigmoidCrossEntropy(values, active, labels, 1, corrections, weighting)
        : softmaxCrossEntropy(values, active, labels, 1, corrections, weighting);
  const gradient = new Float32Array(outputs.length);
  // A softmax without labels has nothing to learn.
  if (sample.loss !== 'softmax' || labels.length > 0) {
    for (const [q, g] of result.gradient.entries()) gradient[active ? active[q] : q] = g;
  }
  return { loss: result.loss, gradient };
}

/** The gradients of the rows that the sample used, and the one by its input. */
function backward(
  layer: PlainLayer,
  x: Float32Array,
  listed: Int32Array | undefined,
  y: Float32Array,
  byOutput: Float32Array,
  active: Int32Array | undefined,
): { readonly gradients: readonly Omit<RowGradient, 'rateScale'>[]; readonly byInput: Float32Array } {
  const { kind, rows, biases, activation, keep = 1 } = layer;
  const g = byOutput.map((value) => value / keep);
  if (activation === 1) reluGradient(g, y);
  if (activation === 2) sigmoidGradient(g, y, keep);
  if (activation === 3) tanhGradient(g, y, keep);
  const list = unitsOf(layer, active);
  const byInput = x.map((_, i) => list.reduce((sum, unit) => sum + g[unit] * weightOf(layer, unit, i), 0));
  if (kind === 'units') {
    const gradients = Array.from(list, (unit) => ({
      rows,
      row: unit,
      gradient: Float64Array.from(x, (value) => g[unit] * value),
      bias: g[unit],
    }));
    return { gradients, byInput };
  }
  const used = Array.from(listed ?? x.keys());
  const gradients = used.map((row) => ({
    rows,
    row,
    gradient: Float64Array.from(g, (value) => value * x[row]),
    bias: 0,
  }));
  const ofBiases = Array.from(g, (bias, row) => ({
    rows: biases ?? rows,
    row,
    gradient: new Float64Array(0),
    bias,
  }));
  return { gradients: [...gradients, ...ofBiases], byInput };
}
