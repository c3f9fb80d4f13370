// Training sample by sample: each goes forward through all layers, and back, and updates the weights, before the next one
// starts. Active units were chosen before. Made of the kernels of whole batches, on a batch of one.

import { activateDense, dropout, relu, reluGradient, sigmoid, sigmoidGradient, tanh, tanhGradient } from '../dense/activation';
import { gatherColumns, scatterRows } from '../rows/convert';
import { dotRows } from '../rows/dot-rows';
import { Optimizer, Rows, Sparse } from '../layout';
import { sigmoidCrossEntropy } from '../loss/sigmoid';
import { squaredError } from '../loss/squared-error';
import { updateRow, updateRows } from '../optimizer/update-row';
import { SampleLayer, SamplePass } from './sample-layout';
import { softmaxCrossEntropy } from '../loss/softmax';
import { farRow, prefetchRow } from '../rows/prefetch';
import { gatherRows, gatherRowsSparse } from '../rows/gather-rows';
import { dotRowsSparse } from '../rows/walk-forward';

const ALL: i32 = 0;
const CHOSEN: i32 = 1;

const RELU: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;

const SOFTMAX: i32 = 0;
const SIGMOID_LOSS: i32 = 1;

/** Bytes from one sample's optimizer to the next one's: a cache line. */
const OPTIMIZER_BYTES: usize = 64;

/** Scratch before the gradient of a row: the offsets 0, units of a batch of one. */
const PAIR_BYTES: usize = 16;

/** One active input in so many from which on a sparse input is made dense. */
const SPARSE_BELOW: i32 = 8;

/** Scratch for trainSamples: `width` is that of the widest row. */
export function trainSamplesScratchBytes(width: i32): i32 {
  return <i32>PAIR_BYTES + (((width + 3) >> 2) << 4);
}

/**
 * Trains on samples begin..end, in their order; losses are those from before each one's update. Where a sample's loss, or
 * (if it is measured) the norm of its gradient, is no finite number, its range ends there, with no update by it.
 * Ranges that run at the same time share the weights, and write them without locks (Recht et al., NIPS 2011).
 */
export function trainSamples(passAt: usize, begin: i32, end: i32, scratch: usize): void {
  const pass = changetype<SamplePass>(passAt);
  for (let s = begin; s < end; s++) if (!trainSample(pass, s, scratch)) return;
}

// @ts-ignore: decorator
@inline
function layerOf(pass: SamplePass, l: i32): SampleLayer {
  return changetype<SampleLayer>(pass.layers + <usize>l * offsetof<SampleLayer>());
}

function trainSample(pass: SamplePass, s: i32, scratch: usize): bool {
  const optimizer = changetype<Optimizer>(pass.optimizers + <usize>s * OPTIMIZER_BYTES);
  const last = pass.count - 1;
  for (let l = 0; l <= last; l++) forward(layerOf(pass, l), s, optimizer.step, scratch);
  lossOf(pass, layerOf(pass, last), s);
  if (!isFinite(load<f32>(pass.losses + (<usize>s << 2)))) return false;
  const clips = pass.clipNorm > 0;
  let total: f64 = 0;
  for (let l = last; l >= 0; l--) {
    const layer = layerOf(pass, l);
    activationGradients(layer, s, optimizer.step);
    if (layer.inputGradients) flowBack(layer, s, scratch);
    if (clips) {
      const square = layer.rateScale > 0 ? squaredNorm(layer, s) : 0;
      store<f64>(pass.squares + (<usize>(s * pass.count + last - l) << 3), square);
      total += square;
    } else updateAtRate(layer, optimizer, s, scratch);
  }
  if (!clips) return true;
  const norm = sqrt(total);
  if (!isFinite(norm)) return false;
  if (norm > <f64>pass.clipNorm) optimizer.gradientScale = <f32>(<f64>pass.clipNorm / norm);
  for (let l = last; l >= 0; l--) updateAtRate(layerOf(pass, l), optimizer, s, scratch);
  return true;
}

