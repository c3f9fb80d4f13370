/** Gradient descent. */
import { given, type OptimizerDefinition, type OwnOptions, type StepOptions } from './definition.ts';

/** Gradient descent as plain JSON, see `sgd`. */
export interface SgdSpec extends StepOptions {
  readonly kind: 'sgd';
}

const OPTIONS: OwnOptions<SgdSpec> = {};

/** w -= rate g. */
export function sgd(parameters: Omit<SgdSpec, 'kind'>): SgdSpec {
  return { kind: 'sgd', ...given('sgd', parameters, OPTIONS) };
}

export const sgdDefinition: OptimizerDefinition<SgdSpec> = {
  options: OPTIONS,
  multiplyAdds: 1,
  check() {},
  moments: () => ({}),
  settings: () => ({ kind: 'sgd', beta1: 0, beta2: 0, epsilon: 0 }),
};
