/** Gradient descent. */
import type { OptimizerDefinition, StepOptions } from './definition.ts';

/** Gradient descent as plain JSON, see `sgd`. */
export interface SgdSpec extends StepOptions {
  readonly kind: 'sgd';
}

/** w -= rate g. */
export function sgd(parameters: Omit<SgdSpec, 'kind'>): SgdSpec {
  return { kind: 'sgd', ...parameters };
}

export const sgdDefinition: OptimizerDefinition<SgdSpec> = {
  multiplyAdds: 1,
  check() {},
  moments: () => ({}),
  settings: () => ({ kind: 'sgd', beta1: 0, beta2: 0, epsilon: 0 }),
};