/** The first position of a sample's outputs in the layer's arrays, */
// @ts-ignore: decorator
@inline
function firstOf(layer: SampleLayer, s: i32): i32 {
  return layer.kind == CHOSEN ? load<i32>(layer.offsets + (<usize>s << 2)) : s * layer.stride;
}

/** and the one after the last. */
// @ts-ignore: decorator
@inline
function stopOf(layer: SampleLayer, s: i32): i32 {
  return layer.kind == CHOSEN ? load<i32>(layer.offsets + (<usize>s << 2), 4) : s * layer.stride + layer.units;
}

// @ts-ignore: decorator
@inline
function activeInputs(layer: SampleLayer, s: i32): i32 {
  const offsets = changetype<Sparse>(layer.sparse).offsets + (<usize>s << 2);
  return load<i32>(offsets, 4) - load<i32>(offsets);
}

/** Whether a sparse input is read in its dense form. */
// @ts-ignore: decorator
@inline
function isMadeDense(layer: SampleLayer, s: i32): bool {
  return layer.kind == CHOSEN && layer.sparse != 0 && activeInputs(layer, s) * SPARSE_BELOW >= layer.inputWidth;
}

function forward(layer: SampleLayer, s: i32, step: i32, scratch: usize): void {
  const rows = changetype<Rows>(layer.rows);
  const first = firstOf(layer, s);
  const stop = stopOf(layer, s);
  const activation = layer.activation;
  if (layer.kind == CHOSEN) {
    if (layer.sparse && !isMadeDense(layer, s)) {
      dotRowsSparse(layer.values, layer.rows, layer.sparse, layer.offsets, layer.ids, s, s + 1);
    } else {
      let x = layer.inputs;
      let xStride = layer.inputStride;
      if (layer.sparse) {
        x = layer.dense;
        xStride = layer.denseStride;
        scatterRows(x, xStride, layer.inputWidth, layer.sparse, s, s + 1);
      }
      dotRows(layer.values, layer.offsets, layer.ids, rows.weights, rows.stride, rows.width, rows.bias, x, xStride, s, s + 1);
    }
    if (activation == RELU) relu(layer.values, first, stop);
    else if (activation == SIGMOID) sigmoid(layer.values, first, stop);
    else if (activation == TANH) tanh(layer.values, first, stop);
    if (layer.keep < 1) divide(layer.values, layer.keep, first, stop);
  } else {
    if (layer.kind == ALL) {
      pairOf(layer, scratch);
      const x = layer.inputs + (<usize>(s * layer.inputStride) << 2);
      const y = layer.values + (<usize>first << 2);
      dotRows(y, scratch, layer.ids, rows.weights, rows.stride, rows.width, rows.bias, x, 0, 0, 1);
    } else {
      const x = changetype<Sparse>(layer.sparse);
      const bias = changetype<Rows>(layer.biases).bias;
      gatherRows(layer.values, layer.stride, bias, rows.weights, rows.stride, rows.width, x.offsets, x.ids, x.values, s, s + 1);
    }
    if (activation) activateDense(layer.values, layer.stride, layer.units, 0, activation, s, s + 1);
  }
  if (layer.limit) drop(layer, layer.values, first, stop, step);
}

/** Which outputs are dropped depends on the sample's step, and on their places among its own. */
function drop(layer: SampleLayer, values: usize, first: i32, stop: i32, step: i32): void {
  dropout(values + (<usize>first << 2), layer.seed, step, layer.limit, layer.factor, 0, stop - first);
}

function divide(values: usize, by: f32, first: i32, stop: i32): void {
  for (let q = first; q < stop; q++) {
    const at = values + (<usize>q << 2);
    store<f32>(at, load<f32>(at) / by);
  }
}

/** The offsets of a batch of one whose only sample has all units. */
function pairOf(layer: SampleLayer, scratch: usize): void {
  store<i32>(scratch, 0);
  store<i32>(scratch, layer.units, 4);
}

