/** Product keys: a layer of very many units, whose best k by a learned score are found by looking at two short lists. */
import { bestOfRows } from '@hashgrad/kernels';
import { DenseForm } from '../../layers/dense-form.ts';
import type { DenseActivations, SparseActivations } from '../../layers/activations.ts';
import type { Weights } from '../../layers/weights.ts';
import { InputGradients } from '../linear-map.ts';
import { checkFreezeAfter, isTrained } from '../router.ts';
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
import { countOf } from '../selector-state.ts';
import { ListWriter } from '../unit-lists.ts';
import { KeyHalf } from './key-half.ts';
import type { Known } from '../../spec/options.ts';

/** Product keys as plain JSON, see `productKeys`. */
export interface ProductKeysSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'productKeys';
  /** Of the query that the input is mapped to, an even number: each half has keys of half as many. */
  readonly queryDimensions: number;
  /** Training steps after which queries and keys stay as they are; null: never. 0: they stay random, and there are no gates. */
  readonly freezeAfter: number | null;
}

/**
 * The units with the highest scores by product keys (Lample et al., Large Memory Layers with Product Keys, NeurIPS 2019,
 * sections 3.1 and 3.2). The units are the pairs of two sets of keys, so that unit i * columns + j has the i-th key of the first set and
 * the j-th of the second: 65,536 units have two sets of 256. An input x becomes the query (W1 x, W2 x), and the score of a unit
 * is the product of the first half with its first key, plus that of the second half with its second. The exact top k are found
 * among the pairs of each half's own top k. A sample costs queryDimensions * (inputs + (rows + columns) / 2) multiply-adds, of
 * rows * columns units.
 *
 * A chosen unit's output is multiplied by the gate k softmax(scores of the chosen k): the weights of the paper, times k so that
 * their mean is 1. Through them keys and queries are trained by the layer's optimizer. The unit has its own weights, as an expert
 * of one unit has in He, Mixture of a Million Experts (2024); the paper's memory slots have none. There is one head, and the
 * queries are not normalised.
 *
 * `queryDimensions`: 32 by default. `freezeAfter` (null: never): after so many training steps queries and keys stay as they are, and
 * so does each input's choice; the gates go on. With 0 they stay random, and there are no gates. Evaluate a network with gates with
 * `pass: 'sparse'`: a full pass has all units as they are.
 */
export function productKeys(
  parameters: ActiveSize & Partial<Pick<ProductKeysSpec, 'queryDimensions' | 'freezeAfter'>>,
): ProductKeysSpec {
  return { kind: 'productKeys', queryDimensions: 32, freezeAfter: null, ...parameters };
}

/** The longer set of keys is at most so many times the shorter: else little is saved. */
const MOST_UNEVEN = 4;

export const productKeysSelector: SelectorDefinition = {
  kind: 'productKeys',
  options: { ...SIZE_OPTIONS, queryDimensions: true, freezeAfter: true } satisfies Known<ProductKeysSpec>,
  check(spec, units) {
    const { queryDimensions, freezeAfter } = spec as ProductKeysSpec;
    const count = activeCount('productKeys', spec as ProductKeysSpec, units);
    if (!(Number.isSafeInteger(queryDimensions) && queryDimensions >= 2 && queryDimensions % 2 === 0)) {
      throw new RangeError(
        `productKeys: queryDimensions is an even number, 2 or more; got ${queryDimensions}.`,
      );
    }
    checkFreezeAfter('productKeys', freezeAfter);
    if (count === 1 && isTrained(spec as ProductKeysSpec)) {
      throw new RangeError(
        'productKeys: the gate of a single unit is always 1, by which nothing is trained: have 2 active units or more, or freezeAfter: 0.',
      );
    }
    const [rows, columns] = keySets(units);
    if (columns > MOST_UNEVEN * rows) {
      throw new RangeError(
        `productKeys: units are the pairs of two sets of keys of about one length; ${units} are ${rows} x ${columns}: ` +
          `have ${Math.ceil(Math.sqrt(units)) ** 2}.`,
      );
    }
  },
  capabilities: (spec) => ({
    gates: isTrained(spec as ProductKeysSpec) ? 'keys that are trained' : undefined,
  }),
  bind: (spec, context) => new ProductKeys(spec as ProductKeysSpec, context),
};

