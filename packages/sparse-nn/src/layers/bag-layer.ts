/**
 * A layer all of whose units fire, after a sparse input: an embedding bag. Its weights are kept by input, so that a
 * sample reads the rows of its active inputs only; the walks are the same as by unit, with rows and samples exchanged.
 */
import {
  activateDense,
  columnSums,
  gatherInParts,
  gatherRows,
  gemm,
  RowPairs,
  type SampleLayerFields,
  updateRows,
  walkBackward,
  walkForward,
} from '@hashgrad/kernels';
import { activationGradient } from './activation.ts';
import { Dropout } from './dropout.ts';
import type { LayerContext, Pass, SampleLayer } from './layer.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import type { LayerOptimizer } from '../optimizers/bound-optimizer.ts';
import { optimizerCost } from '../optimizers/optimizers.ts';
import {
  denseActivations,
  freeActivations,
  rowsOf,
  sampleInput,
  type DenseActivations,
  type Activations,
  type SparseActivations,
} from './activations.ts';
import { isBySample } from '../spec/update-mode.ts';
import { createWeights, layerWeights, squaredNorm, type LayerWeights, type Weights } from './weights.ts';

/** Parts of the inputs that have sums of their own: the same for any number of threads, and so are the bits. */
const PARTS = 4;

/** Active inputs of a sample in a part, and floats of a row, from which on parts are no slower on two threads. */
const MANY = 8;
const LONG = 64;

export class BagLayer implements SampleLayer {
  readonly output: DenseActivations;
  readonly selector = undefined;
  readonly #context: LayerContext;
  /** Row i is the weights of input i to all units. */
  readonly #weights: Weights;
  /** The units' biases: rows of no weights. */
  readonly #bias: Weights;
  readonly #biasGradients: Float32Array;
  /** The input's, where it has some. */
  readonly #pairs: RowPairs;
  readonly #sorts: boolean;
  /** Whether they are sorted for the batch that was last forward. */
  #sorted = false;
  readonly #dropout: Dropout;
  /**
   * Partial sums of the outputs, one for each part of the inputs, if batches in training may be summed by parts; one thread has no
   * need of room for them.
   */
  readonly #parts: Float32Array | undefined;

  constructor(context: LayerContext, input: SparseActivations) {
    const { team, spec, inputs, optimizer, batch, seed, name, weights } = context;
    const { arena } = team;
    this.#context = context;
    this.output = denseActivations(arena, batch, spec.units, true);
    this.#weights = weights;
    this.#bias = createWeights(arena, spec.units, 0, true, optimizer.spec);
    this.#biasGradients = arena.float32(this.output.stride);
    this.#sorts = input.pairs === undefined;
    this.#pairs = input.pairs ?? new RowPairs(team, inputs, input.ids.length);
    this.#dropout = new Dropout(team, spec.dropout ?? 0, seed, name);
    const { stride } = this.output;
    if (stride >= LONG && this.#hasMany(input.ids.length, batch)) {
      this.#parts = arena.float32(team.threads > 1 ? PARTS * batch * stride : 0);
    }
  }

