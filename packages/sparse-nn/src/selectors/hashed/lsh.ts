/**
 * The selector that the project is about: a layer's weight vectors lie in hash tables, and the units that collide with
 * the input are its active set (Spring and Shrivastava, KDD 2017). What an input excites is found without computing it.
 */
import { familyOf, type FamilySpec } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { type Balance, withBalance } from '../balance.ts';
import { balanceCapabilities, checkBalance, type BalanceSpec } from '../balance-spec.ts';
import { compactLists } from '../unit-lists.ts';
import { BalancedRanking } from './balanced-ranking.ts';
import { hashInput } from '../hash-input.ts';
import { checkHashing, HASHING, HASHING_OPTIONS, type HashingOptions } from './hashing-options.ts';
import { checkLessons, LESSONS, type LessonsSpec } from './lessons.ts';
import { LabelQueries } from './label-queries.ts';
import { correctionsBy } from '../log-q.ts';
import { checkPadding, PADDING_OPTIONS, ListPadding, type PaddingOptions } from '../padding.ts';
import {
  activeCount,
  type ActiveSize,
  type Lookup,
  type Padding,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import { streamOf } from '../selector-state.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import { WeightTables } from './weight-tables.ts';
import { type Known, optionsOf } from '../../spec/options.ts';

/** Hash tables of the weights as plain JSON, see `lsh`. */
export interface LshSpec extends SelectorSpec, ActiveSize, HashingOptions, PaddingOptions {
  readonly kind: 'lsh';
  readonly family: FamilySpec;
  /** When and from what a family that learns is taught; only of such a family. */
  readonly lessons?: LessonsSpec;
  /** 'count': most collisions first. 'union': whatever is met first. */
  readonly rank: 'count' | 'union';
  /** Only units that collide in so many tables or more: few of those that collide by chance do it twice. */
  readonly minCollisions: number;
  /** Buckets of each table that are looked into: the input's own, and those that are next to it. */
  readonly probes: number;
  /** What the tables are asked with in a training softmax or sigmoid: the input, or the weights of a true label. */
  readonly query: 'input' | 'label';
  /** Whether tables hold other units in place of those that were hashed, by a permutation of its own for each. */
  readonly permuted: boolean;
  /** How the choice is spread over the units. Default: not at all. */
  readonly balance?: BalanceSpec;
}

const OPTIONS: Known<LshSpec> = {
  ...SIZE_OPTIONS,
  ...HASHING_OPTIONS,
  ...PADDING_OPTIONS,
  family: true,
  lessons: true,
  rank: true,
  minCollisions: true,
  probes: true,
  query: true,
  permuted: true,
  balance: true,
};

/** What may be left out of an `LshSpec`. */
type LshOptions = Omit<LshSpec, 'kind' | 'family' | 'frequencies' | 'lessons' | keyof ActiveSize>;

/**
 * Units found by hashing, `fraction` or `count` of them at most. By default `transform` is identity(), `rank` 'count',
 * `minCollisions` and `probes` 1, `query` 'input', `rehash` 50 (steps), `redraw` 0, `centred`, `permuted`, `pad` and `logQ` false,
 * `shared` 1. The bias is hashed as one more coordinate of the weights, the input's being 1.
 *
 * With identity() units are found by their angle to the input. simpleLsh() (Neyshabur and Srebro, ICML 2015) makes collisions follow the
 * inner product, lengths included; but it spends a coordinate on them that grows with the longest unit, so that codes tell units apart less
 * well. Networks were less accurate with it, and it found fewer of the best classes.
 *
 * `centred` takes the mean of all weight vectors off each before it is hashed, as MagicPIG does with keys (Chen et al.,
 * ICLR 2025). All products with an input change by the same, so that their order does not; but what all vectors have in
 * common, which in a trained layer is most of what they have, no longer decides their codes. Inputs are hashed as they are.
 *
 * `probes` above 1 is multi-probe (Lv et al., VLDB 2007): beside the input's own bucket of a table those are looked into
 * that a near vector has most likely. So a few tables find what otherwise takes many; Spring and Shrivastava had some ten
 * probes in each of five. Families of projections have probes: simHash() unless sparse, crossPolytope() and pStable().
 *
 * Families that learn, learned() and itq() of @hashgrad/lsh, are given `lessons`: at every so many-th rehash (`every`, 10, from
 * the first one on) on so many rows of the weights (`rows`, 2,048) and the last inputs of training (`queries`, 256), each with
 * the `near` (10) units of the highest inner products, found by computing all of them (`target` 'best'; MONGOOSE, Chen et al.,
 * ICLR 2021); or with a label of its own (`target` 'labels'; label-retrieving hashing, as in HALOS). `rehashOnChange` is the
 * schedule that MONGOOSE has with it. What was learned is part of a checkpoint, but no part of a frozen network.
 *
 * `query: 'label'` samples the classes that are like the true one, and so hard to tell from it (Daghaghi et al., ICML
 * 2021, "LNS-label"). With the transform identity() the codes of its weights are known already, so that nothing is hashed in
 * training; with simpleLsh() a query is another vector than what lies in the tables, and is hashed. A sample with several
 * labels asks with one of them, drawn anew each time; one without asks with its input, as all do in an evaluation.
 *
 * `balance` ranks the units that the input collides with by other than their collisions alone: those that it collides with in
 * no table are not found, whatever their bias. The ways that do so need `rank` 'count'.
 *
 * `permuted` is for ablations: the buckets keep their sizes and each input its persistent set, but what a bucket holds has
 * nothing to do with what is hashed.
 */
export function lsh(
  parameters: ActiveSize & {
    readonly family: FamilySpec;
    readonly frequencies?: ArrayLike<number>;
    readonly lessons?: Partial<LessonsSpec>;
  } & Partial<LshOptions>,
): LshSpec {
  const { frequencies, lessons, ...others } = optionsOf('lsh', parameters);
  const { learns } = familyOf(parameters.family);
  return {
    kind: 'lsh',
    transform: identity(),
    rank: 'count',
    minCollisions: 1,
    probes: 1,
    query: 'input',
    ...HASHING,
    permuted: false,
    pad: false,
    logQ: false,
    shared: 1,
    ...others,
    ...(frequencies && { frequencies: Array.from(frequencies) }),
    ...((lessons ?? learns) && { lessons: { ...LESSONS, ...lessons } }),
  };
}

export const lshSelector: SelectorDefinition = {
  kind: 'lsh',
  options: OPTIONS,
  check(spec, units) {
    const { family, rank, minCollisions, probes, query, balance } = spec as LshSpec;
    checkBalance('lsh', balance, activeCount('lsh', spec as LshSpec, units) / units);
    checkHashing('lsh', spec as LshSpec, family);
    checkLessons('lsh', spec as LshSpec, units);
    if (query !== 'input' && query !== 'label') {
      throw new RangeError(`lsh: query is 'input' or 'label'; got '${String(query)}'.`);
    }
    if (!(Number.isInteger(minCollisions) && minCollisions >= 1 && minCollisions <= family.tables)) {
      throw new RangeError(
        `lsh: minCollisions is a number of tables, 1 to ${family.tables}; got ${minCollisions}.`,
      );
    }
    checkPadding('lsh', spec as LshSpec, units);
    if (!(Number.isSafeInteger(probes) && probes >= 1)) {
      throw new RangeError(`lsh: probes is a number of buckets, 1 or more; got ${probes}.`);
    }
    if (rank !== 'count' && rank !== 'union') {
      throw new RangeError(`lsh: rank is 'count' or 'union'; got '${String(rank)}'.`);
    }
    if (balance && balance.kind !== 'loss' && rank === 'union') {
      throw new RangeError(
        `lsh: balance by '${balance.kind}' changes how units rank, and rank 'union' ranks none: use 'count', or balanceByLoss().`,
      );
    }
  },
  capabilities(spec, units) {
    const { family, transform, rank, minCollisions, probes, query, pad } = spec as LshSpec;
    const limit = activeCount('lsh', spec as LshSpec, units);
    const { learns } = familyOf(family);
    const tablesForInference = { family, transform, rank, minCollisions, probes, limit };
    return {
      ...correctionsBy(spec as LshSpec),
      ...balanceCapabilities((spec as LshSpec).balance),
      needsLabels: query === 'label' ? "query 'label'" : pad === 'batch' && "pad 'batch'",
      // What was learned is not frozen with the weights, and tables that were not taught are others.
      ...(learns ? {} : { tablesForInference, variants: variantsOf(spec as LshSpec) }),
    };
  },
  bind(spec, context) {
    const count = activeCount('lsh', spec as LshSpec, context.units);
    const { balance } = spec as LshSpec;
    return withBalance(balance, context, count, (bound) => new Lsh(spec as LshSpec, context, bound));
  },
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
  /** Ranks in place of the tables, where the choice is balanced. */
  readonly #ranking: BalancedRanking | undefined;
  readonly #padding: ListPadding | undefined;
  readonly #labels: LabelQueries | undefined;
  /** Samples of the batch whose codes are in #inputCodes. */
  #asked = 0;

  constructor(spec: LshSpec, context: SelectorContext, balance: Balance | undefined) {
    const { team, units, batch } = context;
    const { arena } = team;
    this.#spec = spec;
    this.#context = context;
    this.maxActive = activeCount('lsh', spec, units);
    this.#weights = new WeightTables(spec, context);
    const { tables, mostProbes } = this.#weights.hasher;
    if (spec.probes > mostProbes) {
      throw new RangeError(
        `lsh: ${spec.family.kind} has up to ${mostProbes} probes here; got ${spec.probes}.`,
      );
    }
    this.#labels = spec.query === 'label' ? new LabelQueries(this.#weights, spec.probes, context) : undefined;
    this.#inputCodes = arena.uint32(batch * tables * spec.probes);
    this.#lengths = arena.int32(batch);
    this.#candidates = arena.int32(batch);
    this.#visited = spec.rank === 'union' ? arena.int32(batch) : undefined;
    if (balance?.weighs) this.#ranking = new BalancedRanking(balance, context, this.maxActive);
    this.#padding = spec.pad ? new ListPadding('lsh', spec, this.maxActive, context) : undefined;
  }

  get padding(): Padding | undefined {
    return this.#padding?.padding;
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts } = this.#context;
    const { batch, forced, training } = selection;
    const codes = this.#inputCodes;
    if (training) this.#weights.seen(selection);
    const labels = training ? this.#labels : undefined;
    if (!labels?.choose(forced!, batch)) {
      hashInput(this.#weights.hasher, selection.input, batch, codes, counts, this.#spec.probes);
    }
    labels?.write(codes, batch);
    this.#asked = batch;
    counts.time('choose', () => {
      const found = { lengths: this.#lengths, candidates: this.#candidates, visited: this.#visited };
      const result = { ids: output.ids, ...found };
      const { rank, minCollisions, probes } = this.#spec;
      const ascending = forced === undefined;
      const { tables } = this.#weights;
      const options = { limit: this.maxActive, rank, minCollisions, probes, forced, ascending };
      if (this.#ranking) this.#ranking.query(tables, codes, batch, options, result);
      else tables.query(codes, batch, options, result);
      output.corrections = this.#padding?.fill(selection, { ids: output.ids, lengths: this.#lengths });
      compactLists(output, this.maxActive, this.#lengths, batch);
    });
    let candidates = 0;
    for (let s = 0; s < batch; s++) candidates += this.#candidates[s]!;
    const asked = { probes: this.#spec.probes, visited: this.#visited };
    counts.add('choose', { entries: this.#weights.tables.entries(codes, batch, asked), candidates });
  }

  updated(rows: Int32Array): void {
    this.#weights.updated(rows);
  }

  state(): SelectorState {
    const { arrays, values } = this.#weights.state();
    const padding = this.#padding?.state() ?? { active: 0, padded: 0, draws: 0 };
    return { arrays, values: { ...values, ...padding, labels: this.#labels?.state ?? null } };
  }

  restore(state: SelectorState): void {
    if (this.#labels) this.#labels.state = streamOf(state, 'labels').state();
    this.#padding?.restore(state);
    this.#weights.restore(state);
  }

  rewritten(): void {
    this.#weights.rehashAll();
  }

  codesChanged(): number {
    return this.#weights.codesChanged();
  }

  lookups(sample: number): Lookup[] {
    const { tables } = this.#weights;
    const { probes } = this.#spec;
    const visited = this.#visited?.[sample] ?? tables.tables;
    return Array.from({ length: visited * probes }, (_, asked) => {
      const table = Math.floor(asked / probes);
      const code = this.#inputCodes[asked * this.#asked + sample]!;
      return { table, code, units: tables.bucket(table, code).slice() };
    });
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#weights[Symbol.dispose]();
    this.#labels?.[Symbol.dispose]();
    this.#padding?.[Symbol.dispose]();
    this.#ranking?.[Symbol.dispose]();
    const views = [this.#inputCodes, this.#lengths, this.#candidates, this.#visited];
    for (const view of views) {
      if (view) arena.free(view);
    }
  }
}
