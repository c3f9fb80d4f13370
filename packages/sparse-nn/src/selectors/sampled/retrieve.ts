/** Hard negatives beside sampled ones: the classes that another selector finds for a sample, and a drawn rest. */
import { compactLists, writeForced } from '../unit-lists.ts';
import { correctionsBy } from '../log-q.ts';
import { checkPadding, PADDING_OPTIONS, ListPadding, type PaddingOptions } from '../padding.ts';
import {
  activeCount,
  type ActiveSize,
  type Padding,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import { freeActivations, sparseActivations, type SparseActivations } from '../../layers/activations.ts';
import { type Known, optionsOf, shown } from '../../spec/options.ts';

/** Hard negatives and a drawn rest as plain JSON, see `retrieve`. */
export interface RetrieveSpec extends SelectorSpec, ActiveSize, PaddingOptions {
  readonly kind: 'retrieve';
  /** Units that are found for a sample: 1 or more, fewer than are active. */
  readonly hard: number;
  /** The selector that finds them, without a number of its own. */
  readonly by: SelectorSpec;
}

/**
 * For each sample the `hard` units that the selector `by` finds for it, and beside them units drawn at random from all the
 * others, `fraction` or `count` in all. In a training softmax the labels come first, in places of the rest; a label that is
 * found, too, is a hard negative less. `by` is any selector that chooses by the weights, without `fraction` and `count`:
 * `topK({})` computes all products, `clusters({})`, `signatures({})`, `lowRank({ rank })` and `lsh({ family })` spare most of them.
 *
 * Classes that score high and are none of the labels have the largest gradients (hard negatives: Bengio and Senecal, IEEE
 * TNN 2008, section III; Daghaghi et al., ICML 2021); alone they would tell the softmax nothing of all the others, and what is
 * stale or missed by `by` would never be pushed down. The rest is drawn as `pad` says: 'uniform' (the default), 'frequency' with
 * `frequencies`, or the labels of the batch's other samples, see PaddingOptions. `logQ` (default true) adds -log of a drawn class's
 * expected count to its logit: labels and found classes stand for themselves, the drawn ones for all that are neither, so that
 * the partition function is estimated without bias whatever was found. `shared` (default 1) samples in a row have the same
 * draws.
 */
export function retrieve(
  parameters: ActiveSize &
    Pick<RetrieveSpec, 'hard' | 'by'> &
    Partial<Omit<PaddingOptions, 'frequencies'>> & { readonly frequencies?: ArrayLike<number> },
): RetrieveSpec {
  const { frequencies, ...others } = optionsOf('retrieve', parameters);
  const spec: RetrieveSpec = { kind: 'retrieve', pad: 'uniform', logQ: true, shared: 1, ...others };
  return frequencies ? { ...spec, frequencies: Array.from(frequencies) } : spec;
}

/** The selector of a spec, checked for a layer; none where all units fire. */
type SelectorOf = (spec: SelectorSpec, units: number) => SelectorDefinition | undefined;

/** `selectorOf` knows all selectors, this one among them. */
export function retrieveSelector(selectorOf: SelectorOf): SelectorDefinition {
  return {
    kind: 'retrieve',
    options: { ...SIZE_OPTIONS, ...PADDING_OPTIONS, hard: true, by: true } satisfies Known<RetrieveSpec>,
    check: (spec, units) => void checkedFinder(spec as RetrieveSpec, units, selectorOf),
    capabilities(spec, units) {
      const { definition, found } = checkedFinder(spec as RetrieveSpec, units, selectorOf);
      const { tablesForInference } = definition.capabilities?.(found, units) ?? {};
      return { ...correctionsBy(spec as RetrieveSpec), tablesForInference };
    },
    bind(spec, context) {
      const { definition, found } = checkedFinder(spec as RetrieveSpec, context.units, selectorOf);
      return new Retrieve(spec as RetrieveSpec, context, definition.bind(found, context));
    },
  };
}

/** The selector that finds, and its spec with the number of units. @throws {RangeError} if anything does not fit. */
function checkedFinder(
  spec: RetrieveSpec,
  units: number,
  selectorOf: SelectorOf,
): { readonly definition: SelectorDefinition; readonly found: SelectorSpec } {
  const { hard, by } = spec;
  const active = activeCount('retrieve', spec, units);
  if (!(Number.isInteger(hard) && hard >= 1 && hard < active)) {
    throw new RangeError(
      `retrieve: hard is an integer from 1 to below the ${active} active units; got ${hard}.`,
    );
  }
  if (spec.pad === false) {
    throw new RangeError("retrieve: pad is 'uniform', 'frequency' or 'batch': found units alone are biased.");
  }
  checkPadding('retrieve', spec, units);
  if (typeof by !== 'object' || by === null) {
    throw new TypeError(`retrieve: by is a selector, such as topK({}); got ${shown(by)}.`);
  }
  const { count, fraction } = by as ActiveSize;
  if (count !== undefined || fraction !== undefined) {
    throw new RangeError(
      `retrieve: how many units ${by.kind} finds is \`hard\`, ${hard}; leave count and fraction out of \`by\`.`,
    );
  }
  const found = { ...by, count: hard };
  const none = by.kind === 'all' || by.kind === 'retrieve';
  const definition = none ? undefined : selectorOf(found, units);
  const { corrections, needsLabels, hiddenOnly, ownLoss } = definition?.capabilities?.(found, units) ?? {};
  if (!definition || corrections !== undefined || needsLabels || hiddenOnly !== undefined || ownLoss) {
    const why =
      corrections !== undefined
        ? `corrects logits by ${corrections}`
        : needsLabels
          ? 'chooses by labels'
          : hiddenOnly !== undefined || ownLoss
            ? `is for hidden layers with ${hiddenOnly ?? ownLoss}`
            : 'does not find single units';
    throw new RangeError(`retrieve: \`by\` is a selector that chooses by the weights; ${by.kind} ${why}.`);
  }
  return { definition, found };
}

/** What the arrays of the finder's state are called: this, and their own names. */
const OF_FINDER = 'by ';

class Retrieve implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #finder: Selector;
  readonly #found: SparseActivations;
  readonly #lengths: Int32Array;
  readonly #rest: ListPadding;

  constructor(spec: RetrieveSpec, context: SelectorContext, finder: Selector) {
    const { team, units, batch, name } = context;
    const { arena } = team;
    this.maxActive = activeCount('retrieve', spec, units);
    this.#context = context;
    this.#finder = finder;
    this.#found = sparseActivations(arena, batch, units, batch * finder.maxActive, false);
    this.#lengths = arena.int32(batch);
    // Draws of its own, whatever the finder draws.
    this.#rest = new ListPadding('retrieve', spec, this.maxActive, { ...context, name: `${name} rest` });
  }

  get padding(): Padding {
    return this.#rest.padding;
  }

  select(selection: Selection, output: SparseActivations): void {
    const { batch, forced } = selection;
    const found = this.#found;
    this.#finder.select({ ...selection, forced: undefined }, found);
    const { ids } = output;
    const lengths = this.#lengths;
    this.#context.counts.time('choose', () => {
      writeForced(forced, ids, lengths, this.maxActive, batch);
      appendFound(found, ids, lengths, this.maxActive, batch);
      output.corrections = this.#rest.fill(selection, { ids, lengths });
      compactLists(output, this.maxActive, lengths, batch);
    });
  }

  updated(rows: Int32Array): void {
    this.#finder.updated(rows);
  }

  state(): SelectorState {
    const { arrays = {}, values = {} } = this.#finder.state?.() ?? {};
    const named = Object.entries(arrays).map(([name, array]) => [`${OF_FINDER}${name}`, array]);
    return { arrays: Object.fromEntries(named), values: { ...this.#rest.state(), by: values } };
  }

  restore(state: SelectorState): void {
    this.#rest.restore(state);
    const arrays = Object.entries(state.arrays ?? {}).map(([name, array]) => [
      name.slice(OF_FINDER.length),
      array,
    ]);
    const values = (state.values?.['by'] ?? {}) as Record<string, unknown>;
    this.#finder.restore?.({ arrays: Object.fromEntries(arrays), values });
  }

  rewritten(): void {
    this.#finder.rewritten?.();
  }

  codesChanged(): number {
    return this.#finder.codesChanged?.() ?? 0;
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#finder[Symbol.dispose]();
    this.#rest[Symbol.dispose]();
    freeActivations(arena, this.#found);
    arena.free(this.#lengths);
  }
}

/** Appends to lists (`lengths[s]` ids from s * stride on) what was found for each sample, as far as it is not there and fits. */
function appendFound(
  found: SparseActivations,
  ids: Int32Array,
  lengths: Int32Array,
  stride: number,
  batch: number,
): void {
  for (let s = 0; s < batch; s++) {
    const first = s * stride;
    const known = first + lengths[s]!;
    let to = known;
    for (let q = found.offsets[s]!; q < found.offsets[s + 1]! && to < first + stride; q++) {
      const id = found.ids[q]!;
      let i = first;
      while (i < known && ids[i] !== id) i++;
      if (i === known) ids[to++] = id;
    }
    lengths[s] = to - first;
  }
}
