/** Reference of the squared error, of one sample; softmax.ts says what `ids` and `scale` are. */
import { type LossResult, type SampleWeighting, UNWEIGHTED } from './weighting.ts';

/** The mean of weight * (output - target)^2 over the outputs; `targets` has one for each unit of the layer. */
export function squaredError(
  outputs: Float32Array,
  ids: Int32Array | undefined,
  targets: Float32Array,
  scale: number,
  { sample, outputs: weights }: SampleWeighting = UNWEIGHTED,
): LossResult {
  const weightOf = (i: number): number => sample * (weights?.[ids ? ids[i] : i] ?? 1);
  const errors = Float64Array.from(outputs, (output, i) => output - targets[ids ? ids[i] : i]);
  const squares = errors.map((error, i) => weightOf(i) * error ** 2);
  const gradient = Float32Array.from(errors, (error, i) => (2 * scale * weightOf(i) * error) / errors.length);
  return {
    gradient,
    loss: squares.reduce((total, square) => total + square, 0) / Math.max(errors.length, 1),
  };
}
