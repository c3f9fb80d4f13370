/** The exact top k of a layer's activations: the oracle ("WTA" of the 2017 paper), at the price of a dense layer. */
import { ListWriter } from '../unit-lists.ts';
import { AllActivations } from '../all-activations.ts';
import { type Balance, withBalance } from '../balance.ts';
import { balanceCapabilities, checkBalance, type BalanceSpec } from '../balance-spec.ts';
import {
  activeCount,
  type ActiveSize,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
} from '../selector.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import type { Known } from '../../spec/options.ts';

/** The exact top k as plain JSON, see `topK`. */
export interface TopKSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'topK';
  /** How the choice is spread over the units. Default: not at all. */
  readonly balance?: BalanceSpec;
}

/**
 * The units with the highest inner products, all of which are computed to know them. In a hidden layer many units may never
 * be among them, and then never learn: `balance` (`balanceByBias()` and others) spreads the choice.
 */
export function topK(parameters: ActiveSize & Partial<Pick<TopKSpec, 'balance'>>): TopKSpec {
  return { kind: 'topK', ...parameters };
}

export const topKSelector: SelectorDefinition = {
  kind: 'topK',
  options: { ...SIZE_OPTIONS, balance: true } satisfies Known<TopKSpec>,
  check(spec, units) {
    const count = activeCount('topK', spec as TopKSpec, units);
    checkBalance('topK', (spec as TopKSpec).balance, count / units);
  },
  capabilities: (spec) => balanceCapabilities((spec as TopKSpec).balance),
  bind(spec, context) {
    const count = activeCount('topK', spec as TopKSpec, context.units);
    const { balance } = spec as TopKSpec;
    return withBalance(balance, context, count, (bound) => new TopK(count, context, bound));
  },
};

class TopK implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #activations: AllActivations;
  readonly #writer: ListWriter;
  readonly #balance: Balance | undefined;

  constructor(maxActive: number, context: SelectorContext, balance: Balance | undefined) {
    this.#balance = balance;
    this.maxActive = maxActive;
    this.#context = context;
    this.#activations = new AllActivations(context, maxActive);
    this.#writer = new ListWriter(context.units);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { input, batch } = selection;
    this.#context.counts.time('choose', () => {
      const highest = this.#activations.highest(input, batch, this.#balance);
      this.#writer.write(selection, output, this.maxActive, highest);
    });
  }

  updated(): void {}

  [Symbol.dispose](): void {
    this.#activations[Symbol.dispose]();
  }
}