function lossOf(pass: SamplePass, layer: SampleLayer, s: i32): void {
  const offsets: usize = layer.kind == CHOSEN ? layer.offsets : 0;
  if (pass.loss == SOFTMAX) {
    softmaxCrossEntropy(
      layer.gradients, pass.losses, layer.values, offsets, layer.ids, layer.stride, layer.units,
      pass.labelOffsets, pass.labels, pass.corrections, pass.weighting, 1, s, s + 1,
    );
    const labels = pass.labelOffsets + (<usize>s << 2);
    if (load<i32>(labels) == load<i32>(labels, 4)) {
      const first = firstOf(layer, s);
      memory.fill(layer.gradients + (<usize>first << 2), 0, <usize>(stopOf(layer, s) - first) << 2);
    }
  } else if (pass.loss == SIGMOID_LOSS) {
    sigmoidCrossEntropy(
      layer.gradients, pass.losses, layer.values, offsets, layer.ids, layer.stride, layer.units,
      pass.labelOffsets, pass.labels, pass.corrections, pass.weighting, 1, s, s + 1,
    );
  } else {
    squaredError(
      layer.gradients, pass.losses, layer.values, offsets, layer.ids, layer.stride, layer.units,
      pass.targets, pass.targetStride, pass.weighting, 1, s, s + 1,
    );
  }
}

/** From gradients with respect to a layer's outputs to those with respect to its weighted sums. */
function activationGradients(layer: SampleLayer, s: i32, step: i32): void {
  const first = firstOf(layer, s);
  const stop = stopOf(layer, s);
  const activation = layer.activation;
  if (layer.limit) drop(layer, layer.gradients, first, stop, step);
  if (layer.keep < 1) divide(layer.gradients, layer.keep, first, stop);
  const kept: f32 = layer.keep / layer.factor;
  if (activation == RELU) reluGradient(layer.gradients, layer.values, first, stop);
  else if (activation == SIGMOID) sigmoidGradient(layer.gradients, layer.values, kept, first, stop);
  else if (activation == TANH) tanhGradient(layer.gradients, layer.values, kept, first, stop);
}

/** The gradients with respect to the sample's input, with the weights from before the update. */
function flowBack(layer: SampleLayer, s: i32, scratch: usize): void {
  const rows = changetype<Rows>(layer.rows);
  const to = layer.inputGradients;
  if (layer.kind == ALL) {
    pairOf(layer, scratch);
    const x = to + (<usize>(s * layer.inputStride) << 2);
    const from = layer.gradients + (<usize>(s * layer.stride) << 2);
    gatherRows(x, 0, 0, rows.weights, rows.stride, rows.width, scratch, layer.ids, from, 0, 1);
  } else if (layer.kind == CHOSEN) {
    if (layer.sparse == 0) {
      gatherRows(to, layer.inputStride, 0, rows.weights, rows.stride, rows.width, layer.offsets, layer.ids, layer.gradients, s, s + 1);
    } else if (isMadeDense(layer, s)) {
      const dense = layer.denseGradients;
      const stride = layer.denseStride;
      gatherRows(dense, stride, 0, rows.weights, rows.stride, rows.width, layer.offsets, layer.ids, layer.gradients, s, s + 1);
      gatherColumns(to, dense, stride, layer.sparse, s, s + 1);
    } else gatherRowsSparse(to, layer.rows, layer.sparse, layer.offsets, layer.ids, layer.gradients, s, s + 1);
  } else {
    const x = changetype<Sparse>(layer.sparse);
    dotRows(to, x.offsets, x.ids, rows.weights, rows.stride, rows.width, 0, layer.gradients, layer.stride, s, s + 1);
  }
}

/** Updates the rows that the sample used, at the layer's own rate; the optimizer is the sample's own. */
function updateAtRate(layer: SampleLayer, optimizer: Optimizer, s: i32, scratch: usize): void {
  if (layer.rateScale == 0) return;
  const rate = optimizer.rate;
  const weightDecay = optimizer.weightDecay;
  optimizer.rate = rate * layer.rateScale;
  optimizer.weightDecay = weightDecay * layer.rateScale;
  update(layer, optimizer, s, scratch);
  optimizer.rate = rate;
  optimizer.weightDecay = weightDecay;
}

