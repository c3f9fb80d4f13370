/** The units that are active most often, for all inputs: a hot set that is found once and stays. */
import { ListWriter } from '../unit-lists.ts';
import { AllActivations } from '../all-activations.ts';
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
import { arrayOf, countOf } from '../selector-state.ts';
import type { Known } from '../../spec/options.ts';

/** The hot set as plain JSON, see `mostActive`. */
export interface MostActiveSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'mostActive';
  /** Training steps in which it looks who is active, before it settles. */
  readonly observe: number;
}

/**
 * The `fraction` or `count` of units that were most often among the highest activations, from the first steps on: for
 * `observe` (default 100) training steps it computes all and chooses as topK does, and counts; after these its set is the
 * same for every input, and costs nothing. Among equals the lower units. (PowerInfer's hot neurons, Song et al. 2023.)
 */
export function mostActive(size: ActiveSize & { readonly observe?: number }): MostActiveSpec {
  return { kind: 'mostActive', observe: 100, ...size };
}

export const mostActiveSelector: SelectorDefinition = {
  kind: 'mostActive',
  options: { ...SIZE_OPTIONS, observe: true } satisfies Known<MostActiveSpec>,
  check(spec, units) {
    activeCount('mostActive', spec as MostActiveSpec, units);
    const { observe } = spec as MostActiveSpec;
    if (!(Number.isSafeInteger(observe) && observe >= 1)) {
      throw new RangeError(`mostActive: observe is a number of steps, 1 or more; got ${observe}.`);
    }
  },
  bind: (spec, context) => new MostActive(spec as MostActiveSpec, context),
};

class MostActive implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #observe: number;
  readonly #context: SelectorContext;
  readonly #activations: AllActivations;
  readonly #writer: ListWriter;
  /** How often each unit was among the highest. */
  readonly #times: Float64Array;
  /** Steps that were observed. */
  #steps = 0;
  #settled: Int32Array | undefined;

  constructor(spec: MostActiveSpec, context: SelectorContext) {
    this.maxActive = activeCount('mostActive', spec, context.units);
    this.#observe = spec.observe;
    this.#context = context;
    this.#activations = new AllActivations(context, this.maxActive);
    this.#writer = new ListWriter(context.units);
    this.#times = new Float64Array(context.units);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { input, batch, training } = selection;
    const { maxActive } = this;
    this.#context.counts.time('choose', () => {
      const settled = this.#settled;
      if (settled) return this.#writer.write(selection, output, maxActive, () => settled);
      const highest = this.#activations.highest(input, batch);
      if (training) for (let s = 0; s < batch; s++) for (const id of highest(s)) this.#times[id]!++;
      this.#writer.write(selection, output, maxActive, highest);
    });
  }

  updated(): void {
    if (this.#settled) return;
    this.#steps++;
    this.#settle();
  }

  state(): SelectorState {
    return { arrays: { times: this.#times }, values: { steps: this.#steps } };
  }

  restore(state: SelectorState): void {
    this.#times.set(arrayOf(state, 'times', Float64Array, this.#times.length));
    this.#steps = countOf(state, 'steps');
    this.#settled = undefined;
    this.#settle();
  }

  [Symbol.dispose](): void {
    this.#activations[Symbol.dispose]();
  }

  #settle(): void {
    if (this.#steps < this.#observe) return;
    const times = this.#times;
    const order = Int32Array.from(times.keys()).toSorted((a, b) => times[b]! - times[a]! || a - b);
    this.#settled = order.slice(0, this.maxActive).toSorted();
  }
}
