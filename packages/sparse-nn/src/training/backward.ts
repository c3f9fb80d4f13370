/** The backward pass through all layers, with the update of their weights. */
import type { BoundOptimizer } from '../optimizers/bound-optimizer.ts';
import type { Layer } from '../layers/layer.ts';
import type { Activations } from '../layers/activations.ts';

/**
 * From the gradients in the last layer's output. Where the optimizer clips by the norm of the whole gradient, that is
 * measured first: sparse layers, which update a row as soon as its gradient is complete, then gather it again.
 * Below the first layer that is trainable no gradients are needed, unless `needsInputGradient` asks for those with respect to `input`.
 * The squared norm of the gradient with respect to each layer's weights, the last layer's first, where it was measured; if that
 * is not finite, nothing was updated.
 */
export function backward(
  layers: readonly Layer[],
  input: Activations,
  batch: number,
  optimizer: BoundOptimizer,
  needsInputGradient: boolean,
): readonly number[] {
  const { clipNorm } = optimizer.spec;
  const from = (l: number): Activations => (l === 0 ? input : layers[l - 1]!.output);
  const downwards = [...layers.entries()].toReversed();
  const first = needsInputGradient ? -1 : layers.findIndex((layer) => layer.optimizer.trainable);
  if (clipNorm === undefined) {
    for (const [l, layer] of downwards) layer.backward(from(l), batch, l > first, 'update');
    return [];
  }
  const squares = downwards.map(([l, layer]) => {
    layer.backward(from(l), batch, l > first, 'measure');
    return layer.squaredNorm();
  });
  const norm = Math.sqrt(squares.reduce((total, square) => total + square, 0));
  if (!Number.isFinite(norm)) return squares;
  if (norm > clipNorm) optimizer.scaleGradients(clipNorm / norm);
  for (const [l, layer] of downwards) layer.backward(from(l), batch, false, 'apply');
  return squares;
}
