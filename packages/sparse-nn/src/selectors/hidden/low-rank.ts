/** A cheap predictor in place of hash tables: the top k of a sketch of the activations in a few dimensions. */
import { gemm, randomStream } from '@hashgrad/kernels';
import { orthonormalize } from '@hashgrad/lsh/vectors';
import { ListWriter } from '../unit-lists.ts';
import { Highest } from '../highest.ts';
import { computeAllUnits } from '../../layers/all-units.ts';
import { DenseForm } from '../../layers/dense-form.ts';
import {
  activeCount,
  type ActiveSize,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import { arrayOf, countOf } from '../selector-state.ts';
import {
  denseActivations,
  freeActivations,
  rowsOf,
  type DenseActivations,
  type Activations,
  type SparseActivations,
} from '../../layers/activations.ts';
import type { Known } from '../../spec/options.ts';

/** The sketch of activations as plain JSON, see `lowRank`. */
export interface LowRankSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'lowRank';
  /** Dimensions of the sketch. */
  readonly rank: number;
  /** Which subspace: the one that holds most of the weights, or a random one. */
  readonly sketch: 'svd' | 'projection';
  /** Steps after which the weights are sketched anew. */
  readonly refreshEvery: number;
}

/**
 * The units whose activations would be highest by a sketch: weights W (units x inputs) and input x are projected to `rank`
 * dimensions by a matrix V with orthonormal columns, and z is taken for (W V)(V' x) + b.
 *
 * `sketch: 'svd'` (the default): V are the right singular vectors of W with the largest singular values, found by subspace
 * iteration (Halko, Martinsson and Tropp, SIAM Review 2011, algorithm 4.4): eight turns at the start, and one at each
 * refresh, from where the last one ended. `'projection'`: V is random and stays, and the product is scaled by inputs / rank,
 * so that its expectation over V is right.
 *
 * A sample costs rank * (inputs + units) multiply-adds, a refresh units * inputs * rank for the projection and three times
 * that for the svd. So rank = bits * tables * inputs / (inputs + units) costs what hashing for lsh does.
 */
export function lowRank(
  parameters: ActiveSize & { readonly rank: number } & Partial<Pick<LowRankSpec, 'sketch' | 'refreshEvery'>>,
): LowRankSpec {
  return { kind: 'lowRank', sketch: 'svd', refreshEvery: 50, ...parameters };
}

export const lowRankSelector: SelectorDefinition = {
  kind: 'lowRank',
  options: { ...SIZE_OPTIONS, rank: true, sketch: true, refreshEvery: true } satisfies Known<LowRankSpec>,
  check(spec, units) {
    const { rank, sketch, refreshEvery } = spec as LowRankSpec;
    activeCount('lowRank', spec as LowRankSpec, units);
    if (!(Number.isSafeInteger(rank) && rank >= 1)) {
      throw new RangeError(`lowRank: rank is a number of dimensions, 1 or more; got ${rank}.`);
    }
    if (sketch !== 'svd' && sketch !== 'projection') {
      throw new RangeError(`lowRank: sketch is 'svd' or 'projection'; got '${String(sketch)}'.`);
    }
    if (!(Number.isSafeInteger(refreshEvery) && refreshEvery >= 1)) {
      throw new RangeError(`lowRank: refreshEvery is a number of steps, 1 or more; got ${refreshEvery}.`);
    }
  },
  bind: (spec, context) => new LowRank(spec as LowRankSpec, context),
};

/** Turns of the subspace iteration from a random start. */
const FIRST_TURNS = 8;

