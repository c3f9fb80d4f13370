/** What all units of a layer would give, before the activation function: what selectors know that spare no product. */
import { multiply } from '@hashgrad/kernels';
import type { SelectorContext } from './selector.ts';
import { denseSignal, freeSignal, type DenseSignal, type Signal } from './signal.ts';

export class AllActivations implements Disposable {
  readonly #context: SelectorContext;
  readonly #activations: DenseSignal;
  readonly #dense: DenseSignal;
  /** The ids of each sample's highest, `count` a sample, if they are asked for. */
  readonly #highest: Int32Array;

  /** With room for the `count` highest of each sample. */
  constructor(context: SelectorContext, count: number = 0) {
    const { arena } = context.team;
    this.#context = context;
    this.#activations = denseSignal(arena, context.batch, context.units, false);
    this.#dense = denseSignal(arena, context.batch, context.inputs, false);
    this.#highest = arena.int32(context.batch * count);
  }

  /** Weighted sums with biases, batch x units. Counted as `lookup`. */
  compute(input: Signal, batch: number): DenseSignal {
    const { counts, units, inputs, weights, team } = this.#context;
    const { arena } = team;
    const x = this.#operand(input, batch);
    const z = this.#activations;
    const address = arena.address(z.values);
    multiply(
      team,
      address,
      z.stride,
      { address: arena.address(x.values), row: x.stride, column: 1 },
      { address: arena.address(weights.values), row: 1, column: weights.stride },
      { rows: batch, columns: units, depth: inputs },
    );
    const bias = weights.bias ? arena.address(weights.bias) : 0;
    team.run('activateDense', [address, z.stride, units, bias, 0], batch);
    counts.add('lookup', batch * units * inputs);
    return z;
  }

  /** The units of each sample's `count` highest, ascending: a function of the sample. */
  highest(input: Signal, batch: number, count: number): (sample: number) => Int32Array {
    const { values, stride } = this.compute(input, batch);
    const { team, units } = this.#context;
    const { arena } = team;
    const ids = this.#highest;
    team.run('topK', [arena.address(ids), arena.address(values), stride, units, count], batch, {
      scratch: arena.kernels.topKScratchBytes(),
    });
    return (s) => ids.subarray(s * count, s * count + count);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    freeSignal(arena, this.#activations);
    freeSignal(arena, this.#dense);
    arena.free(this.#highest);
  }

  #operand(input: Signal, batch: number): DenseSignal {
    if (input.kind === 'dense') return input;
    const { team, inputs } = this.#context;
    const { values, stride } = this.#dense;
    const [to, from] = [team.arena.address(values), team.arena.address(input.record)];
    team.run('scatterRows', [to, stride, inputs, from], batch);
    return this.#dense;
  }
}
