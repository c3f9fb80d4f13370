// Element-wise work of a layer, and the column sums that are the gradient of a dense layer's bias.

import { sigmoid4, tanh4 } from './exp';

/** What activateDense applies. */
const RELU: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;

// @ts-ignore: decorator
@inline
function activated(x: v128, activation: i32): v128 {
  if (activation == RELU) return f32x4.max(x, f32x4.splat(0));
  if (activation == SIGMOID) return sigmoid4(x);
  return activation == TANH ? tanh4(x) : x;
}

/**
 * Adds `bias` (`width` floats; 0 for none) to rows begin..end of a dense batch and applies an activation: 0 none, 1 ReLU,
 * 2 sigmoid, 3 tanh.
 */
export function activateDense(
  y: usize, stride: i32, width: i32, bias: usize, activation: i32, begin: i32, end: i32,
): void {
  for (let s = begin; s < end; s++) {
    const row = y + ((<usize>s * stride) << 2);
    let j = 0;
    for (; j + 4 <= width; j += 4) {
      const at = row + (<usize>j << 2);
      let v = v128.load(at);
      if (bias) v = f32x4.add(v, v128.load(bias + (<usize>j << 2)));
      v128.store(at, activated(v, activation));
    }
    for (; j < width; j++) {
      const at = row + (<usize>j << 2);
      let v = v128.load32_splat(at);
      if (bias) v = f32x4.add(v, v128.load32_splat(bias + (<usize>j << 2)));
      v128.store32_lane(at, activated(v, activation), 0);
    }
  }
}

/** The sigmoid of elements begin..end, in place. */
export function sigmoid(values: usize, begin: i32, end: i32): void {
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = values + (<usize>i << 2);
    v128.store(at, sigmoid4(v128.load(at)));
  }
  for (; i < end; i++) {
    const at = values + (<usize>i << 2);
    v128.store32_lane(at, sigmoid4(v128.load32_splat(at)), 0);
  }
}

/** tanh of elements begin..end, in place. */
export function tanh(values: usize, begin: i32, end: i32): void {
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = values + (<usize>i << 2);
    v128.store(at, tanh4(v128.load(at)));
  }
  for (; i < end; i++) {
    const at = values + (<usize>i << 2);
    v128.store32_lane(at, tanh4(v128.load32_splat(at)), 0);
  }
}

/** y (1 - y) where `sigmoid`, else 1 - y^2: the derivative, by the activation y. */
// @ts-ignore: decorator
@inline
function slope(isSigmoid: bool, y: v128): v128 {
  const one = f32x4.splat(1);
  if (isSigmoid) return f32x4.mul(y, f32x4.sub(one, y));
  return f32x4.mul(f32x4.add(one, y), f32x4.sub(one, y));
}

// @ts-ignore: decorator
@inline
function multiplyBySlopes(isSigmoid: bool, gradients: usize, values: usize, keep: f32, begin: i32, end: i32): void {
  const kept = f32x4.splat(keep);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = gradients + (<usize>i << 2);
    const y = f32x4.mul(v128.load(values + (<usize>i << 2)), kept);
    v128.store(at, f32x4.mul(v128.load(at), slope(isSigmoid, y)));
  }
  for (; i < end; i++) {
    const at = gradients + (<usize>i << 2);
    const y = f32x4.mul(v128.load32_splat(values + (<usize>i << 2)), kept);
    v128.store32_lane(at, f32x4.mul(v128.load32_splat(at), slope(isSigmoid, y)), 0);
  }
}

/** Multiplies elements begin..end of `gradients` by the sigmoid's derivative; `values` are its outputs divided by `keep`. */
export function sigmoidGradient(gradients: usize, values: usize, keep: f32, begin: i32, end: i32): void {
  multiplyBySlopes(true, gradients, values, keep, begin, end);
}

/** Multiplies elements begin..end of `gradients` by tanh's derivative; `values` are its outputs divided by `keep`. */
export function tanhGradient(gradients: usize, values: usize, keep: f32, begin: i32, end: i32): void {
  multiplyBySlopes(false, gradients, values, keep, begin, end);
}

