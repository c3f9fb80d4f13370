/** Balanced choice at work: who was chosen how often, and what follows for the next choice. */
import type { SparseActivations } from '../layers/activations.ts';
import type { BalanceSpec } from './balance-spec.ts';
import type { Selector, SelectorContext, SelectorState } from './selector.ts';
import { arrayOf, countOf } from './selector-state.ts';

export class Balance {
  /** A unit is chosen by its score times its scale, plus its bias. */
  readonly scales: Float32Array;
  readonly biases: Float32Array;
  readonly #spec: BalanceSpec;
  readonly #context: SelectorContext;
  /** The share of the units that fire for a sample. */
  readonly #share: number;
  /** How often each unit was chosen since the last step, for how many samples. */
  readonly #times: Int32Array;
  #samples = 0;
  /** Running means of how often units fire, over so many samples so far. */
  readonly #dutyCycles: Float64Array;
  #seen = 0;

  /** `active` units fire for a sample. */
  constructor(spec: BalanceSpec, context: SelectorContext, active: number) {
    const { units } = context;
    this.#spec = spec;
    this.#context = context;
    this.#share = active / units;
    this.scales = new Float32Array(units).fill(1);
    this.biases = new Float32Array(units);
    this.#times = new Int32Array(units);
    this.#dutyCycles = new Float64Array(units);
  }

  /** Whether it decides by other than the scores themselves. */
  get weighs(): boolean {
    return this.#spec.kind !== 'loss';
  }

  /** Scores of `batch` samples, `stride` apart, become what is chosen by. */
  weigh(scores: Float32Array, stride: number, batch: number): void {
    if (!this.weighs) return;
    const { scales, biases } = this;
    for (let s = 0; s < batch; s++) {
      const row = scores.subarray(s * stride, s * stride + scales.length);
      for (let u = 0; u < row.length; u++) row[u] = row[u]! * scales[u]! + biases[u]!;
    }
    this.#context.counts.add('choose', { multiplyAdds: batch * scales.length });
  }

  /** Takes note of what was chosen for a training batch. */
  observe({ offsets, ids }: SparseActivations, batch: number): void {
    const times = this.#times;
    const chosen = offsets[batch]!;
    for (let i = 0; i < chosen; i++) times[ids[i]!]!++;
    this.#samples += batch;
    this.#context.counts.add('choose', { additions: chosen });
  }

  /** Adapts to what was chosen since the last step. */
  updated(): void {
    if (this.#samples === 0) return;
    const spec = this.#spec;
    if (spec.kind === 'bias') this.#moveBiases(spec.rate);
    else if (spec.kind === 'boosting') this.#moveDutyCycles(spec.strength, spec.period);
    this.#times.fill(0);
    this.#samples = 0;
    if (!this.weighs) return;
    this.#context.counts.add('choose', { comparisons: this.scales.length });
  }

  /**
   * Adds the gradient of the auxiliary loss with respect to what the layer gave for the batch that was observed:
   * weight N / batch * p (f - the mean of f by p).
   */
  addGradients({ offsets, ids, values, gradients }: SparseActivations, batch: number): void {
    if (this.#spec.kind !== 'loss') return;
    const times = this.#times;
    const total = times.reduce((sum, count) => sum + count, 0);
    if (total === 0) return;
    const factor = (this.#spec.weight * times.length) / (batch * total);
    for (let s = 0; s < batch; s++) {
      const [first, end] = [offsets[s]!, offsets[s + 1]!];
      let highest = -Infinity;
      for (let i = first; i < end; i++) highest = Math.max(highest, values[i]!);
      let [sum, mean] = [0, 0];
      for (let i = first; i < end; i++) {
        const e = Math.exp(values[i]! - highest);
        sum += e;
        mean += e * times[ids[i]!]!;
      }
      mean /= sum;
      for (let i = first; i < end; i++) {
        const p = Math.exp(values[i]! - highest) / sum;
        gradients[i]! += factor * p * (times[ids[i]!]! - mean);
      }
    }
    // Two passes of a product and a sum for each, beside the exponentials.
    this.#context.counts.add('backward', { multiplyAdds: 2 * offsets[batch]! });
  }

  state(): SelectorState {
    const { kind } = this.#spec;
    if (kind === 'bias') return { arrays: { balance: this.biases } };
    if (kind === 'loss') return {};
    return { arrays: { dutyCycles: this.#dutyCycles }, values: { seen: this.#seen } };
  }

  restore(state: SelectorState): void {
    const spec = this.#spec;
    const units = this.scales.length;
    if (spec.kind === 'bias') this.biases.set(arrayOf(state, 'balance', Float32Array, units));
    if (spec.kind === 'boosting') {
      this.#dutyCycles.set(arrayOf(state, 'dutyCycles', Float64Array, units));
      this.#seen = countOf(state, 'seen');
      this.#boost(spec.strength);
    }
  }

  #moveBiases(rate: number): void {
    const { biases } = this;
    const times = this.#times;
    const units = biases.length;
    const mean = times.reduce((sum, count) => sum + count, 0) / units;
    let shift = 0;
    for (let u = 0; u < units; u++) {
      biases[u]! += rate * Math.sign(mean - times[u]!);
      shift += biases[u]!;
    }
    shift /= units;
    for (let u = 0; u < units; u++) biases[u]! -= shift;
  }

  #moveDutyCycles(strength: number, period: number): void {
    const samples = this.#samples;
    this.#seen += samples;
    // At the start the mean is over the samples that there were.
    const part = Math.min(1, samples / Math.min(period, this.#seen));
    const cycles = this.#dutyCycles;
    for (const [u, count] of this.#times.entries()) cycles[u]! += part * (count / samples - cycles[u]!);
    this.#boost(strength);
  }

  #boost(strength: number): void {
    if (this.#seen === 0) return;
    for (const [u, cycle] of this.#dutyCycles.entries()) {
      this.scales[u] = Math.exp(strength * (this.#share - cycle));
    }
  }
}

/** A selector whose choice is balanced: `bind` makes it of the balance, if there is one, and chooses by its scales and biases. */
export function withBalance(
  spec: BalanceSpec | undefined,
  context: SelectorContext,
  active: number,
  bind: (balance: Balance | undefined) => Selector,
): Selector {
  if (!spec) return bind(undefined);
  const balance = new Balance(spec, context, active);
  const inner = bind(balance);
  return {
    maxActive: inner.maxActive,
    keepProbability: inner.keepProbability,
    get padding() {
      return inner.padding;
    },
    select(selection, output): void {
      inner.select(selection, output);
      if (selection.training) context.counts.time('choose', () => balance.observe(output, selection.batch));
    },
    updated(rows): void {
      inner.updated(rows);
      context.counts.time('choose', () => balance.updated());
    },
    addGradients: (output, batch) => balance.addGradients(output, batch),
    state(): SelectorState {
      const [own, its] = [balance.state(), inner.state?.()];
      return { arrays: { ...its?.arrays, ...own.arrays }, values: { ...its?.values, ...own.values } };
    },
    restore(state): void {
      inner.restore?.(state);
      balance.restore(state);
    },
    rewritten: () => inner.rewritten?.(),
    ...(inner.codesChanged && { codesChanged: () => inner.codesChanged!() }),
    ...(inner.lookups && { lookups: (sample: number) => inner.lookups!(sample) }),
    [Symbol.dispose]: () => inner[Symbol.dispose](),
  };
}
