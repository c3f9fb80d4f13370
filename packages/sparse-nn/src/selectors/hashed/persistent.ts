/** A fixed random subset for each code of a sample: what lsh would be if it did not look at the weights. */
import { simHash, untaughtFamilyOf, type FamilySpec } from '@hashgrad/lsh';
import { compactLists } from '../unit-lists.ts';
import { KeyedLists } from '../keyed-lists.ts';
import { checkRouter, isTrained, Router, type RouterSpec } from '../router.ts';
import {
  activeCount,
  type ActiveSize,
  type GateGradients,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import type { Weights } from '../../layers/weights.ts';
import { type Known, optionsOf } from '../../spec/options.ts';

/** Subsets that persist as plain JSON, see `persistent`. */
export interface PersistentSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'persistent';
  /** What a sample is known by: itself, or what a router gives it. Absent: a hash of the layer's input. */
  readonly by?: 'sample' | RouterSpec;
  /** What hashes the input. */
  readonly family?: FamilySpec;
  /** Subsets that a router gives. */
  readonly sets?: number;
}

/** What may be given of a `PersistentSpec`. */
type PersistentOptions = ActiveSize & Partial<Pick<PersistentSpec, 'by' | 'family' | 'sets'>>;

/**
 * Each code of a sample has a random subset of the units, drawn once for all: a sample that comes again has the same units active
 * in every epoch, but which ones they are has nothing to do with the weights. The gain of lsh over this is what similarity to the
 * weights is worth; the gain of this over random() is what persistence is worth (as in Hash Layers, Roller et al., NeurIPS 2021).
 *
 * Without `by` the code is a hash of the layer's input, so that near inputs have many units in common. `family` is
 * simHash({ bits: 8, tables: 1 }) by default: 256 subsets. With several tables each gives an equal share of the units, and so
 * inputs share units in the measure in which codes agree.
 *
 * `by: 'sample'`: each row has a subset of its own, known by the bits of the network's input, without locality. A row that was
 * never trained on has one, too, of units that were trained for others: what it gives is that of a random choice.
 *
 * `by: router(...)`: a linear router gives each sample one of `sets` (256) subsets, and is trained by its gates (Switch Transformers,
 * Fedus, Zoph and Shazeer, JMLR 2022); with `freezeAfter` the choice persists from there on. Evaluate with `pass: 'sparse'`: a full
 * pass has all units as they are, without gates.
 */
export function persistent(parameters: PersistentOptions): PersistentSpec {
  const { by } = optionsOf('persistent', parameters);
  const defaults =
    by === undefined ? { family: simHash({ bits: 8, tables: 1 }) } : by === 'sample' ? {} : { sets: 256 };
  return { kind: 'persistent', ...defaults, ...parameters };
}

export const persistentSelector: SelectorDefinition = {
  kind: 'persistent',
  options: { ...SIZE_OPTIONS, by: true, family: true, sets: true } satisfies Known<PersistentSpec>,
  check(spec, units) {
    const { by, family, sets } = spec as PersistentSpec;
    const count = activeCount('persistent', spec as PersistentSpec, units);
    if (by !== undefined && family !== undefined) {
      throw new RangeError(
        'persistent: a family hashes the input; with `by` nothing is hashed: give one of them.',
      );
    }
    if (by === undefined) return checkFamily(family, count);
    if (by === 'sample') return checkSets(sets, false);
    if (typeof by !== 'object') {
      throw new RangeError(`persistent: by is 'sample' or a router; got ${JSON.stringify(by)}.`);
    }
    checkRouter('persistent', by);
    checkSets(sets, true);
  },
  capabilities(spec) {
    const { by } = spec as PersistentSpec;
    return { gates: typeof by === 'object' && isTrained(by) ? 'a router' : undefined };
  },
  bind: (spec, context) => {
    const { by } = spec as PersistentSpec;
    return typeof by === 'object'
      ? new RoutedSets(by, spec as PersistentSpec, context)
      : new KeyedSets(spec as PersistentSpec, context);
  },
};

function checkFamily(family: FamilySpec | undefined, count: number): void {
  if (family === undefined)
    throw new RangeError('persistent: give a family, or what a sample is known `by`.');
  untaughtFamilyOf(family);
  if (family.tables > count) {
    throw new RangeError(
      `persistent: each of its ${family.tables} tables gives some of the ${count} active units; have fewer tables.`,
    );
  }
}

