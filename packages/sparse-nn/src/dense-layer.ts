/** A dense layer after a dense input: three blocked products. It is the honest baseline, so it is a good one. */
import { multiply, type Strided } from '@hashgrad/kernels';
import { optimizerCost } from './optimizers.ts';
import type { Layer, LayerContext, Pass } from './layer.ts';
import { denseSignal, freeSignal, type DenseSignal, type Signal } from './signal.ts';
import { createWeights, initialize, layerWeights, type LayerWeights, type Weights } from './weights.ts';

export class DenseLayer implements Layer {
  readonly output: DenseSignal;
  readonly paddedShare = 0;
  readonly selector = undefined;
  readonly #context: LayerContext;
  /** Row u is unit u's weight vector. */
  readonly #weights: Weights;
  readonly #weightGradients: Float32Array;
  readonly #biasGradients: Float32Array;

  constructor(context: LayerContext) {
    const { team, spec, inputs, optimizer, batch } = context;
    this.#context = context;
    this.output = denseSignal(team.arena, batch, spec.units, true);
    this.#weights = createWeights(team.arena, spec.units, inputs, true, optimizer);
    initialize(this.#weights, inputs, spec.activation === 'relu' ? 2 : 1, context.random);
    this.#weightGradients = team.arena.float32(spec.units * this.#weights.stride);
    this.#biasGradients = team.arena.float32(this.output.stride);
  }

  get most(): number {
    return this.output.width;
  }

  get weights(): LayerWeights {
    return layerWeights('unit', this.#weights, this.#weights.bias!);
  }

  get parameters(): { readonly weights: Weights } {
    return { weights: this.#weights };
  }

  forward(input: Signal, { batch }: Pass): void {
    const { counts } = this.#context;
    counts.time('forward', () => this.forwardAll(input, this.output, batch));
    counts.add('forward', batch * this.output.width * input.width);
  }

  forwardAll(input: Signal, output: DenseSignal, batch: number): void {
    const { team, spec } = this.#context;
    const { arena } = team;
    const x = denseOf(input);
    multiply(team, arena.address(output.values), output.stride, this.#rows(x), this.#transposed(), {
      rows: batch,
      columns: spec.units,
      depth: x.width,
    });
    const relu = spec.activation === 'relu' ? 1 : 0;
    const bias = arena.address(this.#weights.bias!);
    team.run('activateDense', [arena.address(output.values), output.stride, spec.units, bias, relu], batch);
  }

  backward(input: Signal, batch: number, wanted: boolean): void {
    const { team, counts, spec, optimizer, optimizerRecord } = this.#context;
    const { arena } = team;
    const x = denseOf(input);
    const y = this.output;
    const { units } = spec;
    const gradients = arena.address(y.gradients);
    const weights = this.#weights;
    counts.time('backward', () => {
      if (spec.activation === 'relu') {
        team.run('reluGradient', [gradients, arena.address(y.values)], batch * y.stride);
      }
      if (wanted) {
        // (batch x units) (units x inputs)
        multiply(
          team,
          arena.address(x.gradients),
          x.stride,
          { address: gradients, row: y.stride, column: 1 },
          { address: arena.address(weights.values), row: weights.stride, column: 1 },
          { rows: batch, columns: x.width, depth: units },
        );
        counts.add('backward', batch * units * x.width);
      }
      // (units x batch) (batch x inputs)
      multiply(
        team,
        arena.address(this.#weightGradients),
        weights.stride,
        { address: gradients, row: 1, column: y.stride },
        this.#rows(x),
        { rows: units, columns: x.width, depth: batch },
      );
      team.run('columnSums', [arena.address(this.#biasGradients), gradients, y.stride, batch], units);
      counts.add('backward', batch * units * x.width);
    });
    counts.time('optimizer', () =>
      team.run(
        'updateRows',
        [
          arena.address(weights.record),
          arena.address(optimizerRecord),
          arena.address(this.#weightGradients),
          weights.stride,
          arena.address(this.#biasGradients),
        ],
        units,
      ),
    );
    counts.add('optimizer', units * x.width * optimizerCost(optimizer));
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    freeSignal(arena, this.output);
    this.#weights[Symbol.dispose]();
    arena.free(this.#weightGradients);
    arena.free(this.#biasGradients);
  }

  #rows(input: DenseSignal): Strided {
    return { address: this.#context.team.arena.address(input.values), row: input.stride, column: 1 };
  }

  #transposed(): Strided {
    const { values, stride } = this.#weights;
    return { address: this.#context.team.arena.address(values), row: 1, column: stride };
  }
}

function denseOf(input: Signal): DenseSignal {
  if (input.kind !== 'dense') throw new TypeError('A dense layer takes a dense input.');
  return input;
}