class LowRank implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #spec: LowRankSpec;
  readonly #context: SelectorContext;
  /** V, inputs x rank. */
  readonly #basis: DenseActivations;
  /** W V, units x rank. */
  readonly #sketch: DenseActivations;
  /** V' x for each sample, batch x rank. */
  readonly #projected: DenseActivations;
  readonly #scores: DenseActivations;
  /** The dense form of a sparse input. */
  readonly #dense: DenseForm;
  readonly #highest: Highest;
  readonly #writer: ListWriter;
  #step = 0;

  constructor(spec: LowRankSpec, context: SelectorContext) {
    const { team, units, inputs, batch, seed, name } = context;
    const { rank } = spec;
    if (rank > inputs) {
      throw new RangeError(`lowRank: rank is at most ${name}'s ${inputs} inputs; got ${rank}.`);
    }
    const { arena } = team;
    this.maxActive = activeCount('lowRank', spec, units);
    this.#spec = spec;
    this.#context = context;
    this.#basis = denseActivations(arena, inputs, rank, false);
    this.#sketch = denseActivations(arena, units, rank, false);
    this.#projected = denseActivations(arena, batch, rank, false);
    this.#scores = denseActivations(arena, batch, units, false);
    this.#dense = new DenseForm(team, batch, inputs, false);
    this.#highest = new Highest(context, this.maxActive);
    this.#writer = new ListWriter(units);
    const random = randomStream(seed, `${name} low rank`);
    const { values, stride } = this.#basis;
    for (let k = 0; k < inputs; k++) {
      for (let r = 0; r < rank; r++) values[k * stride + r] = random.normal();
    }
    orthonormalize(values, stride, inputs, rank);
    this.#refresh(FIRST_TURNS);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, units, inputs } = this.#context;
    const { rank } = this.#spec;
    const { input, batch } = selection;
    counts.time('hashing', () => this.#project(input, batch));
    counts.add('hashing', { multiplyAdds: batch * inputs * rank });
    counts.time('choose', () => {
      this.#score(batch);
      this.#writer.write(selection, output, this.maxActive, this.#highest.of(this.#scores, batch));
    });
    counts.add('choose', { multiplyAdds: batch * units * rank });
  }

  updated(): void {
    this.#step++;
    if (this.#step % this.#spec.refreshEvery === 0) this.#refresh(1);
  }

  state(): SelectorState {
    return {
      arrays: { basis: this.#basis.values, sketch: this.#sketch.values },
      values: { step: this.#step },
    };
  }

  restore(state: SelectorState): void {
    this.#step = countOf(state, 'step');
    for (const [name, { values }] of [
      ['basis', this.#basis],
      ['sketch', this.#sketch],
    ] as const) {
      values.set(arrayOf(state, name, Float32Array, values.length));
    }
  }

  rewritten(): void {
    this.#refresh(FIRST_TURNS);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    for (const signal of [this.#basis, this.#sketch, this.#projected, this.#scores]) {
      freeActivations(arena, signal);
    }
    this.#dense[Symbol.dispose]();
    this.#highest[Symbol.dispose]();
  }

  /** Sketches the weights as they are now; first, for the svd, turns the subspace towards theirs. */
  #refresh(turns: number): void {
    const { counts, units, inputs } = this.#context;
    const { rank, sketch } = this.#spec;
    const products = units * inputs * rank;
    counts.time('rehash', () => {
      this.#sketchWeights();
      counts.add('rehash', { multiplyAdds: products });
      if (sketch === 'projection') return;
      for (let turn = 0; turn < turns; turn++) {
        this.#turn();
        this.#sketchWeights();
        counts.add('rehash', { multiplyAdds: 2 * products });
      }
    });
  }

  /** W V. */
  #sketchWeights(): void {
    const { team, weights, units, inputs } = this.#context;
    gemm(team, {
      out: this.#sketch.values,
      outStride: this.#sketch.stride,
      a: rowsOf(weights),
      b: rowsOf(this.#basis),
      rows: units,
      columns: this.#spec.rank,
      depth: inputs,
    });
  }

  /** V becomes an orthonormal basis of W' (W V). */
  #turn(): void {
    const { team, weights, units, inputs } = this.#context;
    const { rank } = this.#spec;
    const { values, stride } = this.#basis;
    gemm(team, {
      out: values,
      outStride: stride,
      a: { values: weights.values, row: 1, column: weights.stride },
      b: rowsOf(this.#sketch),
      rows: inputs,
      columns: rank,
      depth: units,
    });
    orthonormalize(values, stride, inputs, rank);
  }

  #project(input: Activations, batch: number): void {
    const { team, inputs } = this.#context;
    const { rank, sketch } = this.#spec;
    const x = this.#dense.of(input, batch);
    const { values, stride } = this.#projected;
    gemm(team, {
      out: values,
      outStride: stride,
      a: rowsOf(x),
      b: rowsOf(this.#basis),
      rows: batch,
      columns: rank,
      depth: inputs,
    });
    if (sketch === 'projection') for (let i = 0; i < batch * stride; i++) values[i]! *= inputs / rank;
  }

  #score(batch: number): void {
    const { team, weights, units } = this.#context;
    const { values, stride, width } = this.#sketch;
    const rows = { rows: units, width, stride, values, bias: weights.bias };
    computeAllUnits(team, rows, 'linear', this.#projected, this.#scores, batch);
  }
}