/** Four random words of a counter: the finalizer of MurmurHash3 (Appleby), on 32 bits. */
// @ts-ignore: decorator
@inline
function scrambled(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x85ebca6b));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/**
 * Inverted dropout (Srivastava et al. 2014, section 10) of elements begin..end, in place: 0 where the element's random
 * word is below `limit`, else multiplied by `factor`. The word depends on `seed`, `step` and the element's place only, so
 * that a second call, on the gradients, drops the same.
 */
export function dropout(values: usize, seed: u32, step: u32, limit: u32, factor: f32, begin: i32, end: i32): void {
  const key = scrambled(v128.xor(scrambled(i32x4.splat(step)), i32x4.splat(seed)));
  const dropped = i32x4.splat(limit);
  const scale = f32x4.splat(factor);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = values + (<usize>i << 2);
    const word = scrambled(i32x4.add(i32x4.mul(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), i32x4.splat(0x9e3779b1)), key));
    v128.store(at, v128.and(f32x4.mul(v128.load(at), scale), i32x4.ge_u(word, dropped)));
  }
  for (; i < end; i++) {
    const at = values + (<usize>i << 2);
    const word = scrambled(i32x4.add(i32x4.mul(i32x4.splat(i), i32x4.splat(0x9e3779b1)), key));
    v128.store32_lane(at, v128.and(f32x4.mul(v128.load32_splat(at), scale), i32x4.ge_u(word, dropped)), 0);
  }
}

/** ReLU of elements begin..end, in place. */
export function relu(values: usize, begin: i32, end: i32): void {
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = values + (<usize>i << 2);
    v128.store(at, f32x4.max(v128.load(at), f32x4.splat(0)));
  }
  for (; i < end; i++) {
    const at = values + (<usize>i << 2);
    store<f32>(at, max<f32>(load<f32>(at), 0));
  }
}

/** Clears elements begin..end of `gradients` where ReLU's output in `values` is 0. */
export function reluGradient(gradients: usize, values: usize, begin: i32, end: i32): void {
  const zero = f32x4.splat(0);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = gradients + (<usize>i << 2);
    v128.store(at, v128.and(v128.load(at), f32x4.gt(v128.load(values + (<usize>i << 2)), zero)));
  }
  for (; i < end; i++) {
    if (!(load<f32>(values + (<usize>i << 2)) > 0)) store<f32>(gradients + (<usize>i << 2), 0);
  }
}

/** sums[j] = the sum of column j over `rows` rows, for columns begin..end, in the order of rows. */
export function columnSums(sums: usize, x: usize, stride: i32, rows: i32, begin: i32, end: i32): void {
  memory.fill(sums + (<usize>begin << 2), 0, <usize>(end - begin) << 2);
  for (let s = 0; s < rows; s++) {
    const row = x + ((<usize>s * stride) << 2);
    for (let j = begin; j < end; j++) {
      const at = sums + (<usize>j << 2);
      store<f32>(at, load<f32>(at) + load<f32>(row + (<usize>j << 2)));
    }
  }
}

/** out[i] = the sum of element i of `count` partial sums, `stride` floats apart, in their order, for begin..end. */
export function sumPartials(out: usize, partials: usize, stride: i32, count: i32, begin: i32, end: i32): void {
  const bytes = <usize>stride << 2;
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = <usize>i << 2;
    let total = count > 0 ? v128.load(partials + at) : f32x4.splat(0);
    for (let p = 1; p < count; p++) total = f32x4.add(total, v128.load(partials + at + <usize>p * bytes));
    v128.store(out + at, total);
  }
  for (; i < end; i++) {
    const at = <usize>i << 2;
    let total: f32 = count > 0 ? load<f32>(partials + at) : 0;
    for (let p = 1; p < count; p++) total += load<f32>(partials + at + <usize>p * bytes);
    store<f32>(out + at, total);
  }
}
