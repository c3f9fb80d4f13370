/**
 * The order 'union': all samples of a batch have the same units, those that were chosen for at least one of them. Their
 * rows of weights are gathered, products are dense, and the update is scattered.
 */
import { multiply, type RowPairs, type Strided, type Team } from '@hashgrad/kernels';
import { ACTIVATIONS, type HiddenActivation } from './activation.ts';
import type { DenseSignal, SparseSignal } from './signal.ts';
import type { Weights } from './weights.ts';

export class UnionProducts implements Disposable {
  readonly #team: Team;
  readonly #weights: Weights;
  /** Ids of the batch's units. */
  #rows: Int32Array;
  /** Their weights, rows as far apart as those of all; after these have been used, their gradients. */
  readonly #gathered: Float32Array;
  readonly #biases: Float32Array;
  readonly #biasGradients: Float32Array;

  /** `most`: units that a batch has together, at most. */
  constructor(team: Team, weights: Weights, most: number) {
    const { arena } = team;
    this.#team = team;
    this.#weights = weights;
    this.#rows = new Int32Array(0);
    this.#gathered = arena.float32(most * weights.stride);
    this.#biases = arena.float32(most);
    this.#biasGradients = arena.float32(most);
  }

  /** Gives each sample all the units of `pairs`, instead of those that were chosen for it. */
  share(pairs: RowPairs, { offsets, ids }: SparseSignal, batch: number): void {
    const { rows } = pairs;
    this.#rows = rows;
    for (let s = 0; s < batch; s++) {
      ids.set(rows, s * rows.length);
      offsets[s + 1] = (s + 1) * rows.length;
    }
  }

  /** The activations of all samples' units, which are a matrix. */
  forward(x: DenseSignal, output: SparseSignal, activation: HiddenActivation, batch: number): void {
    const team = this.#team;
    const { arena } = team;
    const { values, bias, stride, width } = this.#weights;
    const units = this.#rows.length;
    const rows = arena.address(this.#rows);
    const [to, biases] = [arena.address(output.values), arena.address(this.#biases)] as const;
    const gathered = arena.address(this.#gathered);
    team.run('copyRows', [gathered, stride, arena.address(values), stride, width, rows], units);
    team.run('copyRows', [biases, 1, arena.address(bias!), 1, 1, rows], units);
    const shape = { rows: batch, columns: units, depth: width };
    multiply(team, to, units, this.#dense(x), { address: gathered, row: 1, column: stride }, shape);
    team.run('activateDense', [to, units, units, biases, ACTIVATIONS.indexOf(activation)], batch);
  }

  /** From the gradients by the units' weighted sums to those by the input, if wanted, and by the weights. */
  backward(x: DenseSignal, output: SparseSignal, batch: number, wanted: boolean): void {
    const team = this.#team;
    const { arena } = team;
    const { stride, width } = this.#weights;
    const units = this.#rows.length;
    const gradients = arena.address(output.gradients);
    const gathered = arena.address(this.#gathered);
    if (wanted && units === 0) x.gradients.fill(0, 0, batch * x.stride);
    if (wanted && units > 0) {
      // (batch x units) (units x inputs)
      const by = { address: gradients, row: units, column: 1 };
      const shape = { rows: batch, columns: width, depth: units };
      const to = arena.address(x.gradients);
      multiply(team, to, x.stride, by, { address: gathered, row: stride, column: 1 }, shape);
    }
    // (units x batch) (batch x inputs)
    const by = { address: gradients, row: 1, column: units };
    multiply(team, gathered, stride, by, this.#dense(x), { rows: units, columns: width, depth: batch });
    team.run('columnSums', [arena.address(this.#biasGradients), gradients, units, batch], units);
  }

  /** Updates the units' rows by an optimizer's record. */
  update(record: Int32Array): void {
    const team = this.#team;
    const [rows, optimizer, ids, gradients, biasGradients] = [
      this.#weights.record,
      record,
      this.#rows,
      this.#gathered,
      this.#biasGradients,
    ].map((view) => team.arena.address(view)) as [number, number, number, number, number];
    const args = [rows, optimizer, ids, gradients, this.#weights.stride, biasGradients] as const;
    team.run('updateChosenRows', [...args], this.#rows.length);
  }

  [Symbol.dispose](): void {
    for (const view of [this.#gathered, this.#biases, this.#biasGradients]) this.#team.arena.free(view);
  }

  #dense({ values, stride }: DenseSignal): Strided {
    return { address: this.#team.arena.address(values), row: stride, column: 1 };
  }
}
