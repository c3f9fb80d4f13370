/** An oracle that errs by a known share: how good must a choice be? */
import { randomStream } from '@hashgrad/kernels';
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
import { countOf } from '../selector-state.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import type { Known } from '../../spec/options.ts';

/** The oracle that errs as plain JSON, see `noisyTopK`. */
export interface NoisyTopKSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'noisyTopK';
  /** The share of the units with the highest inner products that is chosen, from 0 to 1. */
  readonly overlap: number;
  /** Whether it errs the same way whenever a row comes again. */
  readonly persistent: boolean;
}

/**
 * Of the units with the highest inner products the share `overlap`, drawn at random, and in the place of the others as many units
 * that are not among them, at random, too: for ablations, since it costs what `topK` does. With `persistent` (default false) what
 * it leaves out and what it takes are the same whenever a row comes again, as long as the row's highest are; else they are drawn
 * anew at each training step.
 */
export function noisyTopK(
  parameters: ActiveSize & { readonly overlap: number; readonly persistent?: boolean },
): NoisyTopKSpec {
  return { kind: 'noisyTopK', persistent: false, ...parameters };
}

export const noisyTopKSelector: SelectorDefinition = {
  kind: 'noisyTopK',
  options: { ...SIZE_OPTIONS, overlap: true, persistent: true } satisfies Known<NoisyTopKSpec>,
  check(spec, units) {
    const count = activeCount('noisyTopK', spec as NoisyTopKSpec, units);
    const { overlap, persistent } = spec as NoisyTopKSpec;
    if (!(typeof overlap === 'number' && overlap >= 0 && overlap <= 1)) {
      throw new RangeError(`noisyTopK: overlap is a share from 0 to 1; got ${String(overlap)}.`);
    }
    if (typeof persistent !== 'boolean') {
      throw new RangeError(`noisyTopK: persistent is true or false; got ${String(persistent)}.`);
    }
    const wrong = count - keptOf(count, overlap);
    if (wrong > units - count) {
      throw new RangeError(
        `noisyTopK: in the place of ${wrong} of the ${count} highest it wants as many others, and ${units} units have ` +
          `${units - count}.`,
      );
    }
  },
  bind: (spec, context) => new NoisyTopK(spec as NoisyTopKSpec, context),
};

/** How many of the highest are chosen. */
function keptOf(count: number, overlap: number): number {
  return Math.round(overlap * count);
}

class NoisyTopK implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #kept: number;
  readonly #persistent: boolean;
  readonly #context: SelectorContext;
  readonly #activations: AllActivations;
  readonly #writer: ListWriter;
  /** Training steps so far: no two of them err alike. */
  #step = 0;

  constructor(spec: NoisyTopKSpec, context: SelectorContext) {
    this.maxActive = activeCount('noisyTopK', spec, context.units);
    this.#kept = keptOf(this.maxActive, spec.overlap);
    this.#persistent = spec.persistent;
    this.#context = context;
    this.#activations = new AllActivations(context, this.maxActive);
    this.#writer = new ListWriter(context.units);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { input, batch, training } = selection;
    this.#context.counts.time('choose', () => {
      const highest = this.#activations.highest(input, batch);
      // Rows that are alike err alike, unless a training step tells them apart.
      const rows = selection.samples();
      const step = training && !this.#persistent ? `${this.#step++} ` : '';
      this.#writer.write(selection, output, this.maxActive, (s) =>
        this.#errOn(highest(s), step === '' ? String(rows[s]) : `${step}${s}`),
      );
    });
  }

  updated(): void {}

  state(): SelectorState {
    return { values: { step: this.#step } };
  }

  restore(state: SelectorState): void {
    this.#step = countOf(state, 'step');
  }

  [Symbol.dispose](): void {
    this.#activations[Symbol.dispose]();
  }

  /** Some of the highest, and others, ascending. */
  #errOn(highest: Int32Array, occasion: string): Int32Array {
    const { seed, name, units } = this.#context;
    const random = randomStream(seed, `${name} noise ${occasion}`);
    const chosen = Int32Array.from(highest);
    for (let i = 0; i < this.#kept; i++) {
      const j = i + random.integer(chosen.length - i);
      [chosen[i], chosen[j]] = [chosen[j]!, chosen[i]!];
    }
    const taken = new Set(highest);
    for (let i = this.#kept; i < chosen.length; i++) {
      let unit = random.integer(units);
      while (taken.has(unit)) unit = random.integer(units);
      taken.add(unit);
      chosen[i] = unit;
    }
    return chosen.toSorted();
  }
}
