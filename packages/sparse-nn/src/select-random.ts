/** Selectors that do not look at the input: a random subset, drawn anew each time or once for all. */
import { randomStream } from '@hashgrad/kernels';
import { ListWriter } from './active-set.ts';
import {
  activeCount,
  type ActiveSize,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
} from './selector.ts';

export interface RandomSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'random';
}

export interface FixedSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'fixed';
}

/**
 * A new random subset for each sample of each step: dropout (Srivastava et al. 2014; "VD" of the 2017 paper). Activations
 * are divided by the share that is kept, so that a pass over all units needs no change.
 */
export function random(size: ActiveSize): RandomSpec {
  return { kind: 'random', ...size };
}

/** One random subset for all samples, drawn once: a narrow network inside a wide one. */
export function fixed(size: ActiveSize): FixedSpec {
  return { kind: 'fixed', ...size };
}

export const randomSelector: SelectorDefinition = {
  kind: 'random',
  check: (spec, units) => void activeCount('random', spec as RandomSpec, units),
  bind: (spec, context) => new Random(activeCount('random', spec as RandomSpec, context.units), context),
};

export const fixedSelector: SelectorDefinition = {
  kind: 'fixed',
  check: (spec, units) => void activeCount('fixed', spec as FixedSpec, units),
  bind(spec, context) {
    const most = activeCount('fixed', spec as FixedSpec, context.units);
    const subset = drawSubset(randomStream(context.seed, `${context.name} fixed`), context.units, most);
    const writer = new ListWriter(context.units);
    return {
      most,
      keep: 1,
      paddedShare: 0,
      select: (selection, output) => writer.write(selection, output, most, () => subset),
      updated: () => {},
      [Symbol.dispose]: () => {},
    };
  },
};

class Random implements Selector {
  readonly most: number;
  readonly keep: number;
  readonly paddedShare = 0;
  readonly #context: SelectorContext;
  readonly #training: ReturnType<typeof randomStream>;
  readonly #permutation: Int32Array;
  readonly #chosen: Uint8Array;
  readonly #list: Int32Array;
  readonly #writer: ListWriter;

  constructor(most: number, context: SelectorContext) {
    this.most = most;
    this.keep = most / context.units;
    this.#context = context;
    this.#training = randomStream(context.seed, `${context.name} random`);
    this.#permutation = Int32Array.from({ length: context.units }, (_, unit) => unit);
    this.#chosen = new Uint8Array(context.units);
    this.#list = new Int32Array(most);
    this.#writer = new ListWriter(context.units);
  }

  select(...[selection, output]: Parameters<Selector['select']>): void {
    // An evaluation draws from a stream of its own, and the same at every evaluation.
    const stream = selection.training
      ? this.#training
      : randomStream(this.#context.seed, `${this.#context.name} random evaluation`);
    const { units, counts } = this.#context;
    this.#writer.write(selection, output, this.most, () => this.#draw(stream, units));
    counts.add('lookup', selection.batch * this.most);
  }

  updated(): void {}

  [Symbol.dispose](): void {}

  /** The first steps of a Fisher-Yates shuffle, then a scan that puts the ids in order. */
  #draw(stream: ReturnType<typeof randomStream>, units: number): Int32Array {
    const permutation = this.#permutation;
    const chosen = this.#chosen;
    for (let i = 0; i < this.most; i++) {
      const j = i + stream.integer(units - i);
      const id = permutation[j]!;
      permutation[j] = permutation[i]!;
      permutation[i] = id;
      chosen[id] = 1;
    }
    let to = 0;
    for (let id = 0; id < units; id++) {
      if (chosen[id] === 0) continue;
      chosen[id] = 0;
      this.#list[to++] = id;
    }
    return this.#list;
  }
}

/** `count` of the units, ascending. */
function drawSubset(stream: ReturnType<typeof randomStream>, units: number, count: number): Int32Array {
  const all = Int32Array.from({ length: units }, (_, unit) => unit);
  for (let i = 0; i < count; i++) {
    const j = i + stream.integer(units - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count).toSorted();
}
