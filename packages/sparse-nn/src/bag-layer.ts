/**
 * A layer all of whose units fire, after a sparse input: an embedding bag. Its weights are kept by input, so that a
 * sample reads the rows of its active inputs only; the walks are the same as by unit, with rows and samples exchanged.
 */
import { multiply, RowPairs } from '@hashgrad/kernels';
import type { Layer, LayerContext, Pass } from './layer.ts';
import { optimizerCost } from './optimizers.ts';
import { denseSignal, freeSignal, type DenseSignal, type Signal, type SparseSignal } from './signal.ts';
import { createWeights, initialize, layerWeights, type LayerWeights, type Weights } from './weights.ts';

export class BagLayer implements Layer {
  readonly output: DenseSignal;
  readonly paddedShare = 0;
  readonly selector = undefined;
  readonly #context: LayerContext;
  /** Row i is the weights of input i to all units. */
  readonly #weights: Weights;
  /** The units' biases: rows of no weights. */
  readonly #bias: Weights;
  readonly #biasGradients: Float32Array;
  readonly #pairs: RowPairs;

  /** `capacity`: active inputs in a batch, at most. */
  constructor(context: LayerContext, capacity: number) {
    const { team, spec, inputs, optimizer, batch } = context;
    const { arena } = team;
    this.#context = context;
    this.output = denseSignal(arena, batch, spec.units, true);
    this.#weights = createWeights(arena, inputs, spec.units, false, optimizer);
    initialize(this.#weights, inputs, spec.activation === 'relu' ? 2 : 1, context.random);
    this.#bias = createWeights(arena, spec.units, 0, true, optimizer);
    this.#biasGradients = arena.float32(this.output.stride);
    this.#pairs = new RowPairs(team, inputs, capacity);
  }

  get most(): number {
    return this.output.width;
  }

  get weights(): LayerWeights {
    return layerWeights('input', this.#weights, this.#bias.bias!);
  }

  get parameters(): { readonly weights: Weights; readonly bias: Weights } {
    return { weights: this.#weights, bias: this.#bias };
  }

  forward(input: Signal, { batch }: Pass): void {
    const { counts, spec } = this.#context;
    const x = sparseOf(input);
    counts.time('forward', () => this.#gather(x, this.output, batch));
    counts.add('forward', x.offsets[batch]! * spec.units);
  }

  backward(input: Signal, batch: number, wanted: boolean): void {
    const { team, counts, spec, optimizer, optimizerRecord } = this.#context;
    const { arena } = team;
    const x = sparseOf(input);
    const y = this.output;
    const nonZeros = x.offsets[batch]!;
    const gradients = arena.address(y.gradients);
    const pairs = arena.address(this.#pairs.record);
    const rows = arena.address(this.#weights.record);
    const record = arena.address(optimizerRecord);
    counts.time('backward', () => {
      if (spec.activation === 'relu') {
        team.run('reluGradient', [gradients, arena.address(y.values)], batch * y.stride);
      }
      this.#pairs.sort(x.offsets, x.ids, batch);
      // The gradient by an active input is the product of its row with the sample's gradients: the forward walk.
      const { visited } = this.#pairs;
      if (wanted)
        team.run('walkForward', [arena.address(x.gradients), rows, pairs, gradients, y.stride], visited);
      team.run(
        'walkBackward',
        [arena.address(x.values), rows, pairs, record, gradients, y.stride, 0, batch, visited],
        visited,
        { scratch: arena.kernels.walkBackwardScratchBytes(batch, spec.units) },
      );
      team.run('columnSums', [arena.address(this.#biasGradients), gradients, y.stride, batch], spec.units);
    });
    counts.time('optimizer', () => {
      const sums = arena.address(this.#biasGradients);
      team.run('updateRows', [arena.address(this.#bias.record), record, sums, 0, sums], spec.units);
    });
    counts.add('backward', nonZeros * spec.units * (wanted ? 2 : 1));
    counts.add('optimizer', this.#pairs.visited * spec.units * optimizerCost(optimizer));
  }

  forwardAll(input: Signal, output: DenseSignal, batch: number): void {
    if (input.kind === 'sparse') {
      this.#gather(input, output, batch);
      return;
    }
    const { team, spec, inputs } = this.#context;
    const { arena } = team;
    multiply(
      team,
      arena.address(output.values),
      output.stride,
      { address: arena.address(input.values), row: input.stride, column: 1 },
      { address: arena.address(this.#weights.values), row: this.#weights.stride, column: 1 },
      { rows: batch, columns: spec.units, depth: inputs },
    );
    const relu = spec.activation === 'relu' ? 1 : 0;
    const bias = arena.address(this.#bias.bias!);
    team.run('activateDense', [arena.address(output.values), output.stride, spec.units, bias, relu], batch);
  }

  /** The walk by samples: each reads the rows of its active inputs. */
  #gather(x: SparseSignal, { values, stride }: DenseSignal, batch: number): void {
    const { team, spec } = this.#context;
    const { arena } = team;
    team.run(
      'gatherRows',
      [
        arena.address(values),
        stride,
        arena.address(this.#bias.bias!),
        arena.address(this.#weights.values),
        this.#weights.stride,
        spec.units,
        arena.address(x.offsets),
        arena.address(x.ids),
        arena.address(x.values),
      ],
      batch,
    );
    const relu = spec.activation === 'relu' ? 1 : 0;
    if (relu) team.run('activateDense', [arena.address(values), stride, spec.units, 0, relu], batch);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#weights[Symbol.dispose]();
    this.#bias[Symbol.dispose]();
    freeSignal(arena, this.output);
    arena.free(this.#biasGradients);
    this.#pairs[Symbol.dispose]();
  }
}

function sparseOf(input: Signal): SparseSignal {
  if (input.kind !== 'sparse') throw new TypeError('An embedding bag takes a sparse input.');
  return input;
}
