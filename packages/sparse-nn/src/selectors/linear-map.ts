/** A linear map that a selector trains beside its layer's weights: a router, or the queries and keys of product keys. */
import { gatherColumns, gemm, type Matrix, type RandomStream, updateRows } from '@hashgrad/kernels';
import {
  denseActivations,
  freeActivations,
  rowsOf,
  type Activations,
  type DenseActivations,
} from '../layers/activations.ts';
import { atOnce } from '../layers/piecewise.ts';
import { createWeights, initialize, type Weights } from '../layers/weights.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import { optimizerCost } from '../optimizers/optimizers.ts';
import type { SelectorContext } from './selector.ts';

/** Where the gradients by a map's input go. */
type GradientRows = Pick<DenseActivations, 'stride' | 'gradients'>;

export class LinearMap implements Disposable {
  /** rows x width, without biases. */
  readonly weights: Weights;
  /** batch x rows: what `forward` wrote, and the gradients by that, which `backward` reads. */
  readonly outputs: DenseActivations;
  readonly #context: SelectorContext;
  readonly #gradients: Float32Array;

  /** Normal weights with the variance gain / width. */
  constructor(context: SelectorContext, rows: number, width: number, gain: number, random: RandomStream) {
    const { team, batch, optimizer } = context;
    this.#context = context;
    this.weights = createWeights(team.arena, rows, width, false, optimizer.spec);
    atOnce(initialize(team, this.weights, width, gain, random));
    this.outputs = denseActivations(team.arena, batch, rows, true);
    this.#gradients = team.arena.float32(rows * this.weights.stride);
  }

  /** outputs = x W'. Counted as `hashing`. */
  forward(x: Pick<DenseActivations, 'values' | 'stride'>, batch: number): void {
    const { team, counts } = this.#context;
    const { rows, width, stride, values } = this.weights;
    const by: Matrix = { values, row: 1, column: stride };
    const { values: out, stride: outStride } = this.outputs;
    counts.time('hashing', () =>
      gemm(team, { out, outStride, a: rowsOf(x), b: by, rows: batch, columns: rows, depth: width }),
    );
    counts.add('hashing', { multiplyAdds: batch * rows * width });
  }

  /** Adds what flows back to the gradients by the input, or writes it. */
  flowBack({ gradients, stride: outStride }: GradientRows, batch: number, accumulate: boolean): void {
    const { team, counts } = this.#context;
    const { rows, width } = this.weights;
    const { gradients: own, stride } = this.outputs;
    const by = { a: { values: own, row: stride, column: 1 }, b: rowsOf(this.weights) };
    const shape = { rows: batch, columns: width, depth: rows, accumulate };
    counts.time('backward', () => gemm(team, { out: gradients, outStride, ...by, ...shape }));
    counts.add('backward', { multiplyAdds: batch * rows * width });
  }

  /**
   * Updates the weights by the gradients by the outputs, as far as the stage asks for it; `trains` false: they stay, and the norm of
   * their gradients is 0.
   */
  train(x: Pick<DenseActivations, 'values' | 'stride'>, batch: number, trains: boolean, stage: Stage): void {
    const { team, counts, optimizer } = this.#context;
    const { weights } = this;
    const { rows, width, stride: gradientStride } = weights;
    if (!trains) return void (stage === 'measure' && weights.norms!.fill(0));
    if (stage !== 'apply') {
      const { gradients, stride } = this.outputs;
      const by = { a: { values: gradients, row: 1, column: stride }, b: rowsOf(x) };
      const shape = { rows, columns: width, depth: batch };
      counts.time('backward', () =>
        gemm(team, { out: this.#gradients, outStride: gradientStride, ...by, ...shape }),
      );
      counts.add('backward', { multiplyAdds: batch * rows * width });
    }
    const update = { rows: weights.record, gradients: this.#gradients, gradientStride };
    if (stage === 'measure') {
      counts.time('backward', () => updateRows(team, { ...update, optimizer: optimizer.measure }, rows));
      return;
    }
    counts.time('optimizer', () => updateRows(team, { ...update, optimizer: optimizer.record }, rows));
    counts.add('optimizer', { multiplyAdds: rows * width * optimizerCost(optimizer.spec) });
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.weights[Symbol.dispose]();
    freeActivations(arena, this.outputs);
    arena.free(this.#gradients);
  }
}

/** Adds what flows back through linear maps of a layer's input to the gradients by it. */
export class InputGradients implements Disposable {
  readonly #context: SelectorContext;
  /** Of the dense form of a sparse input, and the same at the input's own columns; made when first needed. */
  #dense: DenseActivations | undefined;
  #sparse: Float32Array | undefined;

  constructor(context: SelectorContext) {
    this.#context = context;
  }

  add(maps: readonly LinearMap[], input: Activations, batch: number): void {
    if (input.kind === 'dense') {
      for (const map of maps) map.flowBack(input, batch, true);
      return;
    }
    const { team, inputs, batch: most } = this.#context;
    this.#dense ??= denseActivations(team.arena, most, inputs, false);
    this.#sparse ??= team.arena.float32(input.values.length);
    const { values: gradients, stride } = this.#dense;
    for (const [i, map] of maps.entries()) map.flowBack({ gradients, stride }, batch, i > 0);
    const out = this.#sparse;
    gatherColumns(team, { out, rows: gradients, stride, width: inputs, x: input.record }, batch);
    const active = input.offsets[batch]!;
    for (let q = 0; q < active; q++) input.gradients[q]! += out[q]!;
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    if (this.#dense) freeActivations(arena, this.#dense);
    if (this.#sparse) arena.free(this.#sparse);
  }
}
