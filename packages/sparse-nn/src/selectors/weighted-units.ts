/**
 * Random units for lists of active ones, each with a probability of its own, drawn without replacement by the kernel
 * drawWeighted: sampled negatives, padding.
 */
import { drawWeighted, layAliases } from '@hashgrad/kernels';
import { Draws } from './draws.ts';
import type { SelectorContext } from './selector.ts';

/** Draws for a sample, at most, as a multiple of the units: beyond it, it is quicker to compute all units. */
const MOST_DRAWS = 100;

/** What is drawn, for lists of so many units at most. */
export interface WeightedDraws {
  /** Of the selector, for messages. */
  readonly kind: string;
  /** One a unit, above 0; they need not add up to 1. */
  readonly weights: ArrayLike<number>;
  readonly limit: number;
  /** Samples in a row that have the same draws. */
  readonly shared: number;
}

export class WeightedUnits implements Disposable {
  readonly #context: SelectorContext;
  readonly #given: WeightedDraws;
  readonly #aliases: Uint32Array;
  readonly #draws: Draws;

  /** `name` tells this user of the seed from others. @throws {RangeError} if the weights are too uneven for the limit. */
  constructor(given: WeightedDraws, name: string, context: SelectorContext) {
    const { team, seed, units } = context;
    const { kind, weights, limit } = given;
    this.#context = context;
    this.#given = given;
    if (limit < units) checkDraws(kind, weights, limit);
    this.#aliases = layAliases(team.arena, weights);
    this.#draws = new Draws(seed, name);
  }

  /** Draws of training so far: what makes the next ones. */
  get step(): number {
    return this.#draws.count;
  }

  set step(step: number) {
    this.#draws.count = step;
  }

  /**
   * Fills each of `batch` lists (`lengths[s]` ids at s * limit) up to the limit. `corrections`, laid out as `ids`, become 0
   * for the ids that were there, and -log of the probability of inclusion for those that are drawn.
   */
  fillUp(
    ids: Int32Array,
    lengths: Int32Array,
    batch: number,
    training: boolean,
    corrections: Float32Array | undefined,
  ): void {
    const { team, units } = this.#context;
    const { limit, shared } = this.#given;
    const lists = { ids, lengths, limit, units, corrections };
    drawWeighted(team, { ...lists, ...this.#draws.next(training), aliases: this.#aliases, shared }, batch);
  }

  [Symbol.dispose](): void {
    this.#context.team.arena.free(this.#aliases);
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
