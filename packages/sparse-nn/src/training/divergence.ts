/** What is said when training has gone wrong: where, and what to try. */
import type { Layer } from '../layers/layer.ts';
import type { Activations } from '../layers/activations.ts';
import type { NetworkSpec } from '../spec/spec.ts';

/** A mean loss of so many times the first one's (or 1) is not learning any more. */
const EXPLODED = 1e6;

/** Training went wrong: the loss or a gradient is not finite, or the loss has exploded. */
export class DivergenceError extends Error {
  override readonly name: string = 'DivergenceError';
}

/** Watches what training gives, step by step. */
export class Divergence {
  readonly #spec: NetworkSpec;
  readonly #layers: readonly Layer[];
  /** The mean loss before the first update, or 1 if that is more; none before it. A checkpoint keeps it. */
  first: number | undefined;

  constructor(spec: NetworkSpec, layers: readonly Layer[]) {
    this.#spec = spec;
    this.#layers = layers;
  }

  /** Notes the mean loss before the first update, by which it is told that a later one has exploded. */
  begin(loss: number): void {
    if (Number.isFinite(loss)) this.first ??= Math.max(1, loss);
  }

  /**
   * @param when the step: '... at step 3', or '... after step 3'.
   * @param outputs of each layer, for the batch whose loss it is.
   * @throws {DivergenceError} if a mean loss is no finite number, or has exploded.
   */
  checkLoss(loss: number, when: string, outputs: readonly Activations[], batch: number): void {
    if (!Number.isFinite(loss)) {
      throw new DivergenceError(
        `The loss became ${loss} ${when}, ${this.#where(outputs, batch)}: ${this.#advice()}.`,
      );
    }
    if (this.first === undefined || loss <= EXPLODED * this.first) return;
    throw new DivergenceError(
      `The loss grew to ${loss.toPrecision(3)} ${when}, more than ${EXPLODED} times what it was at first, ` +
        `in the ${this.#name(this.#layers.length - 1)}: ${this.#advice()}.`,
    );
  }

  /** @throws {DivergenceError} if a squared norm of a layer's gradient, the last layer's first, is no finite number. */
  checkNorms(squares: readonly number[], step: number): void {
    const at = squares.findIndex((square) => !Number.isFinite(square));
    if (at < 0) return;
    throw new DivergenceError(
      `The squared norm of the gradient became ${squares[at]} at step ${step}, ` +
        `in the ${this.#name(this.#layers.length - 1 - at)}: ${this.#advice()}.`,
    );
  }

  /** The first layer whose outputs are not all finite. */
  #where(outputs: readonly Activations[], batch: number): string {
    const first = outputs.findIndex((output) => !isFinite(output, batch));
    return `in the ${this.#name(first < 0 ? this.#layers.length - 1 : first)}`;
  }

  #name(layer: number): string {
    return `${this.#spec.layers[layer]!.activation} of layer ${layer + 1}`;
  }

  #advice(): string {
    const { optimizer } = this.#spec;
    const clips = optimizer.clipNorm !== undefined || optimizer.clipValue !== undefined;
    const clipping = clips ? '' : 'clipNorm, ';
    const targets = this.#spec.layers.at(-1)!.activation === 'linear' ? ' and targets' : '';
    return `try a smaller rate than ${optimizer.rate}, ${clipping}or inputs${targets} of a smaller scale`;
  }
}

function isFinite(activations: Activations, batch: number): boolean {
  const { values } = activations;
  if (activations.kind === 'sparse')
    return values.subarray(0, activations.offsets[batch]).every(Number.isFinite);
  for (let s = 0; s < batch; s++) {
    const from = s * activations.stride;
    if (!values.subarray(from, from + activations.width).every(Number.isFinite)) return false;
  }
  return true;
}
