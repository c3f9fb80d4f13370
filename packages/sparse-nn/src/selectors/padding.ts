/** Filling up the lists that selectors leave short: with random units, by frequency, or with the labels of the batch. */
import { randomStream, sortIds } from '@hashgrad/kernels';
import { BatchLabels } from './batch-labels.ts';
import { checkFrequencies, weightsOf } from './class-frequencies.ts';
import { checkShared, RandomUnits } from './random-units.ts';
import type { Padding, Selection, SelectorContext, SelectorState } from './selector.ts';
import { countOf, streamOf } from './selector-state.ts';
import { WeightedUnits } from './weighted-units.ts';
import type { Known } from '../spec/options.ts';

/** How short lists are filled up; plain JSON. */
export interface PaddingOptions {
  /**
   * false: not at all. 'uniform': by units drawn uniformly. 'frequency': by units drawn in proportion to their frequency to
   * the power of `power`. 'batch': in training, by the labels of the batch's other samples, as far as these go. The share
   * that is padding is reported.
   */
  readonly pad: false | 'uniform' | 'frequency' | 'batch';
  /** Of 'frequency', and of 'batch' with `logQ`: in how many rows each class occurs. */
  readonly frequencies?: readonly number[];
  /** Of 'frequency'. Default 0.75, word2vec's. */
  readonly power?: number;
  /** Of 'batch' with `logQ`: the rows that the frequencies are of. Default: their sum. */
  readonly rows?: number;
  /** In a training softmax or sigmoid: corrects the logits of padding for the probability with which it is there. */
  readonly logQ: boolean;
  /** Samples in a row that have the same random padding. */
  readonly shared: number;
}

/** Their names. */
export const PADDING_OPTIONS: Known<PaddingOptions> = {
  pad: true,
  frequencies: true,
  power: true,
  rows: true,
  logQ: true,
  shared: true,
};

const POWER = 0.75;

/** @throws {RangeError} if an option makes no sense for a layer of so many units. */
export function checkPadding(kind: string, options: PaddingOptions, units: number): void {
  const { pad, frequencies, power, rows, logQ, shared } = options;
  const refuse = (what: string): never => {
    throw new RangeError(`${kind}: ${what}`);
  };
  if (pad !== false && pad !== 'uniform' && pad !== 'frequency' && pad !== 'batch') {
    refuse(`pad is false, 'uniform', 'frequency' or 'batch'; got ${JSON.stringify(pad)}.`);
  }
  checkShared(kind, shared);
  if (logQ && pad === false) refuse("logQ corrects the logits of padding; it needs pad, such as 'uniform'.");
  const counted = pad === 'frequency' || (pad === 'batch' && logQ);
  if (counted !== (frequencies !== undefined)) {
    refuse("frequencies go with pad 'frequency', and with pad 'batch' and logQ, which need them.");
  }
  if (counted) checkFrequencies(kind, frequencies!, units, pad === 'frequency');
  if (power !== undefined && !(pad === 'frequency' && Number.isFinite(power))) {
    refuse(`power is a number that goes with pad 'frequency'; got ${power}.`);
  }
  if (rows === undefined) return;
  if (!(pad === 'batch' && counted)) refuse("rows go with pad 'batch' and logQ.");
  const most = frequencies!.reduce((largest, f) => Math.max(largest, f), 0);
  if (!(rows >= most && rows < Infinity)) {
    refuse(`rows are at least the largest frequency, ${most}; got ${rows}.`);
  }
}

/** Lists in an array, a sample's at s * stride, of `lengths[s]` ids. */
export interface OpenLists {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
}

export class ListPadding implements Disposable {
  readonly #context: SelectorContext;
  readonly #limit: number;
  readonly #drawn: RandomUnits | WeightedUnits | BatchLabels;
  /** Units of each list that are no padding. */
  readonly #found: Int32Array;
  readonly #corrections: Float32Array | undefined;
  #active = 0;
  #padded = 0;

