/** How much targets vary: what is left of them where each output is predicted by its mean. */
import type { Examples, Targets } from '../examples/examples.ts';
import { weightOf } from '../examples/sample-weights.ts';

/** The variance of the targets of rows that come one after the other (Welford 1962, with weights as by West 1979). */
export class TargetVariance {
  readonly #outputWeights: readonly number[] | undefined;
  readonly #means: Float64Array;
  /** Weighted sums of squared distances from the mean. */
  readonly #squares: Float64Array;
  #weight = 0;

  /** `outputWeights`: what each of the `outputs` counts. Default 1 each. */
  constructor(outputs: number, outputWeights?: readonly number[]) {
    this.#outputWeights = outputWeights;
    this.#means = new Float64Array(outputs);
    this.#squares = new Float64Array(outputs);
  }

  add(examples: Examples & Targets, row: number): void {
    const weight = weightOf(examples, row);
    if (weight === 0) return;
    this.#weight += weight;
    const outputs = this.#means.length;
    const share = weight / this.#weight;
    for (let u = 0; u < outputs; u++) {
      // As the network reads it, whatever array it is in.
      const target = Math.fround(examples.targets[row * outputs + u]!);
      const before = target - this.#means[u]!;
      // Exactly 0 as long as the targets are the same.
      this.#means[u]! += share * before;
      this.#squares[u]! += weight * before * (target - this.#means[u]!);
    }
  }

  /** The mean over the rows and outputs, by their weights; exactly 0 where the targets of each output are the same. */
  get value(): number {
    let total = 0;
    for (const [u, square] of this.#squares.entries()) total += (this.#outputWeights?.[u] ?? 1) * square;
    return total / (this.#weight * this.#means.length);
  }
}
