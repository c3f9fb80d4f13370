/** Negatives drawn without replacement, each class with a probability of its own. */
import { drawWeighted, layAliases, sortIds } from '@hashgrad/kernels';
import { compactLists, writeForced } from '../unit-lists.ts';
import { Draws } from '../draws.ts';
import { checkShared } from '../random-units.ts';
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

/** Draws for a sample, at most, as a multiple of the units: beyond it, it is quicker to compute all units. */
const MOST_DRAWS = 100;

export function checkWeighted(spec: WeightedSpec, units: number): void {
  activeCount(spec.kind, spec, units);
  checkShared(spec.kind, spec.shared);
}

export class WeightedNegatives implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #shared: number;
  readonly #aliases: Uint32Array;
  readonly #lengths: Int32Array;
  readonly #corrections: Float32Array | undefined;
  readonly #draws: Draws;

  /** The weights, one a unit and above 0, need not add up to 1. */
  constructor(spec: WeightedSpec, weights: ArrayLike<number>, context: SelectorContext) {
    const { team, units, batch, seed, name } = context;
    const { arena } = team;
    this.maxActive = activeCount(spec.kind, spec, units);
    this.#context = context;
    this.#shared = spec.shared;
    if (this.maxActive < units) checkDraws(spec.kind, weights, this.maxActive);
    this.#aliases = layAliases(arena, weights);
    this.#lengths = arena.int32(batch);
    this.#corrections = spec.logQ ? arena.float32(batch * this.maxActive) : undefined;
    this.#draws = new Draws(seed, `${name} ${spec.kind}`);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, units, team } = this.#context;
    const { batch, training, forced } = selection;
    const { ids } = output;
    counts.time('choose', () => {
      const lengths = this.#lengths;
      writeForced(forced, ids, lengths, this.maxActive, batch);
      const corrections = forced ? this.#corrections : undefined;
      const lists = { ids, lengths, limit: this.maxActive, units, corrections };
      const draws = { ...this.#draws.next(training), aliases: this.#aliases, shared: this.#shared };
      drawWeighted(team, { ...lists, ...draws }, batch);
      if (!forced) sortIds(team, { ids, stride: this.maxActive, lengths, items: units }, batch);
      // All lists are full, so that nothing moves and the corrections stay beside their units.
      compactLists(output, this.maxActive, lengths, batch);
      output.corrections = corrections;
    });
    counts.add('choose', { comparisons: batch * this.maxActive });
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
    for (const view of [this.#aliases, this.#lengths, this.#corrections]) if (view) arena.free(view);
  }
}

/** Refuses weights so uneven, or a count so near to all, that drawing would not come to an end in good time. */
function checkDraws(kind: string, weights: ArrayLike<number>, count: number): void {
  let sum = 0;
  for (let u = 0; u < weights.length; u++) sum += weights[u]!;
  let expected = 0;
  const draws = MOST_DRAWS * weights.length;
  for (let u = 0; u < weights.length; u++) expected -= Math.expm1((-draws * weights[u]!) / sum);
  // One unit more must come, for the threshold.
  if (expected >= count + 0.5) return;
  throw new RangeError(
    `${kind}: ${count} different units of ${weights.length} are too many to draw by such uneven probabilities: ` +
      `${draws} draws are expected to give ${expected.toFixed(1)}. Have fewer, or all().`,
  );
}
