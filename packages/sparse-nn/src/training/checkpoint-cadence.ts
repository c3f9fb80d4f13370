/** When `fit` saves: after some steps, after some epochs, and when the run ends. */
import type { CheckpointOptions } from './fit-options.ts';

export class CheckpointCadence {
  readonly #options: CheckpointOptions | undefined;
  readonly #save: (path: string) => void;

  /** Never, without options. `save` writes the checkpoint. */
  constructor(options: CheckpointOptions | undefined, save: (path: string) => void) {
    this.#options = options;
    this.#save = save;
  }

  /** `steps`: of the run, so far. */
  afterStep(steps: number): void {
    const { path, everySteps } = this.#options ?? {};
    if (path !== undefined && everySteps !== undefined && steps % everySteps === 0) this.#save(path);
  }

  /** `epoch`: the one that was under way, from 1; `ended`: whether the run has. */
  afterEpoch(epoch: number, ended: boolean): void {
    if (!this.#options) return;
    const { path, everySteps, everyEpochs = everySteps === undefined ? 1 : Infinity } = this.#options;
    if (ended || epoch % everyEpochs === 0) this.#save(path);
  }
}
