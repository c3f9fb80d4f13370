/** What references of losses give, and how samples and outputs count. */

/** What one sample's outputs give. */
export interface LossResult {
  /** The loss's gradient with respect to the outputs, times `scale`. */
  readonly gradient: Float32Array;
  readonly loss: number;
}

/** How much a sample and its outputs count, and how its targets are smoothed; see WeightingFields. */
export interface SampleWeighting {
  readonly sample: number;
  readonly outputs?: Float32Array | undefined;
  readonly positives?: Float32Array | undefined;
  readonly smoothing: number;
}

/** All count 1. */
export const UNWEIGHTED: SampleWeighting = { sample: 1, smoothing: 0 };
