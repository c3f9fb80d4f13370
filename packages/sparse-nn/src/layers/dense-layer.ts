/** A dense layer after a dense input: three blocked products. It is the honest baseline, so it is a good one. */
import {
  columnSums,
  gemm,
  type OptimizerRecord,
  type SampleLayerFields,
  updateRows,
} from '@hashgrad/kernels';
import type { LayerOptimizer } from '../optimizers/bound-optimizer.ts';
import { optimizerCost } from '../optimizers/optimizers.ts';
import { activationGradient } from './activation.ts';
import { computeAllUnits } from './all-units.ts';
import { Dropout } from './dropout.ts';
import type { LayerContext, Pass, SampleLayer } from './layer.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import { isBySample } from '../spec/update-mode.ts';
import {
  denseActivations,
  freeActivations,
  rowsOf,
  sampleInput,
  type DenseActivations,
  type Activations,
} from './activations.ts';
import { layerWeights, squaredNorm, type LayerWeights, type Weights } from './weights.ts';

export class DenseLayer implements SampleLayer {
  readonly output: DenseActivations;
  readonly selector = undefined;
  readonly #context: LayerContext;
  /** Row u is unit u's weight vector. */
  readonly #weights: Weights;
  readonly #weightGradients: Float32Array;
  readonly #biasGradients: Float32Array;
  readonly #dropout: Dropout;
  /** 0, 1, 2, ...: the units, where a kernel wants a list. */
  readonly #ids: Int32Array;

  constructor(context: LayerContext) {
    const { team, spec, batch, seed, name, updateMode, weights } = context;
    this.#context = context;
    this.output = denseActivations(team.arena, batch, spec.units, true);
    this.#weights = weights;
    this.#dropout = new Dropout(team, spec.dropout ?? 0, seed, name);
    this.#weightGradients = team.arena.float32(spec.units * this.#weights.stride);
    this.#biasGradients = team.arena.float32(this.output.stride);
    this.#ids = team.arena.int32(isBySample(updateMode) ? spec.units : 0);
    for (let unit = 0; unit < this.#ids.length; unit++) this.#ids[unit] = unit;
  }

  get weights(): LayerWeights {
    return layerWeights('unit', this.#weights, this.#weights.bias!);
  }

  get parameters(): { readonly weights: Weights } {
    return { weights: this.#weights };
  }

  get optimizer(): LayerOptimizer {
    return this.#context.optimizer;
  }

  forward(input: Activations, { batch, training, step }: Pass): void {
    const { counts } = this.#context;
    const { values, stride, width } = this.output;
    counts.time('forward', () => {
      this.forwardAll(input, this.output, batch);
      if (training && step > 0) this.#dropout.forward(values, batch * stride, step);
    });
    counts.add('forward', { multiplyAdds: batch * width * input.width });
  }

  forwardAll(input: Activations, output: DenseActivations, batch: number): void {
    const { team, activation } = this.#context;
    computeAllUnits(team, this.#weights, activation, denseOf(input), output, batch);
  }

  backward(input: Activations, batch: number, needsInputGradient: boolean, stage: Stage): void {
    const { counts, optimizer, spec } = this.#context;
    const x = denseOf(input);
    if (stage !== 'apply' && (needsInputGradient || optimizer.trainable)) {
      counts.time('backward', () => this.#gradients(x, batch, needsInputGradient));
    }
    if (!optimizer.trainable) return;
    counts.time(stage === 'measure' ? 'backward' : 'optimizer', () =>
      this.#update(stage === 'measure' ? optimizer.measure : optimizer.record),
    );
    if (stage !== 'measure')
      counts.add('optimizer', { multiplyAdds: spec.units * x.width * optimizerCost(optimizer.spec) });
  }

  choose(): void {}

  sampleFields(input: Activations, needsInputGradient: boolean): SampleLayerFields {
    const { spec, activation } = this.#context;
    const { values, gradients, stride } = this.output;
    return {
      kind: 'all',
      activation,
      rows: this.#weights.record,
      units: spec.units,
      output: { ids: this.#ids, values, gradients, stride },
      input: sampleInput(input, needsInputGradient),
      keep: 1,
      dropout: this.#dropout,
      rateScale: this.optimizer.effectiveScale,
    };
  }

  trained(input: Activations, batch: number, needsInputGradient: boolean): void {
    const { counts, spec, optimizer } = this.#context;
    const products = batch * spec.units * input.width;
    counts.add('forward', { multiplyAdds: products });
    const { trainable } = optimizer;
    counts.add('backward', { multiplyAdds: products * (Number(trainable) + Number(needsInputGradient)) });
    if (trainable) counts.add('optimizer', { multiplyAdds: products * optimizerCost(optimizer.spec) });
  }

  squaredNorm(): number {
    return this.optimizer.trainable ? squaredNorm(this.#weights) : 0;
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    freeActivations(arena, this.output);
    this.#weights[Symbol.dispose]();
    arena.free(this.#weightGradients);
    arena.free(this.#biasGradients);
    arena.free(this.#ids);
  }

  /**
   * From the gradients with respect to the output to those with respect to the weights and biases, and to the input if wanted.
   */
  #gradients(x: DenseActivations, batch: number, needsInputGradient: boolean): void {
    const { team, counts, spec, activation, optimizer } = this.#context;
    const y = this.output;
    const { units } = spec;
    const weights = this.#weights;
    this.#dropout.backward(y.gradients, batch * y.stride);
    activationGradient(team, activation, y.gradients, y.values, this.#dropout.keep, batch * y.stride);
    if (needsInputGradient) {
      // (batch x units) (units x inputs)
      gemm(team, {
        out: x.gradients,
        outStride: x.stride,
        a: { values: y.gradients, row: y.stride, column: 1 },
        b: rowsOf(weights),
        rows: batch,
        columns: x.width,
        depth: units,
      });
      counts.add('backward', { multiplyAdds: batch * units * x.width });
    }
    if (!optimizer.trainable) return;
    // (units x batch) (batch x inputs)
    gemm(team, {
      out: this.#weightGradients,
      outStride: weights.stride,
      a: { values: y.gradients, row: 1, column: y.stride },
      b: rowsOf(x),
      rows: units,
      columns: x.width,
      depth: batch,
    });
    columnSums(team, { sums: this.#biasGradients, x: y.gradients, stride: y.stride, rows: batch }, units);
    counts.add('backward', { multiplyAdds: batch * units * x.width });
  }

  /** Updates all rows. */
  #update(optimizer: OptimizerRecord): void {
    const { team, spec } = this.#context;
    const { record: rows, stride: gradientStride } = this.#weights;
    const by = { gradients: this.#weightGradients, gradientStride, biasGradients: this.#biasGradients };
    updateRows(team, { rows, optimizer, ...by }, spec.units);
  }
}

function denseOf(input: Activations): DenseActivations {
  if (input.kind !== 'dense') throw new TypeError('A dense layer takes a dense input.');
  return input;
}
