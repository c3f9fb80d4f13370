/** Inverted dropout of a hidden layer's outputs (Srivastava et al., JMLR 2014). */
import { dropout, randomStream, type Team } from '@hashgrad/kernels';

/** In training each output is 0 with a probability, else divided by the share that is kept; else nothing happens. */
export class Dropout {
  readonly keep: number;
  readonly #team: Team;
  readonly seed: number;
  #step = 0;

  /** `rate`: the probability, from 0 to below 1. `name` tells this user of the seed from others. */
  constructor(team: Team, rate: number, seed: number, name: string) {
    this.#team = team;
    this.keep = 1 - rate;
    this.seed = randomStream(seed, `${name} dropout`).integer(2 ** 32);
  }

  /** Drops some of the first `count` outputs of a batch; which ones depends on the step and their places only. */
  forward(values: Float32Array, count: number, step: number): void {
    this.#step = step;
    this.#apply(values, count);
  }

  /** Drops the gradients with respect to the outputs that were dropped. */
  backward(gradients: Float32Array, count: number): void {
    this.#apply(gradients, count);
  }

  #apply(values: Float32Array, count: number): void {
    if (this.keep === 1) return;
    const { keep, seed } = this;
    dropout(this.#team, { values, seed, step: this.#step, keep }, count);
  }
}
