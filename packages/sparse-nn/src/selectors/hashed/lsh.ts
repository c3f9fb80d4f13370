/**
 * The selector that the project is about: a layer's weight vectors lie in hash tables, and the units that collide with
 * the input are its active set (Spring and Shrivastava, KDD 2017). What an input excites is found without computing it.
 */
import { sortIds } from '@hashgrad/kernels';
import { familyOf, type FamilySpec } from '@hashgrad/lsh';
import { identity, simpleLsh, transformOf, type TransformSpec } from '@hashgrad/mips';
import { compactLists } from '../unit-lists.ts';
import { hashInput } from './hash-input.ts';
import { LabelQueries } from './label-queries.ts';
import { correctDrawn, correctionsBy } from '../log-q.ts';
import { checkShared, RandomUnits } from '../random-units.ts';
import { checkRehash, type RehashSpec } from './rehash-schedule.ts';
import {
  activeCount,
  type ActiveSize,
  type Padding,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import { countOf, streamOf } from '../selector-state.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import { WeightTables } from './weight-tables.ts';

/** Hash tables of the weights as plain JSON, see `lsh`. */
export interface LshSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'lsh';
  readonly family: FamilySpec;
  readonly transform: TransformSpec;
  /** 'count': most collisions first. 'union': whatever is met first. */
  readonly rank: 'count' | 'union';
  /** Only units that collide in so many tables or more: few of those that collide by chance do it twice. */
  readonly minCollisions: number;
  /** What the tables are asked with in a training softmax or sigmoid: the input, or the weights of a true label. */
  readonly query: 'input' | 'label';
  /** When weight vectors that changed are hashed anew, and the tables built: after so many steps, or a schedule. */
  readonly rehash: RehashSpec;
  /** At every so many-th rehash the hash functions are drawn anew; 0: never. */
  readonly redraw: number;
  /** Whether tables hold other units in place of those that were hashed, by a permutation of its own for each. */
  readonly permuted: boolean;
  /** Fills short lists up with random units. The share that it makes up is reported. */
  readonly pad: boolean;
  /** In a training softmax or sigmoid with padding: corrects the logits of random classes for their probability. */
  readonly logQ: boolean;
  /** Samples in a row that have the same padding. */
  readonly shared: number;
}

/** What may be left out of an `LshSpec`. */
type LshOptions = Omit<LshSpec, 'kind' | 'family' | keyof ActiveSize>;

/**
 * Units found by hashing, `fraction` or `count` of them at most. By default `transform` is simpleLsh() (identity() for
 * families of another similarity than the cosine), `rank` 'count', `minCollisions` 1, `query` 'input', `rehash` 50 (steps),
 * `redraw` 0, `permuted`, `pad` and `logQ` false, `shared` 1.
 * The bias is hashed as one more coordinate of the weights, the input's being 1.
 *
 * `query: 'label'` samples the classes that are like the true one, and so hard to tell from it (Daghaghi et al., ICML
 * 2021, "LNS-label"). With the transform identity() the codes of its weights are known already, so that nothing is hashed in
 * training; with simpleLsh() a query is another vector than what lies in the tables, and is hashed. A sample with several
 * labels asks with one of them, drawn anew each time; one without asks with its input, as all do in an evaluation.
 *
 * `permuted` is for ablations: the buckets keep their sizes and each input its persistent set, but what a bucket holds has
 * nothing to do with what is hashed.
 */
export function lsh(parameters: ActiveSize & { readonly family: FamilySpec } & Partial<LshOptions>): LshSpec {
  const cosine = familyOf(parameters.family).similarity === 'cosine';
  return {
    kind: 'lsh',
    transform: cosine ? simpleLsh() : identity(),
    rank: 'count',
    minCollisions: 1,
    query: 'input',
    rehash: 50,
    redraw: 0,
    permuted: false,
    pad: false,
    logQ: false,
    shared: 1,
    ...parameters,
  };
}

export const lshSelector: SelectorDefinition = {
  kind: 'lsh',
  check(spec, units) {
    const { family, transform, rehash, redraw, rank, minCollisions, query } = spec as LshSpec;
    activeCount('lsh', spec as LshSpec, units);
    transformOf(transform, familyOf(family));
    checkRehash('lsh', rehash);
    if (!(Number.isSafeInteger(redraw) && redraw >= 0)) {
      throw new RangeError(`lsh: redraw is a number of rehashes, or 0 for never; got ${redraw}.`);
    }
    if (query !== 'input' && query !== 'label') {
      throw new RangeError(`lsh: query is 'input' or 'label'; got '${String(query)}'.`);
    }
    if (!(Number.isInteger(minCollisions) && minCollisions >= 1 && minCollisions <= family.tables)) {
      throw new RangeError(
        `lsh: minCollisions is a number of tables, 1 to ${family.tables}; got ${minCollisions}.`,
      );
    }
    checkShared('lsh', (spec as LshSpec).shared);
    if ((spec as LshSpec).logQ && !(spec as LshSpec).pad) {
      throw new RangeError('lsh: logQ corrects the logits of padding; it needs pad: true.');
    }
    if (rank !== 'count' && rank !== 'union') {
      throw new RangeError(`lsh: rank is 'count' or 'union'; got '${String(rank)}'.`);
    }
  },
  capabilities(spec, units) {
    const { family, transform, rank, minCollisions, query } = spec as LshSpec;
    const limit = activeCount('lsh', spec as LshSpec, units);
    return {
      ...correctionsBy(spec as LshSpec),
      needsLabels: query === 'label' && "query 'label'",
      tablesForInference: { family, transform, rank, minCollisions, limit },
      variants: variantsOf(spec as LshSpec),
    };
  },
  bind: (spec, context) => new Lsh(spec as LshSpec, context),
};

