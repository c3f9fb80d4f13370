/**
 * A layer all of whose units fire, after a sparse input: an embedding bag. Its weights are kept by input, so that a
 * sample reads the rows of its active inputs only; the walks are the same as by unit, with rows and samples exchanged.
 */
import { multiply, RowPairs, type SampleLayerFields } from '@hashgrad/kernels';
import { ACTIVATIONS, activationGradient } from './activation.ts';
import { Dropout } from './dropout.ts';
import type { LayerContext, Pass, SampleLayer, Stage } from './layer.ts';
import { optimizerCost } from '../optimizers/optimizers.ts';
import {
  denseSignal,
  freeSignal,
  sampleInput,
  type DenseSignal,
  type Signal,
  type SparseSignal,
} from './signal.ts';
import {
  createWeights,
  initialize,
  layerWeights,
  squaredNorm,
  type LayerWeights,
  type Weights,
} from './weights.ts';

export class BagLayer implements SampleLayer {
  readonly output: DenseSignal;
  readonly selector = undefined;
  readonly #context: LayerContext;
  /** Row i is the weights of input i to all units. */
  readonly #weights: Weights;
  /** The units' biases: rows of no weights. */
  readonly #bias: Weights;
  readonly #biasGradients: Float32Array;
  readonly #pairs: RowPairs;
  readonly #dropout: Dropout;

  /** `capacity`: active inputs in a batch, at most. */
  constructor(context: LayerContext, capacity: number) {
    const { team, spec, inputs, optimizer, batch, activation, seed, name } = context;
    const { arena } = team;
    this.#context = context;
    this.output = denseSignal(arena, batch, spec.units, true);
    this.#weights = createWeights(arena, inputs, spec.units, false, optimizer.spec);
    initialize(this.#weights, inputs, activation === 'relu' ? 2 : 1, context.random);
    this.#bias = createWeights(arena, spec.units, 0, true, optimizer.spec);
    this.#biasGradients = arena.float32(this.output.stride);
    this.#pairs = new RowPairs(team, inputs, capacity);
    this.#dropout = new Dropout(team, spec.dropout ?? 0, seed, name);
  }

  get weights(): LayerWeights {
    return layerWeights('input', this.#weights, this.#bias.bias!);
  }

  get parameters(): { readonly weights: Weights; readonly bias: Weights } {
    return { weights: this.#weights, bias: this.#bias };
  }

  forward(input: Signal, { batch, training, step }: Pass): void {
    const { counts, spec } = this.#context;
    const x = sparseOf(input);
    const { values, stride } = this.output;
    counts.time('forward', () => {
      this.#gather(x, this.output, batch);
      if (training && step > 0) this.#dropout.forward(values, batch * stride, step);
    });
    counts.add('forward', x.offsets[batch]! * spec.units);
  }

  backward(input: Signal, batch: number, wanted: boolean, stage: Stage): void {
    const { team, counts, spec, optimizer, activation } = this.#context;
    const { arena } = team;
    const x = sparseOf(input);
    const y = this.output;
    const nonZeros = x.offsets[batch]!;
    const gradients = arena.address(y.gradients);
    const pairs = arena.address(this.#pairs.record);
    const rows = arena.address(this.#weights.record);
    const record = arena.address(stage === 'measure' ? optimizer.measure : optimizer.record);
    counts.time('backward', () => {
      if (stage !== 'apply') {
        this.#dropout.backward(y.gradients, batch * y.stride);
        activationGradient(team, activation, y.gradients, y.values, this.#dropout.keep, batch * y.stride);
        this.#pairs.sort(x.offsets, x.ids, batch);
      }
      if (stage === 'measure') this.#weights.norms!.fill(0);
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
    counts.time(stage === 'measure' ? 'backward' : 'optimizer', () => {
      const sums = arena.address(this.#biasGradients);
      team.run('updateRows', [arena.address(this.#bias.record), record, sums, 0, sums], spec.units);
    });
    counts.add('backward', nonZeros * spec.units * (wanted ? 2 : 1));
    if (stage === 'measure') return;
    counts.add('optimizer', this.#pairs.visited * spec.units * optimizerCost(optimizer.spec));
  }

  choose(): void {}

  sampleFields(input: Signal, wanted: boolean): SampleLayerFields {
    const { spec, activation } = this.#context;
    const { values, gradients, stride } = this.output;
    return {
      kind: 'inputs',
      activation: ACTIVATIONS.indexOf(activation),
      rows: this.#weights.record,
      biases: this.#bias.record,
      units: spec.units,
      output: { values, gradients, stride },
      input: sampleInput(input, wanted),
      keep: 1,
      dropout: this.#dropout,
    };
  }

  trained(input: Signal, batch: number, wanted: boolean): void {
    const { counts, spec, optimizer } = this.#context;
    const products = sparseOf(input).offsets[batch]! * spec.units;
    counts.add('forward', products);
    counts.add('backward', products * (wanted ? 2 : 1));
    counts.add('optimizer', products * optimizerCost(optimizer.spec));
  }

  squaredNorm(): number {
    return squaredNorm(this.#weights) + squaredNorm(this.#bias);
  }

  forwardAll(input: Signal, output: DenseSignal, batch: number): void {
    if (input.kind === 'sparse') {
      this.#gather(input, output, batch);
      return;
    }
    const { team, spec, inputs, activation } = this.#context;
    const { arena } = team;
    multiply(
      team,
      arena.address(output.values),
      output.stride,
      { address: arena.address(input.values), row: input.stride, column: 1 },
      { address: arena.address(this.#weights.values), row: this.#weights.stride, column: 1 },
      { rows: batch, columns: spec.units, depth: inputs },
    );
    const bias = arena.address(this.#bias.bias!);
    const kind = ACTIVATIONS.indexOf(activation);
    team.run('activateDense', [arena.address(output.values), output.stride, spec.units, bias, kind], batch);
  }

  /** The walk by samples: each reads the rows of its active inputs. */
  #gather(x: SparseSignal, { values, stride }: DenseSignal, batch: number): void {
    const { team, spec, activation } = this.#context;
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
    const kind = ACTIVATIONS.indexOf(activation);
    if (kind > 0) team.run('activateDense', [arena.address(values), stride, spec.units, 0, kind], batch);
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
