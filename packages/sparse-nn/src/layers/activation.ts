/** The activations of hidden layers, on whole batches. */
import {
  type Activation,
  ACTIVATION_KINDS,
  relu,
  reluGradient,
  sigmoid,
  sigmoidGradient,
  tanh,
  tanhGradient,
  type Team,
} from '@hashgrad/kernels';

/** What a hidden layer applies to its units' weighted sums. */
export type HiddenActivation = Activation;

export const ACTIVATIONS: readonly HiddenActivation[] = Object.keys(ACTIVATION_KINDS) as HiddenActivation[];

/** Applies an activation to the first `count` values, in place. */
export function activate(
  team: Team,
  activation: HiddenActivation,
  values: Float32Array,
  count: number,
): void {
  if (activation === 'relu') relu(team, { values }, count);
  else if (activation === 'sigmoid') sigmoid(team, { values }, count);
  else if (activation === 'tanh') tanh(team, { values }, count);
}

/**
 * From gradients with respect to a layer's outputs to those with respect to its weighted sums, in place. `values` are the
 * activations divided by `keep`, and the gradients are already with respect to the activations.
 */
export function activationGradient(
  team: Team,
  activation: HiddenActivation,
  gradients: Float32Array,
  values: Float32Array,
  keep: number,
  count: number,
): void {
  if (activation === 'relu') reluGradient(team, { gradients, values }, count);
  else if (activation === 'sigmoid') sigmoidGradient(team, { gradients, values, keep }, count);
  else if (activation === 'tanh') tanhGradient(team, { gradients, values, keep }, count);
}
