/** The dense form of an input that may be sparse. */
import { scatterRows, type Team } from '@hashgrad/kernels';
import { denseActivations, freeActivations, type DenseActivations, type Activations } from './activations.ts';

export class DenseForm implements Disposable {
  /** Where a sparse input is made dense. */
  readonly activations: DenseActivations;
  readonly #team: Team;

  constructor(team: Team, batch: number, width: number, withGradients: boolean) {
    this.#team = team;
    this.activations = denseActivations(team.arena, batch, width, withGradients);
  }

  /** The input itself, if it is dense; else its dense form, good until the next one. */
  of(input: Activations, batch: number): DenseActivations {
    if (input.kind === 'dense') return input;
    const { values, stride, width } = this.activations;
    scatterRows(this.#team, { out: values, stride, width, x: input.record }, batch);
    return this.activations;
  }

  [Symbol.dispose](): void {
    freeActivations(this.#team.arena, this.activations);
  }
}
