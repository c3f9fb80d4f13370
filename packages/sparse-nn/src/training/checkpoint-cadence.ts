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

  /** Whether `afterStep` saves. `steps`: of the run, so far. */
  isDue(steps: number): boolean {
    const { everySteps } = this.#options ?? {};
    return everySteps !== undefined && steps % everySteps === 0;
  }

  afterStep(steps: number): void {
    if (this.#options && this.isDue(steps)) this.#save(this.#options.path);
  }

  /** `epoch`: the one that was under way, from 1; `ended`: whether the run has. */
  afterEpoch(epoch: number, ended: boolean): void {
    if (!this.#options) return;
    const { path, everySteps, everyEpochs = everySteps === undefined ? 1 : Infinity } = this.#options;
    if (ended || epoch % everyEpochs === 0) this.#save(path);
  }
}
