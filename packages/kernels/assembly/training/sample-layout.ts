// The records of a pass sample by sample (samples.ts); src/ops/training.ts writes them.

/** One layer of a network, and a batch's room for what flows through it. */
@unmanaged
export class SampleLayer {
  /** 0: rows of weights are units, and all fire. 1: they are units, of which each sample has some. 2: they are inputs. */
  kind: i32;
  /** Of activateDense. */
  activation: i32;
  /** Rows. */
  rows: usize;
  /** Kind 2: rows of no weights, the units' biases. Else 0. */
  biases: usize;
  units: i32;
  /** Kind 1: the units of sample s are ids[offsets[s]] to ids[offsets[s + 1] - 1]. */
  offsets: usize;
  /** Kind 0: 0, 1, 2, .... */
  ids: usize;
  /** f32: kind 1 laid out like the ids, else rows of `stride` floats. */
  values: usize;
  gradients: usize;
  stride: i32;
  /** Sparse, or 0 for a dense input. */
  sparse: usize;
  /** A dense input's rows. */
  inputs: usize;
  /** Laid out like the input; 0 if not wanted. */
  inputGradients: usize;
  inputStride: i32;
  inputWidth: i32;
  /** Kind 1, after a sparse input: room for its dense form, rows of `denseStride` floats. */
  dense: usize;
  denseGradients: usize;
  denseStride: i32;
  /** What outputs are divided by. */
  keep: f32;
  /** Dropout: its seed, limit (0 for none) and factor, see `dropout`. */
  seed: u32;
  limit: u32;
  factor: f32;
  /** Multiplies the optimizer's rate for this layer; 0: its weights stay as they are. */
  rateScale: f32;
}

/** A batch to be trained on. */
@unmanaged
export class SamplePass {
  /** SampleLayer, one after the other. */
  layers: usize;
  count: i32;
  /** 0 softmax cross-entropy, 1 sigmoid cross-entropy, 2 squared error. */
  loss: i32;
  /** f32, one a sample. */
  losses: usize;
  /** f64, where gradients are clipped by their norm: that of each layer, squared, `count` a sample, the last layer's first. */
  squares: usize;
  labelOffsets: usize;
  labels: usize;
  targets: usize;
  targetStride: i32;
  /** See softmaxCrossEntropy. */
  corrections: usize;
  /** Weighting, or 0. */
  weighting: usize;
  /** Optimizer, one a sample, OPTIMIZER_BYTES apart: each sample is a step of its own. */
  optimizers: usize;
  /** The norm to which a sample's gradient is clipped; 0 for none. */
  clipNorm: f32;
}
