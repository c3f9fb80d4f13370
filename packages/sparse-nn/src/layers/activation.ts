/** The activations of hidden layers, on whole batches. */
import type { Team } from '@hashgrad/kernels';

/** What a hidden layer applies to its units' weighted sums. */
export type HiddenActivation = 'relu' | 'linear' | 'sigmoid' | 'tanh';

/** By the number that stands for each in the kernel activateDense. */
export const ACTIVATIONS: readonly HiddenActivation[] = ['linear', 'relu', 'sigmoid', 'tanh'];

/** Applies an activation to the first `count` values, in place. */
export function activate(
  team: Team,
  activation: HiddenActivation,
  values: Float32Array,
  count: number,
): void {
  if (activation !== 'linear') team.run(activation, [team.arena.address(values)], count);
}

/**
 * From gradients by a layer's outputs to those by its weighted sums, in place. `values` are the activations divided by
 * `keep`, and the gradients are already by the activations.
 */
export function activationGradient(
  team: Team,
  activation: HiddenActivation,
  gradients: Float32Array,
  values: Float32Array,
  keep: number,
  count: number,
): void {
  const [to, from] = [team.arena.address(gradients), team.arena.address(values)] as const;
  if (activation === 'relu') team.run('reluGradient', [to, from], count);
  else if (activation === 'sigmoid') team.run('sigmoidGradient', [to, from, keep], count);
  else if (activation === 'tanh') team.run('tanhGradient', [to, from, keep], count);
}
