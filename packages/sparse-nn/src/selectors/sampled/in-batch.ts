/** In-batch negatives: the labels of the other samples of the batch. */
import { randomStream } from '@hashgrad/kernels';
import { BatchLabels } from '../batch-labels.ts';
import { checkFrequencies } from '../class-frequencies.ts';
import { correctionsBy } from '../log-q.ts';
import {
  activeCount,
  type ActiveSize,
  type Labels,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import { streamOf } from '../selector-state.ts';
import { type Known, optionsOf } from '../../spec/options.ts';

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
  const { frequencies, ...others } = optionsOf('inBatch', parameters);
  const spec: InBatchSpec = { kind: 'inBatch', logQ: false, ...others };
  return frequencies ? { ...spec, frequencies: Array.from(frequencies) } : spec;
}

export const inBatchSelector: SelectorDefinition = {
  kind: 'inBatch',
  options: { ...SIZE_OPTIONS, logQ: true, frequencies: true, rows: true } satisfies Known<InBatchSpec>,
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
  readonly #labels: BatchLabels;
  readonly #corrections: Float32Array | undefined;

  constructor(spec: InBatchSpec, context: SelectorContext) {
    const { team, units, batch, seed, name } = context;
    const { frequencies, rows } = spec;
    this.maxActive = activeCount('inBatch', spec, units);
    this.#context = context;
    const given = frequencies && { frequencies, rows };
    this.#labels = new BatchLabels('inBatch', units, given, randomStream(seed, `${name} in batch`));
    this.#corrections = given && team.arena.float32(batch * this.maxActive);
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
    const limit = this.maxActive;
    const corrections = this.#corrections;
    this.#labels.gather(forced, batch, limit);
    let first = 0;
    for (let s = 0; s < batch; s++) {
      offsets[s] = first;
      let own = 0;
      for (let q = forced.offsets[s]!; q < forced.offsets[s + 1]! && own < limit; q++) {
        const id = forced.ids[q]!;
        if (!ids.subarray(first, first + own).includes(id)) ids[first + own++] = id;
      }
      first += this.#labels.addTo({ ids, first, length: own, limit, corrections });
    }
    offsets[batch] = first;
    output.corrections = corrections;
  }

  updated(): void {}

  state(): SelectorState {
    return { values: { random: this.#labels.random.state() } };
  }

  restore(state: SelectorState): void {
    this.#labels.random = streamOf(state, 'random');
  }

  [Symbol.dispose](): void {
    if (this.#corrections) this.#context.team.arena.free(this.#corrections);
  }
}