/** Updates the rows that the sample used. Each one's gradient is a coefficient times the sample. */
function update(layer: SampleLayer, optimizer: Optimizer, s: i32, scratch: usize): void {
  const rows = changetype<Rows>(layer.rows);
  const gradient = scratch + PAIR_BYTES;
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const first = <usize>firstOf(layer, s) << 2;
  if (layer.kind == CHOSEN || layer.kind == ALL) {
    const coefficients = layer.gradients + first;
    const ids = layer.ids + (layer.kind == CHOSEN ? first : 0);
    const count = stopOf(layer, s) - firstOf(layer, s);
    if (layer.sparse && !isMadeDense(layer, s)) updateSparse(layer, optimizer, s, ids, coefficients, count, gradient);
    else {
      const x = layer.sparse
        ? layer.dense + (<usize>(s * layer.denseStride) << 2)
        : layer.inputs + (<usize>(s * layer.inputStride) << 2);
      updateDense(rows, optimizer, x, bytes, ids, coefficients, count, gradient);
    }
    return;
  }
  const x = changetype<Sparse>(layer.sparse);
  const from = <usize>load<i32>(x.offsets + (<usize>s << 2)) << 2;
  const y = layer.gradients + first;
  updateDense(rows, optimizer, y, bytes, x.ids + from, x.values + from, activeInputs(layer, s), gradient);
  updateRows(layer.biases, changetype<usize>(optimizer), gradient, 0, y, 0, layer.units);
}

/** Rows by coefficient * x, a dense vector of `bytes` bytes. */
function updateDense(
  rows: Rows, optimizer: Optimizer, x: usize, bytes: usize, ids: usize, coefficients: usize, count: i32, gradient: usize,
): void {
  for (let q = 0; q < count; q++) {
    const at = <usize>q << 2;
    const r = load<i32>(ids + at);
    const next = farRow(ids, q, count, r);
    if (next) prefetchRow(rows, optimizer, next);
    const coefficient = load<f32>(coefficients + at);
    const c = f32x4.splat(coefficient);
    for (let i: usize = 0; i < bytes; i += 16) v128.store(gradient + i, f32x4.mul(c, v128.load(x + i)));
    updateRow(rows, optimizer, r, gradient, coefficient);
  }
}

/** The same, x being sample s of the sparse input. */
function updateSparse(
  layer: SampleLayer, optimizer: Optimizer, s: i32, ids: usize, coefficients: usize, count: i32, gradient: usize,
): void {
  const rows = changetype<Rows>(layer.rows);
  const x = changetype<Sparse>(layer.sparse);
  const first = <usize>load<i32>(x.offsets + (<usize>s << 2)) << 2;
  const last = <usize>load<i32>(x.offsets + (<usize>s << 2), 4) << 2;
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  memory.fill(gradient, 0, bytes);
  for (let q: usize = 0; q < <usize>count << 2; q += 4) {
    const coefficient = load<f32>(coefficients + q);
    for (let k = first; k < last; k += 4) {
      store<f32>(gradient + (<usize>load<i32>(x.ids + k) << 2), coefficient * load<f32>(x.values + k));
    }
    updateRow(rows, optimizer, load<i32>(ids + q), gradient, coefficient);
  }
}

/**
 * The squared norm of the gradient with respect to a layer's weights and biases: sums of squares multiply, as rows are
 * multiples of one vector.
 */
function squaredNorm(layer: SampleLayer, s: i32): f64 {
  const first = firstOf(layer, s);
  const outputs = squares(layer.gradients, first, stopOf(layer, s));
  if (layer.sparse) {
    const x = changetype<Sparse>(layer.sparse);
    const offsets = x.offsets + (<usize>s << 2);
    return outputs * (squares(x.values, load<i32>(offsets), load<i32>(offsets, 4)) + 1);
  }
  const from = s * layer.inputStride;
  return outputs * (squares(layer.inputs, from, from + layer.inputWidth) + 1);
}

function squares(values: usize, first: i32, stop: i32): f64 {
  let total: f64 = 0;
  for (let q = first; q < stop; q++) {
    const value = <f64>load<f32>(values + (<usize>q << 2));
    total += value * value;
  }
  return total;
}
