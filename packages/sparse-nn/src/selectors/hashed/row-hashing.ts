/** How weight vectors become codes: as they are, or centred, under a bound of their norms that all of them share. */
import { squaredNorms } from '@hashgrad/kernels';
import type { DenseBatch, RowTerms, TransformedHasher } from '@hashgrad/mips';
import type { SelectorContext, SelectorState, StateArray } from '../selector.ts';
import { arrayOf, numberOf } from '../selector-state.ts';
import { CentredRows } from './centred-rows.ts';

/**
 * How far above the largest squared norm the transform's bound is set: norms grow, and a new bound changes the
 * transformed vectors, and so the codes, of all rows.
 */
const SLACK = 1.1;

/**
 * The mean that is taken off is replaced, and all rows are hashed anew, once it is this far from that of the rows: a
 * tenth of the rows' root mean square distance from their mean, squared. What then is left in common is a hundredth of
 * their squared length, too little to change many signs.
 */
const DRIFT = 0.01;

export class RowHashing implements Disposable {
  readonly #context: SelectorContext;
  readonly #hasher: TransformedHasher;
  readonly #centred: CentredRows | undefined;
  readonly #squaredNorms: Float32Array;
  /** Relative to a block of centred rows. */
  readonly #own: Int32Array;
  #bound = 0;

  constructor(hasher: TransformedHasher, centred: boolean, context: SelectorContext) {
    const { team, units } = context;
    this.#context = context;
    this.#hasher = hasher;
    this.#centred = centred ? new CentredRows(context) : undefined;
    this.#squaredNorms = team.arena.float32(units);
    this.#own = team.arena.int32(centred ? units : 0);
  }

  /**
   * Looks at the weights before `rows`, which changed, are hashed: at their mean and their norms.
   * @returns Whether the codes of all rows change by it.
   */
  follow(rows: Int32Array): boolean {
    if (this.#centred) return this.#followCentred(this.#centred, rows);
    if (this.#hasher.transform.tailWidth === 0) return false;
    this.#norms();
    const { bias } = this.#context.weights;
    if (bias) this.#squaredNorms.forEach((_, u, norms) => (norms[u]! += bias[u]! * bias[u]!));
    return this.#raiseBound();
  }

  /** Forgets the bound: the next one is that of the weights as they are. */
  forgetBound(): void {
    this.#bound = 0;
  }

  /** Writes the lengths of all rows, their biases included; of centred rows as they were hashed. */
  lengths(lengths: Float32Array): void {
    const norms = this.#squaredNorms;
    const { units } = this.#context;
    if (this.#centred) for (let u = 0; u < units; u++) lengths[u] = Math.sqrt(norms[u]!);
    else {
      this.#norms();
      const { bias } = this.#context.weights;
      for (let u = 0; u < units; u++) lengths[u] = Math.sqrt(norms[u]! + (bias ? bias[u]! * bias[u]! : 0));
    }
  }

  /** Writes the codes of `rows`, or of all: unit u's in table t to codes[t * units + u]. */
  hash(codes: Uint32Array, rows: Int32Array | undefined): void {
    const { weights, units, counts } = this.#context;
    const { values, stride, width, bias } = weights;
    const hasher = this.#hasher;
    const [norms, bound] = [this.#squaredNorms, this.#bound];
    if (!this.#centred) {
      const terms = { squaredNorms: norms, bound, bias };
      return hasher.hashRows({ values, stride, width }, units, terms, { codes, stride: units }, rows);
    }
    this.#centred.each(rows, (block, own) => {
      const { first, count } = block;
      const terms = { squaredNorms: norms.subarray(first), bound, bias: block.bias };
      const list = own && this.#own.subarray(0, own.length);
      if (own) this.#own.set(own);
      const target = { codes, stride: units, first };
      hasher.hashRows({ values: block.values, stride, width }, count, terms, target, list);
    });
    counts.add('rehash', { additions: (rows?.length ?? units) * (width + (bias ? 1 : 0)) });
  }

  /** A copy of some rows as they are hashed, centred where that is wanted, and what P depends on. */
  copy(list: Int32Array): { readonly rows: DenseBatch; readonly terms: RowTerms } {
    const { values, stride, width, bias } = this.#context.weights;
    const mean = this.#centred?.mean;
    const made = new Float32Array(list.length * width);
    const biases = bias && new Float32Array(list.length);
    const norms = new Float32Array(list.length);
    for (const [i, row] of list.entries()) {
      for (let k = 0; k < width; k++) {
        const own = (made[i * width + k] = values[row * stride + k]! - (mean?.[k] ?? 0));
        norms[i]! += own * own;
      }
      if (!biases) continue;
      biases[i] = bias[row]! - (mean?.[width] ?? 0);
      norms[i]! += biases[i]! ** 2;
    }
    const terms = { squaredNorms: norms, bound: this.#bound, bias: biases };
    return { rows: { values: made, stride: width, width }, terms };
  }

  state(): { readonly arrays: Record<string, StateArray>; readonly values: Record<string, unknown> } {
    const mean = this.#centred?.mean;
    const arrays: Record<string, StateArray> = mean ? { mean, squaredNorms: this.#squaredNorms } : {};
    return { arrays, values: { bound: this.#bound } };
  }

  restore(state: SelectorState): void {
    this.#bound = numberOf(state, 'bound');
    if (!this.#centred) return;
    const { mean } = this.#centred;
    mean.set(arrayOf(state, 'mean', Float32Array, mean.length));
    // Of rows that did not change since they were hashed, norms are not taken again.
    this.#squaredNorms.set(arrayOf(state, 'squaredNorms', Float32Array, this.#squaredNorms.length));
  }

  /** Runs `work`, after which all is as before. */
  undone(work: () => void): void {
    const { arrays, values } = this.state();
    const kept = {
      values,
      arrays: Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, a.slice()])),
    };
    work();
    this.restore(kept);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#centred?.[Symbol.dispose]();
    for (const view of [this.#squaredNorms, this.#own]) arena.free(view);
  }

  /** Takes |row|^2 of all rows, their biases left out. */
  #norms(): void {
    const { weights, units, team, counts } = this.#context;
    const { values, stride, width, bias } = weights;
    squaredNorms(team, { norms: this.#squaredNorms, x: values, stride, width }, units);
    counts.add('rehash', { multiplyAdds: units * (width + (bias ? 1 : 0)) });
  }

  /** Norms are taken of what is hashed: of all rows, if the mean moved too far. */
  #followCentred(centred: CentredRows, rows: Int32Array): boolean {
    const { units } = this.#context;
    const norms = this.#squaredNorms;
    const spread = norms.reduce((sum, norm) => sum + norm, 0) / units;
    const all = centred.measure() > DRIFT * spread || rows.length === units;
    if (all) centred.take();
    centred.squaredNorms(norms, all ? undefined : rows);
    if (this.#hasher.transform.tailWidth === 0) return all;
    return this.#raiseBound() || all;
  }

  /** If a norm exceeds the bound, that is set above it: whether it was. */
  #raiseBound(): boolean {
    const largest = this.#squaredNorms.reduce((most, norm) => Math.max(most, norm), 0);
    if (largest <= this.#bound) return false;
    this.#bound = SLACK * largest;
    return true;
  }
}
