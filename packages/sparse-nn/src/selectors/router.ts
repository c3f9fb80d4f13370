/** A linear router, as mixtures of experts have it: which of some groups of units a sample is given to, learned by gates. */
import { randomStream } from '@hashgrad/kernels';
import { DenseForm } from '../layers/dense-form.ts';
import type { Activations, DenseActivations } from '../layers/activations.ts';
import type { Weights } from '../layers/weights.ts';
import { InputGradients, LinearMap } from './linear-map.ts';
import type { GateGradients, SelectorContext, SelectorState } from './selector.ts';
import { countOf } from './selector-state.ts';

/** A router as plain JSON, see `router`. */
export interface RouterSpec {
  readonly kind: 'router';
  /** Training steps after which the router stays as it is; null: never. 0: it stays random, and gives no gates. */
  readonly freezeAfter: number | null;
  /** What the auxiliary loss that keeps groups in balance counts, 0 or more. Where samples choose, 0.01 unless it is given. */
  readonly balance?: number;
}

/**
 * A linear router: each group of units (an expert) has a weight vector r, and a sample x is given to those whose scores r . x are
 * highest. What a chosen group's units give is multiplied by the gate 2 sigmoid(r . x), which is about 1 at the start, and by it
 * the router is trained (the gate of BASE Layers, Lewis et al., ICML 2021, doubled).
 *
 * `balance` (0.01) is the weight of the auxiliary loss of Switch Transformers (Fedus, Zoph and Shazeer, JMLR 2022, section 2.2): the
 * number of groups times the sum of f_i P_i, where f_i is the share of a batch's choices that group i has, and P_i the mean of its
 * probability in a softmax of the scores. It is 1 where groups are even.
 *
 * `freezeAfter` (null: never) is the number of training steps after which the router stays as it is, and with it each input's
 * choice: the gates go on. With 0 it stays as it was drawn, and there are no gates.
 */
export function router(options: Partial<Omit<RouterSpec, 'kind'>> = {}): RouterSpec {
  return { kind: 'router', freezeAfter: null, ...options };
}

/** @throws {RangeError} for a router that there cannot be. `kind`: of the selector. */
export function checkRouter(kind: string, spec: RouterSpec): void {
  const { freezeAfter, balance = 0 } = spec;
  if (spec.kind !== 'router') {
    throw new RangeError(`${kind}: a router is made by router(); got ${JSON.stringify(spec)}.`);
  }
  checkFreezeAfter(kind, freezeAfter);
  if (!(balance >= 0 && balance < Infinity)) {
    throw new RangeError(`${kind}: balance is the weight of a loss, 0 or more; got ${balance}.`);
  }
}

/** @throws {RangeError} for what is no number of steps. */
export function checkFreezeAfter(kind: string, freezeAfter: unknown): void {
  if (freezeAfter === null || (Number.isSafeInteger(freezeAfter) && (freezeAfter as number) >= 0)) return;
  throw new RangeError(
    `${kind}: freezeAfter is a number of training steps, 0 or more, or null for never; got ${JSON.stringify(freezeAfter) ?? 'undefined'}.`,
  );
}

/** Whether there are gates: what is never trained has none. */
export function isTrained({ freezeAfter }: Pick<RouterSpec, 'freezeAfter'>): boolean {
  return freezeAfter !== 0;
}

/** Smaller weights than elsewhere (Fedus et al., section 2.4): gates are near 1 and groups near even at the start. */
const GAIN = 0.1;

export class Router implements Disposable {
  readonly #context: SelectorContext;
  readonly #spec: RouterSpec;
  readonly #balance: number;
  readonly #map: LinearMap;
  readonly #form: DenseForm;
  /** Of the batch that was scored last. */
  #x: DenseActivations | undefined;
  readonly #back: InputGradients;
  /** How often each group was chosen for the batch. */
  readonly #chosen: Float64Array;
  readonly #probabilities: Float64Array;
  #steps = 0;

