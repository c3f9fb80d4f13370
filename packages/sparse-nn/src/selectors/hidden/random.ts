/** Selectors that do not look at the input: a random subset, drawn anew each time or once for all. */
import { randomStream, sortIds } from '@hashgrad/kernels';
import { compactLists, ListWriter, writeForced } from '../unit-lists.ts';
import { correctionsBy } from '../log-q.ts';
import { checkShared, RandomUnits } from '../random-units.ts';
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

/** Random subsets as plain JSON, see `random`. */
export interface RandomSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'random';
  /** In a training softmax: corrects the logits of drawn classes for their probability. */
  readonly logQ: boolean;
  /** Samples in a row that have the same draws: fewer rows of the weights are visited, by more samples each. */
  readonly shared: number;
}

/** A subset that stays, as plain JSON, see `fixed`. */
export interface FixedSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'fixed';
}

/**
 * A new random subset for each sample of each step. In a hidden layer this is dropout (Srivastava et al. 2014; "VD" of
 * the 2017 paper): activations are divided by the share that is kept, so that a pass over all units needs no change. In
 * a softmax it is uniform negative sampling beside the labels; `logQ` (default false) makes the sampled softmax an
 * unbiased estimate of the whole one's partition function. `shared` (default 1) samples in a row have the same draws.
 */
export function random(
  parameters: ActiveSize & { readonly logQ?: boolean; readonly shared?: number },
): RandomSpec {
  return { kind: 'random', logQ: false, shared: 1, ...parameters };
}

/** One random subset for all samples, drawn once: a narrow network inside a wide one. */
export function fixed(size: ActiveSize): FixedSpec {
  return { kind: 'fixed', ...size };
}

export const randomSelector: SelectorDefinition = {
  kind: 'random',
  options: { ...SIZE_OPTIONS, logQ: true, shared: true } satisfies Known<RandomSpec>,
  check(spec, units) {
    activeCount('random', spec as RandomSpec, units);
    checkShared('random', (spec as RandomSpec).shared);
  },
  capabilities: (spec) => correctionsBy(spec as RandomSpec),
  bind: (spec, context) => new Random(spec as RandomSpec, context),
};

export const fixedSelector: SelectorDefinition = {
  kind: 'fixed',
  options: SIZE_OPTIONS satisfies Known<FixedSpec>,
  check: (spec, units) => void activeCount('fixed', spec as FixedSpec, units),
  bind(spec, context) {
    const maxActive = activeCount('fixed', spec as FixedSpec, context.units);
    const subset = drawSubset(randomStream(context.seed, `${context.name} fixed`), context.units, maxActive);
    const writer = new ListWriter(context.units);
    return {
      maxActive,
      keepProbability: 1,
      select: (selection, output) =>
        context.counts.time('choose', () => writer.write(selection, output, maxActive, () => subset)),
      updated: () => {},
      [Symbol.dispose]: () => {},
    };
  },
};

class Random implements Selector {
  readonly maxActive: number;
  readonly keepProbability: number;
  readonly #context: SelectorContext;
  readonly #units: RandomUnits;
  readonly #lengths: Int32Array;
  readonly #corrections: Float32Array | undefined;

  constructor(spec: RandomSpec, context: SelectorContext) {
    const { team, units, batch, seed, name } = context;
    this.maxActive = activeCount('random', spec, units);
    this.keepProbability = this.maxActive / units;
    this.#context = context;
    this.#units = new RandomUnits(team, units, seed, `${name} random`, spec.shared);
    this.#lengths = team.arena.int32(batch);
    this.#corrections = spec.logQ ? team.arena.float32(batch * this.maxActive) : undefined;
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, units, team } = this.#context;
    const { batch, training, forced } = selection;
    const { ids } = output;
    counts.time('choose', () => {
      const lengths = this.#lengths;
      const corrections = forced && this.#corrections;
      writeForced(forced, ids, lengths, this.maxActive, batch);
      this.#units.fillUp({ ids, lengths, limit: this.maxActive }, batch, training, corrections);
      if (!forced) sortIds(team, { ids, stride: this.maxActive, lengths, items: units }, batch);
      compactLists(output, this.maxActive, lengths, batch);
      output.corrections = corrections;
    });
    counts.add('choose', { comparisons: batch * this.maxActive });
  }

  updated(): void {}

  state(): SelectorState {
    return { values: { draws: this.#units.step } };
  }

  restore(state: SelectorState): void {
    this.#units.step = countOf(state, 'draws');
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    arena.free(this.#lengths);
    if (this.#corrections) arena.free(this.#corrections);
  }
}

/** `count` of the units, ascending. */
function drawSubset(stream: ReturnType<typeof randomStream>, units: number, count: number): Int32Array {
  const all = Int32Array.from({ length: units }, (_, unit) => unit);
  for (let i = 0; i < count; i++) {
    const j = i + stream.integer(units - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count).toSorted();
}