  /** For lists of `limit` units. @throws {RangeError} if the frequencies are too uneven for that. */
  constructor(kind: string, options: PaddingOptions, limit: number, context: SelectorContext) {
    const { team, batch } = context;
    this.#context = context;
    this.#limit = limit;
    this.#drawn = sourceOf(kind, options, limit, context);
    this.#found = new Int32Array(batch);
    this.#corrections = options.logQ ? team.arena.float32(batch * limit) : undefined;
  }

  /** What it did in training so far. */
  get padding(): Padding {
    return { chosen: this.#active, padded: this.#padded };
  }

  /**
   * Fills lists up, and sorts them where no unit is forced.
   * @returns Corrections of the logits, one list's after the other's, where they are wanted.
   */
  fill({ batch, training, forced }: Selection, { ids, lengths }: OpenLists): Float32Array | undefined {
    const { team, units, counts } = this.#context;
    const [limit, drawn, found] = [this.#limit, this.#drawn, this.#found];
    const corrections = forced && this.#corrections;
    found.set(lengths.subarray(0, batch));
    if (drawn instanceof RandomUnits) {
      // Lists are full, so that corrections lie one list's after the other's.
      drawn.fillUp({ ids, lengths, limit }, batch, training, corrections);
    } else if (drawn instanceof WeightedUnits) {
      drawn.fillUp(ids, lengths, batch, training, corrections);
    } else if (forced) {
      const room = limit - found.subarray(0, batch).reduce((most, length) => Math.max(most, length), 0);
      drawn.gather(forced, batch, room);
      let to = 0;
      for (let s = 0; s < batch; s++) {
        const own = corrections?.subarray(to);
        const list = ids.subarray(s * limit, s * limit + limit);
        lengths[s] = drawn.addTo({ ids: list, first: 0, length: found[s]!, limit, corrections: own });
        to += lengths[s]!;
      }
    }
    let [active, padded] = [0, 0];
    for (let s = 0; s < batch; s++) {
      active += lengths[s]!;
      padded += lengths[s]! - found[s]!;
    }
    counts.add('choose', { comparisons: padded });
    if (!forced) sortIds(team, { ids, stride: limit, lengths, items: units }, batch);
    if (training) {
      this.#active += active;
      this.#padded += padded;
    }
    return corrections;
  }

  /** What a checkpoint keeps. */
  state(): Record<string, unknown> {
    const drawn = this.#drawn;
    const counters = { active: this.#active, padded: this.#padded };
    if (drawn instanceof BatchLabels) return { ...counters, draws: 0, batch: drawn.random.state() };
    return { ...counters, draws: drawn.step };
  }

  restore(state: SelectorState): void {
    const drawn = this.#drawn;
    this.#active = countOf(state, 'active');
    this.#padded = countOf(state, 'padded');
    if (drawn instanceof BatchLabels) drawn.random = streamOf(state, 'batch');
    else drawn.step = countOf(state, 'draws');
  }

  [Symbol.dispose](): void {
    if (this.#drawn instanceof WeightedUnits) this.#drawn[Symbol.dispose]();
    if (this.#corrections) this.#context.team.arena.free(this.#corrections);
  }
}

function sourceOf(
  kind: string,
  { pad, frequencies = [], power = POWER, rows, logQ, shared }: PaddingOptions,
  limit: number,
  context: SelectorContext,
): RandomUnits | WeightedUnits | BatchLabels {
  const { team, units, seed, name } = context;
  const stream = `${name} padding`;
  if (pad === 'batch') {
    const given = logQ ? { frequencies, rows } : undefined;
    return new BatchLabels(kind, units, given, randomStream(seed, stream));
  }
  if (pad !== 'frequency') return new RandomUnits(team, units, seed, stream, shared);
  const weights = weightsOf(frequencies, power);
  return new WeightedUnits({ kind, weights, limit, shared }, stream, context);
}
