/** The units with the highest of a batch's scores. */
import { bestOfRows, topK } from '@hashgrad/kernels';
import type { DenseActivations } from '../layers/activations.ts';
import type { SelectorContext } from './selector.ts';

/** The kernel topK looks at each number so often: for the first digits of the k-th highest, and for what has these or higher ones. */
export const TOP_K_PASSES = 2;

/** Where one unit of so many is wanted, or fewer, one pass finds them: few are higher than the lowest of those found before. */
const FEW = 64;

export class Highest implements Disposable {
  readonly #context: SelectorContext;
  readonly #count: number;
  readonly #ids: Int32Array;
  readonly #lengths: Int32Array;

  /** For the `count` highest of each sample. */
  constructor(context: SelectorContext, count: number) {
    const { arena } = context.team;
    this.#context = context;
    this.#count = count;
    this.#ids = arena.int32(context.batch * count);
    this.#lengths = arena.int32(context.batch);
  }

  /** The units of each sample's highest scores, ascending: a function of the sample. Counted as `choose`. */
  of(
    { values, stride }: Pick<DenseActivations, 'values' | 'stride'>,
    batch: number,
  ): (sample: number) => Int32Array {
    const { team, units, counts } = this.#context;
    const ids = this.#ids;
    const k = this.#count;
    const listOf = (s: number): Int32Array => ids.subarray(s * k, s * k + k);
    if (FEW * k > units) {
      topK(team, { ids, values, stride, width: units, k }, batch);
      counts.add('choose', { comparisons: TOP_K_PASSES * batch * units });
      return listOf;
    }
    const best = { positions: ids, lengths: this.#lengths };
    bestOfRows(team, { ...best, values, stride, width: units, k }, batch);
    for (let s = 0; s < batch; s++) {
      const list = listOf(s);
      for (let i = 0; i < k; i++) list[i]! -= s * stride;
      list.sort();
    }
    counts.add('choose', { comparisons: batch * units });
    return listOf;
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    arena.free(this.#ids);
    arena.free(this.#lengths);
  }
}
