/** What makes the random numbers of a selector: others at each draw of training, the same for each batch of an evaluation. */
import { randomStream } from '@hashgrad/kernels';
import type { SelectorState } from './selector.ts';
import { countOf } from './selector-state.ts';

export class Draws {
  /** Draws of training so far. */
  count = 0;
  readonly #training: number;
  readonly #evaluation: number;

  /** `name` tells this user of the seed from others. */
  constructor(seed: number, name: string) {
    const random = randomStream(seed, name);
    this.#training = random.integer(2 ** 32);
    this.#evaluation = random.integer(2 ** 32);
  }

  /** What kernels make the next draw of. An evaluation changes nothing for the training. */
  next(training: boolean): { readonly seed: number; readonly step: number } {
    return training ? { seed: this.#training, step: this.count++ } : { seed: this.#evaluation, step: 0 };
  }

  state(): SelectorState {
    return { values: { draws: this.count } };
  }

  restore(state: SelectorState): void {
    this.count = countOf(state, 'draws');
  }
}
