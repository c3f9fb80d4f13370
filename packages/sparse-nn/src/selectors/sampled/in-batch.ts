/** In-batch negatives: the labels of the other samples of the batch. */
import { randomStream, type RandomStream } from '@hashgrad/kernels';
import { correctionsBy } from '../log-q.ts';
import { checkFrequencies } from './class-frequencies.ts';
import {
  activeCount,
  type ActiveSize,
  type Labels,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import { streamOf } from '../selector-state.ts';

/** In-batch negatives as plain JSON, see `inBatch`. */
export interface InBatchSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'inBatch';
  /** Corrects the logits of the others' labels for their expected count. */
  readonly logQ: boolean;
  /** With logQ: in how many rows each class occurs. */
  readonly frequencies?: readonly number[];
  /** Of how many rows; by default the sum of the frequencies, which is right where each row has one label. */
  readonly rows?: number;
}

/**
 * In a training softmax or sigmoid each sample has its own labels active, and those of the other samples of its batch, at
 * most `fraction` or `count` in all: if there are more, a random part of the others' labels, another each step. These rows
 * of the weights are visited anyway, and come as often as they are frequent.
 *
 * `logQ` (default false; with `frequencies`) adds -log of a class's expected count to its logit (Yi et al., RecSys 2019):
 * class c is a label of one of the B - 1 other samples with probability 1 - (1 - frequencies[c] / rows)^(B - 1), and
 * kept with the share that finds a place. So the partition function over all classes that occur is estimated without bias
 * where rows are drawn independently; an epoch draws them without replacement, and the formula approximates that.
 *
 * In an evaluation nobody knows the labels, and a sparse pass finds nothing: evaluate with `pass: 'full'`.
 */
export function inBatch(
  parameters: ActiveSize & {
    readonly logQ?: boolean;
    readonly frequencies?: ArrayLike<number>;
    readonly rows?: number;
  },
): InBatchSpec {
  const { frequencies, ...others } = parameters;
  const spec: InBatchSpec = { kind: 'inBatch', logQ: false, ...others };
  return frequencies ? { ...spec, frequencies: Array.from(frequencies) } : spec;
}

export const inBatchSelector: SelectorDefinition = {
  kind: 'inBatch',
  check(spec, units) {
    const { logQ, frequencies, rows } = spec as InBatchSpec;
    activeCount('inBatch', spec as InBatchSpec, units);
    if (logQ !== (frequencies !== undefined)) {
      throw new RangeError('inBatch: logQ needs frequencies, and they are for logQ only.');
    }
    if (!frequencies) {
      if (rows !== undefined) throw new RangeError('inBatch: rows go with frequencies.');
      return;
    }
    checkFrequencies('inBatch', frequencies, units, false);
    const most = frequencies.reduce((largest, f) => Math.max(largest, f), 0);
    if (rows !== undefined && !(rows >= most && rows < Infinity)) {
      throw new RangeError(`inBatch: rows are at least the largest frequency, ${most}; got ${rows}.`);
    }
  },
  capabilities: (spec) => ({ ...correctionsBy(spec as InBatchSpec), needsLabels: true }),
  bind: (spec, context) => new InBatch(spec as InBatchSpec, context),
};

class InBatch implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  /** The share of rows that have each class, with logQ. */
  readonly #shares: Float64Array | undefined;
  readonly #corrections: Float32Array | undefined;
  /** The sample that last listed a unit. */
  readonly #mark: Int32Array;
  #stamp = 0;
  #random: RandomStream;

  constructor(spec: InBatchSpec, context: SelectorContext) {
    const { team, units, batch, seed, name } = context;
    const { frequencies } = spec;
    this.maxActive = activeCount('inBatch', spec, units);
    this.#context = context;
    if (frequencies) {
      const rows = spec.rows ?? frequencies.reduce((sum, f) => sum + f, 0);
      this.#shares = Float64Array.from(frequencies, (f) => f / rows);
      this.#corrections = team.arena.float32(batch * this.maxActive);
    }
    this.#mark = new Int32Array(units);
    this.#random = randomStream(seed, `${name} in batch`);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts } = this.#context;
    const { batch, forced } = selection;
    output.corrections = undefined;
    if (!forced) return void output.offsets.fill(0, 0, batch + 1);
    counts.time('choose', () => this.#choose(forced, batch, output));
    counts.add('choose', { comparisons: output.offsets[batch]! });
  }

  #choose(forced: Labels, batch: number, output: SparseActivations): void {
    const { offsets, ids } = output;
    const mark = this.#mark;
    const union = this.#unionOf(forced.ids.subarray(0, forced.offsets[batch]));
    const logs = this.#shares && this.#logCounts(union, batch, this.#shares);
    const corrections = this.#corrections;
    let to = 0;
    for (let s = 0; s < batch; s++) {
      const stamp = ++this.#stamp;
      offsets[s] = to;
      const stop = to + this.maxActive;
      for (let q = forced.offsets[s]!; q < forced.offsets[s + 1]! && to < stop; q++) {
        const id = forced.ids[q]!;
        if (mark[id] === stamp) continue;
        mark[id] = stamp;
        ids[to++] = id;
      }
      const certain = to - offsets[s]!;
      const others = union.length - certain;
      // The first of a random order are a random part.
      const first = to;
      for (let i = 0; i < union.length && to < stop; i++) {
        const id = union[i]!;
        if (mark[id] === stamp) continue;
        ids[to] = id;
        if (logs) corrections![to] = logs[i]!;
        to++;
      }
      if (!logs) continue;
      corrections!.fill(0, offsets[s], first);
      const kept = to - first;
      if (kept < others) for (let q = first; q < to; q++) corrections![q]! += Math.log(others / kept);
    }
    offsets[batch] = to;
    output.corrections = corrections;
  }

  /** The labels of the batch, each once, in random order. */
  #unionOf(labels: Int32Array): Int32Array {
    const stamp = ++this.#stamp;
    const mark = this.#mark;
    const union = labels.filter((id) => {
      const fresh = mark[id] !== stamp;
      mark[id] = stamp;
      return fresh;
    });
    // Only if some will not find a place does the order matter.
    if (union.length <= this.maxActive) return union;
    for (let i = union.length - 1; i > 0; i--) {
      const j = this.#random.integer(i + 1);
      [union[i], union[j]] = [union[j]!, union[i]!];
    }
    return union;
  }

  /** -log of the probability that one of a sample's companions has the class. */
  #logCounts(union: Int32Array, batch: number, shares: Float64Array): Float64Array {
    return Float64Array.from(union, (id) => {
      const share = shares[id]!;
      if (share > 0) return -Math.log(-Math.expm1((batch - 1) * Math.log1p(-share)));
      throw new RangeError(
        `inBatch: a row has label ${id}, of which the frequencies say that it does not occur.`,
      );
    });
  }

  updated(): void {}

  state(): SelectorState {
    return { values: { random: this.#random.state() } };
  }

  restore(state: SelectorState): void {
    this.#random = streamOf(state, 'random');
  }

  [Symbol.dispose](): void {
    if (this.#corrections) this.#context.team.arena.free(this.#corrections);
  }
}
