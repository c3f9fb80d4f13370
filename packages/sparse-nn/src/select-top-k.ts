/** The exact top k of a layer's activations: the oracle ("WTA" of the 2017 paper), at the price of a dense layer. */
import { multiply } from '@hashgrad/kernels';
import { ListWriter } from './active-set.ts';
import {
  activeCount,
  type ActiveSize,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
} from './selector.ts';
import { denseSignal, freeSignal, type DenseSignal } from './signal.ts';

export interface TopKSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'topK';
}

/** The units with the highest inner products, all of which are computed to know them. */
export function topK(size: ActiveSize): TopKSpec {
  return { kind: 'topK', ...size };
}

export const topKSelector: SelectorDefinition = {
  kind: 'topK',
  check: (spec, units) => void activeCount('topK', spec as TopKSpec, units),
  bind: (spec, context) => new TopK(activeCount('topK', spec as TopKSpec, context.units), context),
};

class TopK implements Selector {
  readonly most: number;
  readonly keep = 1;
  readonly paddedShare = 0;
  readonly #context: SelectorContext;
  readonly #activations: DenseSignal;
  readonly #dense: DenseSignal;
  readonly #highest: Int32Array;
  readonly #writer: ListWriter;

  constructor(most: number, context: SelectorContext) {
    const { arena } = context.team;
    this.most = most;
    this.#context = context;
    this.#activations = denseSignal(arena, context.batch, context.units, false);
    this.#dense = denseSignal(arena, context.batch, context.inputs, false);
    this.#highest = arena.int32(context.batch * most);
    this.#writer = new ListWriter(context.units);
  }

  select(...[selection, output]: Parameters<Selector['select']>): void {
    const { counts, units, inputs, weights, team } = this.#context;
    const { batch, input } = selection;
    const { arena } = team;
    counts.time('lookup', () => {
      let x = input;
      if (x.kind === 'sparse') {
        const { values, stride } = this.#dense;
        team.run('scatterRows', [arena.address(values), stride, inputs, arena.address(x.record)], batch);
        x = this.#dense;
      }
      const z = this.#activations;
      multiply(
        team,
        arena.address(z.values),
        z.stride,
        { address: arena.address(x.values), row: x.stride, column: 1 },
        { address: arena.address(weights.values), row: 1, column: weights.stride },
        { rows: batch, columns: units, depth: inputs },
      );
      const bias = weights.bias ? arena.address(weights.bias) : 0;
      team.run('activateDense', [arena.address(z.values), z.stride, units, bias, 0], batch);
      team.run(
        'topK',
        [arena.address(this.#highest), arena.address(z.values), z.stride, units, this.most],
        batch,
        { scratch: arena.kernels.topKScratchBytes() },
      );
      const k = this.most;
      this.#writer.write(selection, output, k, (s) => this.#highest.subarray(s * k, s * k + k));
    });
    counts.add('lookup', batch * units * inputs);
  }

  updated(): void {}

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    freeSignal(arena, this.#activations);
    freeSignal(arena, this.#dense);
    arena.free(this.#highest);
  }
}
