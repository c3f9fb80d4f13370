/** The exact top k of a layer's activations: the oracle ("WTA" of the 2017 paper), at the price of a dense layer. */
import { ListWriter } from '../unit-lists.ts';
import { AllActivations } from '../all-activations.ts';
import {
  activeCount,
  type ActiveSize,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
} from '../selector.ts';
import type { SparseActivations } from '../../layers/activations.ts';

/** The exact top k as plain JSON, see `topK`. */
export interface TopKSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'topK';
}

/** The units with the highest inner products, all of which are computed to know them. */
export function topK(size: ActiveSize): TopKSpec {
  return { kind: 'topK', ...size };
}

export const topKSelector: SelectorDefinition = {
  kind: 'topK',
  check: (spec, units) => void activeCount('topK', spec as TopKSpec, units),
  bind: (spec, context) => new TopK(activeCount('topK', spec as TopKSpec, context.units), context),
};

class TopK implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #activations: AllActivations;
  readonly #writer: ListWriter;

  constructor(maxActive: number, context: SelectorContext) {
    this.maxActive = maxActive;
    this.#context = context;
    this.#activations = new AllActivations(context, maxActive);
    this.#writer = new ListWriter(context.units);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { input, batch } = selection;
    this.#context.counts.time('choose', () => {
      const highest = this.#activations.highest(input, batch, this.maxActive);
      this.#writer.write(selection, output, this.maxActive, highest);
    });
  }

  updated(): void {}

  [Symbol.dispose](): void {
    this.#activations[Symbol.dispose]();
  }
}