/** Numbers of bits and tables to try; codes of more bits than units could fill find next to nothing. */
const BITS = [3, 4, 5, 6, 8, 10];
const TABLES = [5, 10, 20, 50, 100];

/** Of a family whose codes are so many bits: other numbers of them, and of tables; of others: of tables. */
function variantsOf(spec: LshSpec): LshSpec[] {
  const { family, minCollisions } = spec;
  const hasBits = typeof family['bits'] === 'number' && family['hashes'] === undefined;
  const bits = hasBits ? BITS : [undefined];
  const tables = TABLES.filter((count) => count >= minCollisions);
  return bits.flatMap((count) =>
    tables.map((many) => ({
      ...spec,
      family: { ...family, ...(count !== undefined && { bits: count }), tables: many },
    })),
  );
}

class Lsh implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #spec: LshSpec;
  readonly #context: SelectorContext;
  readonly #weights: WeightTables;
  readonly #inputCodes: Uint32Array;
  readonly #lengths: Int32Array;
  readonly #candidates: Int32Array;
  /** How many tables each sample asked, where that is not all of them. */
  readonly #visited: Int32Array | undefined;
  readonly #padding: RandomUnits | undefined;
  /** Units of each list that are no padding. */
  readonly #found: Int32Array;
  readonly #corrections: Float32Array | undefined;
  readonly #labels: LabelQueries | undefined;
  #active = 0;
  #padded = 0;

  constructor(spec: LshSpec, context: SelectorContext) {
    const { team, units, batch, seed, name } = context;
    const { arena } = team;
    this.#spec = spec;
    this.#context = context;
    this.maxActive = activeCount('lsh', spec, units);
    this.#weights = new WeightTables(spec, context);
    this.#labels = spec.query === 'label' ? new LabelQueries(this.#weights, context) : undefined;
    this.#inputCodes = arena.uint32(batch * this.#weights.hasher.tables);
    this.#lengths = arena.int32(batch);
    this.#candidates = arena.int32(batch);
    this.#visited = spec.rank === 'union' ? arena.int32(batch) : undefined;
    this.#padding = spec.pad ? new RandomUnits(team, units, seed, `${name} padding`, spec.shared) : undefined;
    this.#found = new Int32Array(batch);
    this.#corrections = spec.pad && spec.logQ ? arena.float32(batch * this.maxActive) : undefined;
  }

  get padding(): Padding | undefined {
    return this.#padding && { chosen: this.#active, padded: this.#padded };
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts } = this.#context;
    const { batch, forced, training } = selection;
    const codes = this.#inputCodes;
    const labels = training ? this.#labels : undefined;
    if (!labels?.choose(forced!, batch)) {
      hashInput(this.#weights.hasher, selection.input, batch, codes, counts);
    }
    labels?.write(codes, batch);
    counts.time('choose', () => {
      const found = { lengths: this.#lengths, candidates: this.#candidates, visited: this.#visited };
      const result = { ids: output.ids, ...found };
      const { rank, minCollisions } = this.#spec;
      const ascending = forced === undefined;
      this.#weights.tables.query(
        codes,
        batch,
        { limit: this.maxActive, rank, minCollisions, forced, ascending },
        result,
      );
      this.#pad(selection, output);
      compactLists(output, this.maxActive, this.#lengths, batch);
    });
    let candidates = 0;
    for (let s = 0; s < batch; s++) candidates += this.#candidates[s]!;
    counts.add('choose', { entries: this.#weights.tables.entries(codes, batch, this.#visited), candidates });
  }

  #pad({ batch, training, forced }: Selection, output: SparseActivations): void {
    output.corrections = undefined;
    if (!this.#padding) return;
    const { team, units, counts } = this.#context;
    const { ids } = output;
    const lengths = this.#lengths;
    const found = this.#found;
    found.set(lengths.subarray(0, batch));
    let drawn = 0;
    for (let s = 0; s < batch; s++) drawn += this.maxActive - found[s]!;
    counts.add('choose', { comparisons: drawn });
    this.#padding.fill(ids, lengths, this.maxActive, batch, training);
    if (!forced) sortIds(team, { ids, stride: this.maxActive, lengths, items: units }, batch);
    else if (this.#corrections) {
      correctDrawn(this.#corrections, found, lengths, units, batch);
      output.corrections = this.#corrections;
    }
    if (!training) return;
    this.#padded += drawn;
    this.#active += batch * this.maxActive;
  }

  updated(rows: Int32Array): void {
    this.#weights.updated(rows);
  }

  state(): SelectorState {
    const { arrays, values } = this.#weights.state();
    const counters = { active: this.#active, padded: this.#padded, draws: this.#padding?.step ?? 0 };
    return { arrays, values: { ...values, ...counters, labels: this.#labels?.state ?? null } };
  }

  restore(state: SelectorState): void {
    if (this.#labels) this.#labels.state = streamOf(state, 'labels').state();
    this.#active = countOf(state, 'active');
    this.#padded = countOf(state, 'padded');
    if (this.#padding) this.#padding.step = countOf(state, 'draws');
    this.#weights.restore(state);
  }

  rewritten(): void {
    this.#weights.rehashAll();
  }

  codesChanged(): number {
    return this.#weights.codesChanged();
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#weights[Symbol.dispose]();
    this.#labels?.[Symbol.dispose]();
    const views = [this.#inputCodes, this.#lengths, this.#candidates, this.#visited, this.#corrections];
    for (const view of views) {
      if (view) arena.free(view);
    }
  }
}
