/** What all units of a layer would give, before the activation function: what selectors know that spare no product. */
import { activateDense, multiplySparse } from '@hashgrad/kernels';
import { computeAllUnits } from '../layers/all-units.ts';
import { DenseForm } from '../layers/dense-form.ts';
import type { Balance } from './balance.ts';
import { Highest } from './highest.ts';
import type { SelectorContext } from './selector.ts';
import {
  activeUnits,
  denseActivations,
  freeActivations,
  type DenseActivations,
  type Activations,
} from '../layers/activations.ts';

/** The share of active inputs below which only these are multiplied. */
const SPARSE_BELOW = 1 / 4;

export class AllActivations implements Disposable {
  readonly #context: SelectorContext;
  readonly #activations: DenseActivations;
  readonly #dense: DenseForm;
  readonly #highest: Highest | undefined;

  /** With room for the `count` highest of each sample. */
  constructor(context: SelectorContext, count: number = 0) {
    const { arena } = context.team;
    this.#context = context;
    this.#activations = denseActivations(arena, context.batch, context.units, false);
    this.#dense = new DenseForm(context.team, context.batch, context.inputs, false);
    this.#highest = count > 0 ? new Highest(context, count) : undefined;
  }

  /** Weighted sums with biases, batch x units: the same bits for any form of the input. Counted as `choose`. */
  compute(input: Activations, batch: number): DenseActivations {
    const { counts, units, inputs, weights, team } = this.#context;
    const z = this.#activations;
    const active = activeUnits(input, batch);
    if (input.kind === 'sparse' && active < SPARSE_BELOW * batch * inputs) {
      const { values, stride } = z;
      multiplySparse(
        team,
        { out: values, outStride: stride, rows: weights.record, x: input.record, batch },
        units,
      );
      activateDense(team, { values, stride, width: units, bias: weights.bias, activation: 'linear' }, batch);
      counts.add('choose', { multiplyAdds: active * units });
      return z;
    }
    computeAllUnits(team, weights, 'linear', this.#dense.of(input, batch), z, batch);
    counts.add('choose', { multiplyAdds: batch * units * inputs });
    return z;
  }

  /**
   * The units of each sample's highest, as many as there is room for, as `balance` weighs them, ascending: a function of the
   * sample.
   */
  highest(input: Activations, batch: number, balance?: Balance): (sample: number) => Int32Array {
    const z = this.compute(input, batch);
    balance?.weigh(z.values, z.stride, batch);
    return this.#highest!.of(z, batch);
  }

  [Symbol.dispose](): void {
    freeActivations(this.#context.team.arena, this.#activations);
    this.#dense[Symbol.dispose]();
    this.#highest?.[Symbol.dispose]();
  }
}
