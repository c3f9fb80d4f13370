/** Negatives drawn without replacement, each class with a probability of its own. */
import { sortIds } from '@hashgrad/kernels';
import { compactLists, writeForced } from '../unit-lists.ts';
import { checkShared } from '../random-units.ts';
import { countOf } from '../selector-state.ts';
import { WeightedUnits } from '../weighted-units.ts';
import {
  activeCount,
  type ActiveSize,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import type { SparseActivations } from '../../layers/activations.ts';

/** What samplers of negatives have in common. */
export interface WeightedSpec extends SelectorSpec, ActiveSize {
  /** In a training softmax or sigmoid: corrects the logits of drawn classes for their expected count. */
  readonly logQ: boolean;
  /** Samples in a row that have the same draws. */
  readonly shared: number;
}

export function checkWeighted(spec: WeightedSpec, units: number): void {
  activeCount(spec.kind, spec, units);
  checkShared(spec.kind, spec.shared);
}

export class WeightedNegatives implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #drawn: WeightedUnits;
  readonly #lengths: Int32Array;
  readonly #corrections: Float32Array | undefined;

  /** The weights, one a unit and above 0, need not add up to 1. */
  constructor(spec: WeightedSpec, weights: ArrayLike<number>, context: SelectorContext) {
    const { team, units, batch, name } = context;
    const { arena } = team;
    const { kind, shared } = spec;
    this.maxActive = activeCount(kind, spec, units);
    this.#context = context;
    this.#drawn = new WeightedUnits(
      { kind, weights, limit: this.maxActive, shared },
      `${name} ${kind}`,
      context,
    );
    this.#lengths = arena.int32(batch);
    this.#corrections = spec.logQ ? arena.float32(batch * this.maxActive) : undefined;
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, units, team } = this.#context;
    const { batch, training, forced } = selection;
    const { ids } = output;
    counts.time('choose', () => {
      const lengths = this.#lengths;
      writeForced(forced, ids, lengths, this.maxActive, batch);
      const corrections = forced ? this.#corrections : undefined;
      this.#drawn.fillUp(ids, lengths, batch, training, corrections);
      if (!forced) sortIds(team, { ids, stride: this.maxActive, lengths, items: units }, batch);
      // All lists are full, so that nothing moves and the corrections stay beside their units.
      compactLists(output, this.maxActive, lengths, batch);
      output.corrections = corrections;
    });
    counts.add('choose', { comparisons: batch * this.maxActive });
  }

  updated(): void {}

  state(): SelectorState {
    return { values: { draws: this.#drawn.step } };
  }

  restore(state: SelectorState): void {
    this.#drawn.step = countOf(state, 'draws');
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#drawn[Symbol.dispose]();
    for (const view of [this.#lengths, this.#corrections]) if (view) arena.free(view);
  }
}
