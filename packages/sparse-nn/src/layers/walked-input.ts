/** The input of a layer of chosen units, in the form in which it is walked: as it is, or a sparse one made dense. */
import { gatherColumns, type Team } from '@hashgrad/kernels';
import { DenseForm } from './dense-form.ts';
import {
  activeUnits,
  type DenseActivations,
  type Activations,
  type SparseActivations,
} from './activations.ts';

/**
 * The share of active inputs above which a sparse input is made dense: reading one column costs about eight times a
 * column of a dense SIMD product.
 */
const SPARSE_BELOW = 1 / 8;

export class WalkedInput implements Disposable {
  readonly #team: Team;
  readonly #form: DenseForm;

  constructor(team: Team, batch: number, width: number) {
    this.#team = team;
    this.#form = new DenseForm(team, batch, width, true);
  }

  /** The dense form of a sparse input, where that is faster. */
  get dense(): DenseActivations {
    return this.#form.activations;
  }

  /** Whether a batch of so many active inputs in all is never too full to be walked as it is. */
  static staysSparse(active: number, batch: number, width: number): boolean {
    return active < SPARSE_BELOW * batch * width;
  }

  /** Whether so few inputs are active that their columns are read one by one. */
  isSparse(input: SparseActivations, batch: number): boolean {
    return WalkedInput.staysSparse(activeUnits(input, batch), batch, input.width);
  }

  /** The form in which the input is walked, its values in place. */
  lay(input: Activations, batch: number): Activations {
    return input.kind === 'sparse' && this.isSparse(input, batch) ? input : this.layDense(input, batch);
  }

  /** The dense form, its values in place. */
  layDense(input: Activations, batch: number): DenseActivations {
    return this.#form.of(input, batch);
  }

  /** The form in which the forward walk laid the input. */
  laid(input: Activations, batch: number): Activations {
    return input.kind === 'dense' || this.isSparse(input, batch) ? input : this.dense;
  }

  /** Gradients with respect to the dense form, at the input's own columns. */
  backToSparse(input: Activations, { gradients, stride }: DenseActivations, batch: number): void {
    if (input.kind === 'dense') return;
    const columns = { out: input.gradients, rows: gradients, stride, width: input.width, x: input.record };
    gatherColumns(this.#team, columns, batch);
  }

  [Symbol.dispose](): void {
    this.#form[Symbol.dispose]();
  }
}