  /** `balance`: where the spec does not say. */
  constructor(spec: RouterSpec, groups: number, balance: number, context: SelectorContext) {
    const { team, batch, inputs, seed, name } = context;
    this.#context = context;
    this.#spec = spec;
    this.#balance = spec.balance ?? balance;
    this.#map = new LinearMap(context, groups, inputs, GAIN, randomStream(seed, `${name} router`));
    this.#form = new DenseForm(team, batch, inputs, false);
    this.#back = new InputGradients(context);
    this.#chosen = new Float64Array(groups);
    this.#probabilities = new Float64Array(groups);
  }

  get parameters(): Readonly<Record<string, Weights>> {
    return { router: this.#map.weights };
  }

  /** The scores of all groups, batch x groups. */
  score(input: Activations, batch: number): DenseActivations {
    this.#x = this.#form.of(input, batch);
    this.#map.forward(this.#x, batch);
    this.#chosen.fill(0);
    return this.#map.outputs;
  }

  /** The gate of a sample in a group, which it is given to: noted for the balance. */
  choose(sample: number, group: number): number {
    const { values, stride } = this.#map.outputs;
    this.#chosen[group]!++;
    return 2 / (1 + Math.exp(-values[sample * stride + group]!));
  }

  /** Begins a backward pass: no gradient flows back by any gate yet. */
  begin(batch: number): void {
    const { gradients, stride } = this.#map.outputs;
    gradients.fill(0, 0, batch * stride);
  }

  /** Adds to the gradient by the gate of a sample in a group. */
  add(sample: number, group: number, gate: number, gradient: number): void {
    const { gradients, stride } = this.#map.outputs;
    // The derivative of 2 sigmoid.
    gradients[sample * stride + group]! += gradient * gate * (1 - gate / 2);
  }

  /** Trains the router by what was added, and the balance; and adds to the input's gradients, if they are wanted. */
  backward({ input, batch, needsInputGradient, stage }: GateGradients): void {
    const { counts, optimizer } = this.#context;
    const { freezeAfter } = this.#spec;
    const trains = optimizer.trainable && (freezeAfter === null || this.#steps < freezeAfter);
    if (stage !== 'apply') {
      if (trains) counts.time('backward', () => this.#addBalance(batch));
      if (needsInputGradient) this.#back.add([this.#map], input, batch);
    }
    this.#map.train(this.#x!, batch, trains, stage);
  }

  /** A training step is over. */
  updated(): void {
    this.#steps++;
  }

  state(): SelectorState {
    return { values: { steps: this.#steps } };
  }

  restore(state: SelectorState): void {
    this.#steps = countOf(state, 'steps');
  }

  [Symbol.dispose](): void {
    this.#map[Symbol.dispose]();
    this.#form[Symbol.dispose]();
    this.#back[Symbol.dispose]();
  }

  /** By a score z_j of a sample: balance groups / batch p_j (f_j - the sum of f_i p_i). */
  #addBalance(batch: number): void {
    if (this.#balance === 0) return;
    const { values, gradients, stride, width } = this.#map.outputs;
    const chosen = this.#chosen;
    const p = this.#probabilities;
    const total = chosen.reduce((sum, count) => sum + count, 0);
    if (total === 0) return;
    const scale = (this.#balance * width) / (batch * total);
    for (let s = 0; s < batch; s++) {
      softmaxOf(values, s * stride, p);
      let mean = 0;
      for (let j = 0; j < width; j++) mean += chosen[j]! * p[j]!;
      for (let j = 0; j < width; j++) gradients[s * stride + j]! += scale * p[j]! * (chosen[j]! - mean);
    }
  }
}

/** Writes the softmax of as many values as there is room for, from `first` on. */
export function softmaxOf(values: Float32Array, first: number, out: Float64Array): void {
  const { length } = out;
  let highest = -Infinity;
  for (let j = 0; j < length; j++) highest = Math.max(highest, values[first + j]!);
  let total = 0;
  for (let j = 0; j < length; j++) total += out[j] = Math.exp(values[first + j]! - highest);
  for (let j = 0; j < length; j++) out[j]! /= total;
}
