/** Negatives by Zipf's law: classes in the order of their frequency, none of which need be known. */
import { correctionsBy } from '../log-q.ts';
import type { ActiveSize, SelectorDefinition } from '../selector.ts';
import { SIZE_OPTIONS } from '../selector.ts';
import { checkWeighted, WeightedNegatives, type WeightedSpec } from './weighted-negatives.ts';
import type { Known } from '../../spec/options.ts';

/** Negatives by Zipf's law as plain JSON, see `logUniform`. */
export interface LogUniformSpec extends WeightedSpec {
  readonly kind: 'logUniform';
}

/**
 * A new subset for each sample of each step, drawn without replacement: class c with probability log((c + 2) / (c + 1)) /
 * log(classes + 1), about 1 / c. Classes must be numbered by decreasing frequency; it is the sampler that TensorFlow's
 * sampled softmax has by default. In a training softmax the labels are active beside it.
 *
 * `logQ` (default false) adds -log of a drawn class's expected count to its logit, as frequency() does. `shared` (default
 * 1) samples in a row have the same draws.
 */
export function logUniform(
  parameters: ActiveSize & { readonly logQ?: boolean; readonly shared?: number },
): LogUniformSpec {
  return { kind: 'logUniform', logQ: false, shared: 1, ...parameters };
}

export const logUniformSelector: SelectorDefinition = {
  kind: 'logUniform',
  options: { ...SIZE_OPTIONS, logQ: true, shared: true } satisfies Known<LogUniformSpec>,
  check: (spec, units) => checkWeighted(spec as LogUniformSpec, units),
  capabilities: (spec) => correctionsBy(spec as LogUniformSpec),
  bind(spec, context) {
    const weights = Float64Array.from({ length: context.units }, (_, c) => Math.log1p(1 / (c + 1)));
    return new WeightedNegatives(spec as LogUniformSpec, weights, context);
  },
};
