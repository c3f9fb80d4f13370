/** A layer's weight vectors with the mean of all of them taken off, block by block: no copy of all weights is made. */
import { columnSums, gemm, squaredNorms } from '@hashgrad/kernels';
import type { SelectorContext } from '../selector.ts';

/** Rows that are centred at a time: half a megabyte of 128 weights each. */
const BLOCK = 1024;

/** Rows first to first + count - 1 of the layer, centred. Good until the next block. */
export interface CentredBlock {
  readonly first: number;
  readonly count: number;
  /** count x width, in the arena, as far apart as the layer's own rows. */
  readonly values: Float32Array;
  /** One a row; only of layers with biases. */
  readonly bias: Float32Array | undefined;
}

export class CentredRows implements Disposable {
  readonly #context: SelectorContext;
  /** The mean that is taken off: one a weight, and then the bias's. */
  readonly #mean: Float32Array;
  /** What the mean is now. */
  readonly #now: Float32Array;
  readonly #minus: Float32Array;
  readonly #ones: Float32Array;
  readonly #block: Float32Array;
  readonly #bias: Float32Array;
  readonly #norms: Float32Array;

  constructor(context: SelectorContext) {
    const { team, units, weights } = context;
    const { arena } = team;
    const { width, stride, bias } = weights;
    const block = Math.min(BLOCK, units);
    this.#context = context;
    this.#mean = new Float32Array(width + 1);
    this.#now = new Float32Array(width + 1);
    this.#minus = arena.float32(width);
    this.#ones = arena.float32(block).fill(1);
    this.#block = arena.float32(block * stride);
    this.#bias = new Float32Array(bias ? block : 0);
    this.#norms = arena.float32(block);
  }

  /** The mean that is taken off, as a checkpoint keeps it. */
  get mean(): Float32Array {
    return this.#mean;
  }

  /**
   * Looks at the mean of all rows as they are.
   * @returns How far it is from the one that is taken off, squared.
   */
  measure(): number {
    const { team, units, weights, counts } = this.#context;
    const { values, stride, width, bias } = weights;
    const now = this.#now;
    const sums = this.#minus;
    columnSums(team, { sums, x: values, stride, rows: units }, width);
    for (let k = 0; k < width; k++) now[k] = sums[k]! / units;
    let sum = 0;
    if (bias) for (let u = 0; u < units; u++) sum += bias[u]!;
    now[width] = sum / units;
    counts.add('rehash', { additions: units * (width + (bias ? 1 : 0)) });
    return now.reduce((distance, x, k) => distance + (x - this.#mean[k]!) ** 2, 0);
  }

  /** From now on the mean that was measured last is taken off. */
  take(): void {
    this.#mean.set(this.#now);
  }

  /** Gives the blocks that hold `rows`, or all; `visit` gets the numbers of its rows, from the block's first on. */
  each(
    rows: Int32Array | undefined,
    visit: (block: CentredBlock, own: Int32Array | undefined) => void,
  ): void {
    const { units } = this.#context;
    const most = this.#ones.length;
    const sorted = rows?.toSorted();
    for (let first = 0, from = 0; first < units; first += most) {
      const count = Math.min(most, units - first);
      if (!sorted) {
        visit(this.#centre(first, count), undefined);
        continue;
      }
      let to = from;
      while (to < sorted.length && sorted[to]! < first + count) to++;
      if (to > from)
        visit(
          this.#centre(first, count),
          sorted.slice(from, to).map((row) => row - first),
        );
      from = to;
    }
  }

  /** |row|^2 of `rows`, or of all of them, its bias included. Others are left as they are. */
  squaredNorms(norms: Float32Array, rows?: Int32Array): void {
    const { team, weights, counts, units } = this.#context;
    const { stride, width, bias } = weights;
    this.each(rows, ({ first, count, values, bias: biases }, own) => {
      squaredNorms(team, { norms: this.#norms, x: values, stride, width }, count);
      const write = (i: number): void => {
        norms[first + i] = this.#norms[i]! + (biases ? biases[i]! * biases[i]! : 0);
      };
      if (own) own.forEach(write);
      else for (let i = 0; i < count; i++) write(i);
    });
    const products = width + (bias ? 1 : 0);
    counts.add('rehash', { multiplyAdds: products, additions: products }, rows?.length ?? units);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    for (const view of [this.#minus, this.#ones, this.#block, this.#norms]) arena.free(view);
  }

  #centre(first: number, count: number): CentredBlock {
    const { team, weights } = this.#context;
    const { values, stride, width, bias } = weights;
    const block = this.#block;
    block.set(values.subarray(first * stride, (first + count) * stride));
    for (let k = 0; k < width; k++) this.#minus[k] = -this.#mean[k]!;
    gemm(team, {
      out: block,
      outStride: stride,
      a: { values: this.#ones, row: 1, column: 1 },
      b: { values: this.#minus, row: width, column: 1 },
      rows: count,
      columns: width,
      depth: 1,
      accumulate: true,
    });
    const biases = bias && this.#bias;
    if (biases) for (let i = 0; i < count; i++) biases[i] = bias[first + i]! - this.#mean[width]!;
    return { first, count, values: block, bias: biases };
  }
}