  get weights(): LayerWeights {
    return layerWeights('input', this.#weights, this.#bias.bias!);
  }

  get parameters(): { readonly weights: Weights; readonly bias: Weights } {
    return { weights: this.#weights, bias: this.#bias };
  }

  get optimizer(): LayerOptimizer {
    return this.#context.optimizer;
  }

  forward(input: Activations, { batch, training, step }: Pass): void {
    const { counts, spec, optimizer, updateMode } = this.#context;
    const { trainable } = optimizer;
    const x = sparseOf(input);
    const { values, stride } = this.output;
    counts.time('forward', () => {
      this.#sorted = false;
      if (training && trainable && !isBySample(updateMode)) this.#gatherTrained(x, batch);
      else this.#gather(x, this.output, batch);
      if (training && step > 0) this.#dropout.forward(values, batch * stride, step);
    });
    counts.add('forward', { multiplyAdds: x.offsets[batch]! * spec.units });
  }

  backward(input: Activations, batch: number, needsInputGradient: boolean, stage: Stage): void {
    const { team, counts, spec, optimizer, activation } = this.#context;
    const x = sparseOf(input);
    const y = this.output;
    const nonZeros = x.offsets[batch]!;
    const by = stage === 'measure' ? optimizer.measure : optimizer.record;
    const { trainable } = optimizer;
    if (!trainable && (stage === 'apply' || !needsInputGradient)) return;
    // The walks by row: samples are the gradients with respect to their outputs.
    const walk = { rows: this.#weights.record, pairs: this.#pairs, x: y.gradients, xStride: y.stride };
    counts.time('backward', () => {
      if (stage !== 'apply') {
        this.#dropout.backward(y.gradients, batch * y.stride);
        activationGradient(team, activation, y.gradients, y.values, this.#dropout.keep, batch * y.stride);
        this.#sort(x, batch);
      }
      if (stage === 'measure' && trainable) this.#weights.norms!.fill(0);
      // The gradient by an active input is the product of its row with the sample's gradients: the forward walk.
      if (needsInputGradient) walkForward(team, { ...walk, out: x.gradients });
      if (!trainable) return;
      walkBackward(team, { ...walk, coefficients: x.values, optimizer: by });
      const sums = { sums: this.#biasGradients, x: y.gradients, stride: y.stride, rows: batch };
      columnSums(team, sums, spec.units);
    });
    counts.add('backward', {
      multiplyAdds: nonZeros * spec.units * (Number(trainable) + Number(needsInputGradient)),
    });
    if (!trainable) return;
    counts.time(stage === 'measure' ? 'backward' : 'optimizer', () => {
      const biasGradients = this.#biasGradients;
      updateRows(
        team,
        { rows: this.#bias.record, optimizer: by, gradientStride: 0, biasGradients },
        spec.units,
      );
    });
    if (stage === 'measure') return;
    counts.add('optimizer', {
      multiplyAdds: this.#pairs.visited * spec.units * optimizerCost(optimizer.spec),
    });
  }

  choose(): void {}

  sampleFields(input: Activations, needsInputGradient: boolean): SampleLayerFields {
    const { spec, activation } = this.#context;
    const { values, gradients, stride } = this.output;
    return {
      kind: 'inputs',
      activation,
      rows: this.#weights.record,
      biases: this.#bias.record,
      units: spec.units,
      output: { values, gradients, stride },
      input: sampleInput(input, needsInputGradient),
      keep: 1,
      dropout: this.#dropout,
      rateScale: this.optimizer.effectiveScale,
    };
  }

  trained(input: Activations, batch: number, needsInputGradient: boolean): void {
    const { counts, spec, optimizer } = this.#context;
    const products = sparseOf(input).offsets[batch]! * spec.units;
    counts.add('forward', { multiplyAdds: products });
    const { trainable } = optimizer;
    counts.add('backward', { multiplyAdds: products * (Number(trainable) + Number(needsInputGradient)) });
    if (trainable) counts.add('optimizer', { multiplyAdds: products * optimizerCost(optimizer.spec) });
  }

  squaredNorm(): number {
    return this.optimizer.trainable ? squaredNorm(this.#weights) + squaredNorm(this.#bias) : 0;
  }

  forwardAll(input: Activations, output: DenseActivations, batch: number): void {
    if (input.kind === 'sparse') {
      this.#gather(input, output, batch);
      return;
    }
    const { team, spec, inputs, activation } = this.#context;
    const { values, stride } = output;
    gemm(team, {
      out: values,
      outStride: stride,
      a: rowsOf(input),
      b: rowsOf(this.#weights),
      rows: batch,
      columns: spec.units,
      depth: inputs,
    });
    const { bias } = this.#bias;
    activateDense(team, { values, stride, width: spec.units, bias, activation }, batch);
  }

  /** The same of rows that are going to be updated: by parts, if the samples have many. */
  #gatherTrained(x: SparseActivations, batch: number): void {
    const { team, spec, activation } = this.#context;
    const { values, stride } = this.output;
    const pairs = this.#pairs;
    this.#sort(x, batch);
    const sums = this.#parts;
    if (!sums || !this.#hasMany(x.offsets[batch]!, batch)) return this.#gather(x, this.output, batch);
    const partials = { sums, grain: Math.ceil(pairs.visited / PARTS) };
    const { bias } = this.#bias;
    gatherInParts(team, {
      out: values,
      stride,
      bias,
      rows: this.#weights.record,
      pairs,
      x: x.record,
      partials,
    });
    if (activation === 'linear') return;
    activateDense(team, { values, stride, width: spec.units, activation }, batch);
  }

  /** Sorts the input's pairs, if that was not done: a layer may become trainable between the passes. */
  #sort({ offsets, ids }: SparseActivations, batch: number): void {
    if (this.#sorts && !this.#sorted) this.#pairs.sort(offsets, ids, batch);
    this.#sorted = true;
  }

  /** Whether so many active inputs of a batch are enough to be summed by parts. */
  #hasMany(active: number, batch: number): boolean {
    return batch > 1 && active >= MANY * PARTS * batch;
  }

  /** The walk by samples: each reads the rows of its active inputs. */
  #gather(x: SparseActivations, { values, stride }: DenseActivations, batch: number): void {
    const { team, spec, activation } = this.#context;
    const { units } = spec;
    const { values: rows, stride: rowStride } = this.#weights;
    const { offsets, ids, values: coefficients } = x;
    const sums = { out: values, outStride: stride, bias: this.#bias.bias };
    const listed = { rows, stride: rowStride, width: units, offsets, ids, coefficients };
    gatherRows(team, { ...sums, ...listed }, batch);
    if (activation !== 'linear') activateDense(team, { values, stride, width: units, activation }, batch);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#weights[Symbol.dispose]();
    this.#bias[Symbol.dispose]();
    freeActivations(arena, this.output);
    arena.free(this.#biasGradients);
    if (this.#sorts) this.#pairs[Symbol.dispose]();
    if (this.#parts) arena.free(this.#parts);
  }
}

function sparseOf(input: Activations): SparseActivations {
  if (input.kind !== 'sparse') throw new TypeError('An embedding bag takes a sparse input.');
  return input;
}
