// What counts how much in a loss; src/ops/loss.ts lays the record.

/** Weights of samples and outputs, and smoothed targets. A pointer of 0: all count 1. */
@unmanaged
export class Weighting {
  /** f32, one a sample of the batch. */
  samples: usize;
  /** f32, one a unit of the last layer. */
  outputs: usize;
  /** f32, one a unit of the last layer: what a target of 1 counts beside one of 0. Independent outputs only. */
  positives: usize;
  /** The share of each target that goes to all outputs; 0 for none. */
  smoothing: f32;
}

/** The weight of sample `s`. */
// @ts-ignore: decorator
@inline
export function sampleWeight(weighting: usize, s: i32): f32 {
  const samples: usize = weighting ? changetype<Weighting>(weighting).samples : 0;
  return samples ? load<f32>(samples + (<usize>s << 2)) : 1;
}

/** Weights by unit, or 0 where all count 1. */
// @ts-ignore: decorator
@inline
export function outputWeights(weighting: usize): usize {
  return weighting ? changetype<Weighting>(weighting).outputs : 0;
}

// @ts-ignore: decorator
@inline
export function positiveWeights(weighting: usize): usize {
  return weighting ? changetype<Weighting>(weighting).positives : 0;
}

// @ts-ignore: decorator
@inline
export function smoothingOf(weighting: usize): f32 {
  return weighting ? changetype<Weighting>(weighting).smoothing : 0;
}

/** An element of weights by unit, 1 where there are none. */
// @ts-ignore: decorator
@inline
export function weightAt(weights: usize, unit: i32): f32 {
  return weights ? load<f32>(weights + (<usize>unit << 2)) : 1;
}
