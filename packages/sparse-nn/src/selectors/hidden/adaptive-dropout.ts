/** Adaptive dropout ("AD" of the 2017 paper): units fire at random, those with high activations more often. */
import { fireUnits } from '@hashgrad/kernels';
import { compactLists, ListWriter } from '../unit-lists.ts';
import { AllActivations } from '../all-activations.ts';
import { Draws } from '../draws.ts';
import {
  activeCount,
  type ActiveSize,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import type { Known } from '../../spec/options.ts';

/** Adaptive dropout as plain JSON, see `adaptiveDropout`. */
export interface AdaptiveDropoutSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'adaptiveDropout';
  readonly alpha: number;
  /** In place of `fraction` or `count`: the same for all samples. */
  readonly beta?: number;
}

/**
 * Ba and Frey, NIPS 2013: unit u fires with probability sigmoid(alpha * z_u + beta), z_u being its weighted sum with bias,
 * which is computed for all units as topK does. `alpha` (default 1) says how much the activation matters: with 0 this is
 * dropout with a random number of units, with a large one the exact top k.
 *
 * How many fire: with `fraction` or `count`, each sample has the beta with which that many fire in expectation, so that
 * arms of a study compare at one active share. With `beta` it is as given, and the share is what comes of it; the report
 * has it. The number that fires varies around its mean by no more than its square root (the variance is the sum of
 * p (1 - p)); 8 of these above the mean there is no more room.
 *
 * In training and in a sparse evaluation what fires has its activation as it is, as with lsh and topK. A full pass is not
 * scaled by the probabilities to fire: evaluate with `pass: 'sparse'`.
 */
export function adaptiveDropout(
  parameters: ActiveSize & { readonly beta?: number; readonly alpha?: number },
): AdaptiveDropoutSpec {
  return { kind: 'adaptiveDropout', alpha: 1, ...parameters };
}

export const adaptiveDropoutSelector: SelectorDefinition = {
  kind: 'adaptiveDropout',
  options: { ...SIZE_OPTIONS, alpha: true, beta: true } satisfies Known<AdaptiveDropoutSpec>,
  check(spec, units) {
    const { alpha, beta, fraction, count } = spec as AdaptiveDropoutSpec;
    if (!(alpha >= 0 && alpha < Infinity)) {
      throw new RangeError(`adaptiveDropout: alpha is 0 or more; got ${alpha}.`);
    }
    if (beta === undefined) {
      const active = activeCount('adaptiveDropout', spec as AdaptiveDropoutSpec, units);
      if (active < units) return;
      throw new RangeError(`adaptiveDropout: all ${units} units would always fire; for that there is all().`);
    }
    if (fraction !== undefined || count !== undefined) {
      throw new RangeError('adaptiveDropout: give a fraction, a count or beta, and only one of them.');
    }
    if (!Number.isFinite(beta)) throw new RangeError(`adaptiveDropout: beta is a number; got ${beta}.`);
  },
  bind: (spec, context) => new AdaptiveDropout(spec as AdaptiveDropoutSpec, context),
};

class AdaptiveDropout implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #activations: AllActivations;
  readonly #alpha: number;
  /** Of the units, in expectation; 0 where beta is given. */
  readonly #share: number;
  readonly #betas: Float32Array;
  readonly #ids: Int32Array;
  readonly #lengths: Int32Array;
  readonly #writer: ListWriter;
  readonly #draws: Draws;

  constructor(spec: AdaptiveDropoutSpec, context: SelectorContext) {
    const { team, units, batch, seed, name } = context;
    const { arena } = team;
    this.#context = context;
    this.#activations = new AllActivations(context);
    this.#alpha = spec.alpha;
    this.#betas = arena.float32(batch).fill(spec.beta ?? 0);
    if (spec.beta === undefined) {
      const mean = activeCount('adaptiveDropout', spec, units);
      this.#share = mean / units;
      this.maxActive = Math.min(units, Math.ceil(mean + 8 * Math.sqrt(mean)));
    } else {
      this.#share = 0;
      this.maxActive = units;
    }
    this.#ids = arena.int32(batch * this.maxActive);
    this.#lengths = arena.int32(batch);
    this.#writer = new ListWriter(units);
    this.#draws = new Draws(seed, `${name} adaptive dropout`);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, team, units } = this.#context;
    const { input, batch, training, forced } = selection;
    counts.time('choose', () => {
      const { values, stride } = this.#activations.compute(input, batch);
      // Without forced units the lists are already what they must be.
      const ids = forced ? this.#ids : output.ids;
      const lists = { ids, lengths: this.#lengths, limit: this.maxActive };
      const rates = { betas: this.#betas, alpha: this.#alpha, share: this.#share };
      const activations = { values, stride, width: units };
      fireUnits(team, { ...lists, ...rates, ...activations, ...this.#draws.next(training) }, batch);
      this.#write(selection, output);
    });
    // A draw for each unit.
    counts.add('choose', { comparisons: batch * units });
  }

  #write(selection: Selection, output: SparseActivations): void {
    const lengths = this.#lengths;
    if (!selection.forced) return compactLists(output, this.maxActive, lengths, selection.batch);
    this.#writer.write(selection, output, this.maxActive, (s) => {
      return this.#ids.subarray(s * this.maxActive, s * this.maxActive + lengths[s]!);
    });
  }

  updated(): void {}

  state(): SelectorState {
    return this.#draws.state();
  }

  restore(state: SelectorState): void {
    this.#draws.restore(state);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#activations[Symbol.dispose]();
    for (const view of [this.#betas, this.#ids, this.#lengths]) arena.free(view);
  }
}
