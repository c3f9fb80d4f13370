/** Negatives by their frequency, to a power: the sampler of word2vec. */
import { correctionsBy } from '../log-q.ts';
import { checkFrequencies, weightsOf } from '../class-frequencies.ts';
import type { ActiveSize, SelectorDefinition } from '../selector.ts';
import { SIZE_OPTIONS } from '../selector.ts';
import { checkWeighted, WeightedNegatives, type WeightedSpec } from './weighted-negatives.ts';
import { type Known, isList, optionsOf, shown } from '../../spec/options.ts';

/** Negatives by frequency as plain JSON, see `frequency`. */
export interface FrequencySpec extends WeightedSpec {
  readonly kind: 'frequency';
  /** How often each class occurs: one number above 0 a unit, of any sum. */
  readonly frequencies: readonly number[];
  readonly power: number;
}

/**
 * A new subset for each sample of each step, drawn without replacement with probabilities proportional to frequency^power
 * (`power` 0.75 by default: Mikolov et al., NIPS 2013, section 2.2) from an alias table. In a training softmax the labels
 * are active beside it, and drawn no second time.
 *
 * `logQ` (default false) adds -log of a drawn class's expected count to its logit, so that the partition function is
 * estimated without bias: for draws without replacement the count is 1 - exp(-q T), given the time T at which the first
 * class comes that has no place (priority sampling; see the kernel drawWeighted). Its variance is finite from two drawn classes on. TensorFlow's formula for unique
 * candidates is this with the number of draws for T, and so an approximation. `shared` (default 1) samples in a row have
 * the same draws.
 */
export function frequency(
  parameters: ActiveSize & {
    readonly frequencies: ArrayLike<number>;
    readonly power?: number;
    readonly logQ?: boolean;
    readonly shared?: number;
  },
): FrequencySpec {
  const { frequencies: given } = optionsOf('frequency', parameters);
  if (!isList(given)) {
    throw new TypeError(`frequency: frequencies are numbers, one a class; got ${shown(given)}.`);
  }
  const frequencies = Array.from(given);
  return { kind: 'frequency', power: 0.75, logQ: false, shared: 1, ...parameters, frequencies };
}

export const frequencySelector: SelectorDefinition = {
  kind: 'frequency',
  options: {
    ...SIZE_OPTIONS,
    logQ: true,
    shared: true,
    frequencies: true,
    power: true,
  } satisfies Known<FrequencySpec>,
  check(spec, units) {
    const { frequencies, power } = spec as FrequencySpec;
    checkWeighted(spec as FrequencySpec, units);
    checkFrequencies('frequency', frequencies, units, true);
    if (!Number.isFinite(power)) throw new RangeError(`frequency: power is a number; got ${power}.`);
  },
  capabilities: (spec) => correctionsBy(spec as FrequencySpec),
  bind(spec, context) {
    const { frequencies, power } = spec as FrequencySpec;
    return new WeightedNegatives(spec as FrequencySpec, weightsOf(frequencies, power), context);
  },
};