function checkSets(sets: number | undefined, routed: boolean): void {
  if (!routed && sets !== undefined) {
    throw new RangeError(`persistent: sets are what a router gives; got ${sets} of them by sample.`);
  }
  if (routed && !(Number.isSafeInteger(sets) && sets! >= 2)) {
    throw new RangeError(`persistent: sets is a number of subsets, 2 or more; got ${sets}.`);
  }
}

/** By a hash of the input, or by sample. */
class KeyedSets implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #lists: KeyedLists;
  readonly #lengths: Int32Array;

  constructor(spec: PersistentSpec, context: SelectorContext) {
    const { team, units, batch } = context;
    this.maxActive = activeCount('persistent', spec, units);
    this.#context = context;
    const size = { items: units, limit: this.maxActive };
    this.#lists = new KeyedLists(spec.family ?? 'sample', size, 'persistent', context);
    this.#lengths = team.arena.int32(batch);
  }

  select(selection: Selection, output: SparseActivations): void {
    this.#lists.draw(selection, output.ids, this.#lengths);
    compactLists(output, this.maxActive, this.#lengths, selection.batch);
  }

  updated(): void {}

  [Symbol.dispose](): void {
    this.#lists[Symbol.dispose]();
    this.#context.team.arena.free(this.#lengths);
  }
}

/** By a router. */
class RoutedSets implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly backward: ((gates: GateGradients) => void) | undefined;
  readonly #context: SelectorContext;
  readonly #router: Router;
  readonly #lists: KeyedLists;
  readonly #lengths: Int32Array;
  /** Which set each sample of the batch has, and by what gate. */
  readonly #setOf: Uint32Array;
  readonly #gateOf: Float64Array;
  /** The same for each of its units. */
  readonly #gates: Float32Array;

  constructor(by: RouterSpec, spec: PersistentSpec, context: SelectorContext) {
    const { team, units, batch } = context;
    this.maxActive = activeCount('persistent', spec, units);
    this.#context = context;
    this.#router = new Router(by, spec.sets!, 0.01, context);
    const size = { items: units, limit: this.maxActive };
    this.#lists = new KeyedLists((given, codes) => this.#route(given, codes), size, 'persistent', context);
    this.#lengths = team.arena.int32(batch);
    this.#setOf = new Uint32Array(batch);
    this.#gateOf = new Float64Array(batch);
    this.#gates = new Float32Array(batch * this.maxActive);
    this.backward = isTrained(by) ? (gates) => this.#backward(gates) : undefined;
  }

  get parameters(): Readonly<Record<string, Weights>> {
    return this.#router.parameters;
  }

  select(selection: Selection, output: SparseActivations): void {
    const { batch } = selection;
    const { maxActive } = this;
    this.#lists.draw(selection, output.ids, this.#lengths);
    compactLists(output, maxActive, this.#lengths, batch);
    if (!this.backward) return;
    for (let s = 0; s < batch; s++) this.#gates.fill(this.#gateOf[s]!, s * maxActive, (s + 1) * maxActive);
    output.gates = this.#gates;
  }

  updated(): void {
    this.#router.updated();
  }

  state(): SelectorState {
    return this.#router.state();
  }

  restore(state: SelectorState): void {
    this.#router.restore(state);
  }

  [Symbol.dispose](): void {
    this.#router[Symbol.dispose]();
    this.#lists[Symbol.dispose]();
    this.#context.team.arena.free(this.#lengths);
  }

  /** Each sample's code is the set with the highest score. */
  #route({ input, batch }: Selection, codes: Uint32Array): void {
    const { counts } = this.#context;
    const { values, stride, width } = this.#router.score(input, batch);
    counts.time('choose', () => {
      for (let s = 0; s < batch; s++) {
        const set = highestOf(values, s * stride, width);
        codes[s] = this.#setOf[s] = set;
        this.#gateOf[s] = this.#router.choose(s, set);
      }
    });
    counts.add('choose', { comparisons: batch * width });
  }

  #backward(gates: GateGradients): void {
    const { batch, gradients, stage } = gates;
    const { maxActive } = this;
    if (stage !== 'apply') {
      this.#router.begin(batch);
      for (let s = 0; s < batch; s++) {
        let sum = 0;
        for (let q = s * maxActive; q < (s + 1) * maxActive; q++) sum += gradients[q]!;
        this.#router.add(s, this.#setOf[s]!, this.#gateOf[s]!, sum);
      }
    }
    this.#router.backward(gates);
  }
}

/** Which of `width` values from `first` on is the highest: among equals the first. */
function highestOf(values: Float32Array, first: number, width: number): number {
  let best = 0;
  for (let j = 1; j < width; j++) if (values[first + j]! > values[first + best]!) best = j;
  return best;
}