/** How many keys the two sets have: as even as a product can be, the first one the shorter. */
export function keySets(units: number): readonly [rows: number, columns: number] {
  let rows = Math.floor(Math.sqrt(units));
  while (units % rows !== 0) rows--;
  return [rows, units / rows];
}

class ProductKeys implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly backward: ((gates: GateGradients) => void) | undefined;
  readonly #context: SelectorContext;
  readonly #spec: ProductKeysSpec;
  readonly #columns: number;
  readonly #halves: readonly [KeyHalf, KeyHalf];
  readonly #form: DenseForm;
  readonly #back: InputGradients;
  #x: DenseActivations | undefined;
  /** Ranks in both halves of the pairs that can be among the best k, one pair after the other. */
  readonly #pairs: Int32Array;
  /** Of one sample's best keys in each half. */
  readonly #firstScores: Float32Array;
  readonly #secondScores: Float32Array;
  /** Their scores, batch x pairs. */
  readonly #scores: Float32Array;
  readonly #positions: Int32Array;
  readonly #lengths: Int32Array;
  /** Each sample's units, ascending, from s * k on; and their gates. */
  readonly #ids: Int32Array;
  readonly #gates: Float32Array;
  readonly #writer: ListWriter;
  #steps = 0;

  constructor(spec: ProductKeysSpec, context: SelectorContext) {
    const { team, units, batch, inputs } = context;
    const { arena } = team;
    const [rows, columns] = keySets(units);
    const k = activeCount('productKeys', spec, units);
    const half = spec.queryDimensions / 2;
    this.maxActive = k;
    this.#context = context;
    this.#spec = spec;
    this.#columns = columns;
    this.#halves = [
      new KeyHalf(rows, half, k, 'first', context),
      new KeyHalf(columns, half, k, 'second', context),
    ];
    this.#form = new DenseForm(team, batch, inputs, false);
    this.#back = new InputGradients(context);
    this.#pairs = pairsOf(this.#halves[0].k, this.#halves[1].k, k);
    this.#firstScores = new Float32Array(this.#halves[0].k);
    this.#secondScores = new Float32Array(this.#halves[1].k);
    this.#scores = arena.float32((batch * this.#pairs.length) / 2);
    this.#positions = arena.int32(batch * k);
    this.#lengths = arena.int32(batch);
    this.#ids = new Int32Array(batch * k);
    this.#gates = new Float32Array(batch * k);
    this.#writer = new ListWriter(units);
    this.backward = isTrained(spec) ? (gates) => this.#backward(gates) : undefined;
  }

  get parameters(): Readonly<Record<string, Weights>> {
    const [first, second] = this.#halves;
    return {
      firstQuery: first.query.weights,
      firstKeys: first.keys.weights,
      secondQuery: second.query.weights,
      secondKeys: second.keys.weights,
    };
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts } = this.#context;
    const { input, batch } = selection;
    const k = this.maxActive;
    const [first, second] = this.#halves;
    this.#x = this.#form.of(input, batch);
    for (const half of this.#halves) half.score(this.#x, batch);
    counts.time('choose', () => {
      this.#rank(batch);
      this.#writer.write(selection, output, k, (s) => this.#ids.subarray(s * k, s * k + k));
      if (!this.backward) return;
      for (let s = 0; s < batch; s++) this.#weigh(s);
      output.gates = this.#gates;
    });
    const pairs = (batch * this.#pairs.length) / 2;
    const keys = first.keys.outputs.width + second.keys.outputs.width;
    counts.add('choose', { comparisons: batch * keys + pairs, additions: pairs });
  }

  updated(): void {
    this.#steps++;
  }

  state(): SelectorState {
    return { values: { steps: this.#steps } };
  }

  restore(state: SelectorState): void {
    this.#steps = countOf(state, 'steps');
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    for (const half of this.#halves) half[Symbol.dispose]();
    this.#form[Symbol.dispose]();
    this.#back[Symbol.dispose]();
    for (const view of [this.#scores, this.#positions, this.#lengths]) arena.free(view);
  }

  /** Finds each sample's units. */
  #rank(batch: number): void {
    const [first, second] = this.#halves;
    const ranks = this.#pairs;
    const k = this.maxActive;
    const width = ranks.length / 2;
    for (const half of this.#halves) half.rank(batch);
    for (let s = 0; s < batch; s++) {
      first.bestScores(s, this.#firstScores);
      second.bestScores(s, this.#secondScores);
      for (let p = 0; p < width; p++) {
        this.#scores[s * width + p] =
          this.#firstScores[ranks[2 * p]!]! + this.#secondScores[ranks[2 * p + 1]!]!;
      }
    }
    const by = { positions: this.#positions, lengths: this.#lengths, values: this.#scores };
    bestOfRows(this.#context.team, { ...by, stride: width, width, k }, batch);
    for (let s = 0; s < batch; s++) {
      for (let i = s * k; i < (s + 1) * k; i++) {
        const p = this.#positions[i]! - s * width;
        const row = first.best[s * first.k + ranks[2 * p]!]!;
        this.#ids[i] = row * this.#columns + second.best[s * second.k + ranks[2 * p + 1]!]!;
      }
      this.#ids.subarray(s * k, (s + 1) * k).sort();
    }
  }

  /** Writes the gates of a sample's units. */
  #weigh(s: number): void {
    const [first, second] = this.#halves;
    const k = this.maxActive;
    const columns = this.#columns;
    let highest = -Infinity;
    for (let q = s * k; q < (s + 1) * k; q++) {
      const id = this.#ids[q]!;
      const score = first.scoreOf(s, Math.floor(id / columns)) + second.scoreOf(s, id % columns);
      this.#gates[q] = score;
      highest = Math.max(highest, score);
    }
    let total = 0;
    for (let q = s * k; q < (s + 1) * k; q++) total += this.#gates[q] = Math.exp(this.#gates[q]! - highest);
    for (let q = s * k; q < (s + 1) * k; q++) this.#gates[q]! *= k / total;
  }

  #backward({ input, batch, gradients, needsInputGradient, stage }: GateGradients): void {
    const { optimizer } = this.#context;
    const { freezeAfter } = this.#spec;
    const trains = optimizer.trainable && (freezeAfter === null || this.#steps < freezeAfter);
    if (stage !== 'apply' && (trains || needsInputGradient)) {
      this.#scoreGradients(gradients, batch);
      for (const { query, keys } of this.#halves) keys.flowBack(query.outputs, batch, false);
      const queries = this.#halves.map(({ query }) => query);
      if (needsInputGradient) this.#back.add(queries, input, batch);
    }
    for (const { query, keys } of this.#halves) {
      keys.train(query.outputs, batch, trains, stage);
      query.train(this.#x!, batch, trains, stage);
    }
  }

  /** From the gradients by gates to those by the scores of keys. */
  #scoreGradients(byGates: Float32Array, batch: number): void {
    const k = this.maxActive;
    const [first, second] = this.#halves.map(({ keys }) => keys.outputs) as [
      DenseActivations,
      DenseActivations,
    ];
    for (const { gradients, stride } of [first, second]) gradients.fill(0, 0, batch * stride);
    for (let s = 0; s < batch; s++) {
      let mean = 0;
      for (let q = s * k; q < (s + 1) * k; q++) mean += (byGates[q]! * this.#gates[q]!) / k;
      for (let q = s * k; q < (s + 1) * k; q++) {
        const gradient = this.#gates[q]! * (byGates[q]! - mean);
        const id = this.#ids[q]!;
        first.gradients[s * first.stride + Math.floor(id / this.#columns)]! += gradient;
        second.gradients[s * second.stride + (id % this.#columns)]! += gradient;
      }
    }
  }
}

/**
 * The ranks (a, b) in two lists, highest first, of which the sums of `count` elements can be the highest: not those that (a + 1) (b + 1)
 * - 1 others are no lower than, `count` of them or more.
 */
function pairsOf(first: number, second: number, count: number): Int32Array {
  const pairs: number[] = [];
  for (let a = 0; a < first; a++) {
    for (let b = 0; b < second && (a + 1) * (b + 1) <= count; b++) pairs.push(a, b);
  }
  return Int32Array.from(pairs);
}
