/**
 * A layer of which each sample computes only the units that a selector chose. (sample, unit) pairs are sorted by unit,
 * and the weights walked once forward and once backward; see the kernels' ops/walk.ts.
 */
import {
  gatherRows,
  gatherRowsSparse,
  type SampleLayerFields,
  sumPartials,
  walkBackward,
  walkBackwardSparse,
} from '@hashgrad/kernels';
import { ChosenUnits } from './chosen-units.ts';
import type { LayerContext, Pass, SampleLayer } from './layer.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import type { LayerOptimizer } from '../optimizers/bound-optimizer.ts';
import { optimizerCost } from '../optimizers/optimizers.ts';
import type { Selector, SelectorDefinition } from '../selectors/selector.ts';
import {
  sampleInput,
  type DenseActivations,
  type Activations,
  type SparseActivations,
} from './activations.ts';
import { isBySample } from '../spec/update-mode.ts';
import { WalkedInput } from './walked-input.ts';
import { layerWeights, type LayerWeights, type Weights } from './weights.ts';

/**
 * In a layer of so many units for each sample of a batch, weights take much more memory than a dense input's gradients: these
 * are then summed while the weights pass by, and not in a second visit. Those of an input that stays sparse are whatever the layer's
 * size, so that a thread has only rows to read that it updates; but a single sample visits no row twice.
 */
const WIDE = 32;

/** Ranges of visited rows with sums of their own: the same for any number of threads, and so are the bits. */
const RANGES = 16;

export class SelectedLayer implements SampleLayer {
  readonly #context: LayerContext;
  readonly #chosen: ChosenUnits;
  readonly #wide: boolean;
  /** Whether no batch of the input is so full that it is walked dense. */
  readonly #staysSparse: boolean;
  /** Partial sums of the input's gradients, one for each range of visited rows, if the backward walk makes them. */
  readonly #partials: Float32Array | undefined;

  constructor(context: LayerContext, definition: SelectorDefinition, input: Activations) {
    const { team, spec, batch, updateMode } = context;
    this.#context = context;
    this.#chosen = new ChosenUnits(context, definition, false);
    this.#wide = spec.units >= WIDE * batch;
    const capacity = input.kind === 'sparse' ? input.gradients.length : 0;
    this.#staysSparse = capacity > 0 && WalkedInput.staysSparse(capacity, batch, input.width);
    if (isBySample(updateMode)) return;
    this.output.pairs = this.#chosen.pairs;
    const ofDense = this.#wide ? batch * this.#chosen.walked.dense.stride : 0;
    const most = Math.max(ofDense, this.#staysSparse ? capacity : 0);
    if (most > 0) this.#partials = team.arena.float32(RANGES * most);
  }

  get output(): SparseActivations {
    return this.#chosen.output;
  }

  get weights(): LayerWeights {
    return layerWeights('unit', this.#chosen.weights, this.#chosen.weights.bias!);
  }

  get parameters(): Readonly<Record<string, Weights>> {
    return this.#chosen.parameters;
  }

  get selector(): Selector {
    return this.#chosen.selector;
  }

  get optimizer(): LayerOptimizer {
    return this.#context.optimizer;
  }

  choose(input: Activations, pass: Pass): void {
    this.#chosen.choose(input, pass);
  }

  forward(input: Activations, pass: Pass): void {
    const { counts } = this.#context;
    const { pairs, output, selector } = this.#chosen;
    const { batch } = pass;
    this.choose(input, pass);
    counts.time('forward', () => {
      pairs.sort(output.offsets, output.ids, batch);
      this.#chosen.walk(input, batch);
      this.#chosen.finish(selector.keepProbability, pass);
    });
    counts.add('forward', { multiplyAdds: this.#products(input, batch) });
  }

  backward(input: Activations, batch: number, needsInputGradient: boolean, stage: Stage): void {
    const { team, counts, optimizer } = this.#context;
    const { output, weights, walked, selector, pairs } = this.#chosen;
    const x = walked.laid(input, batch);
    if (!optimizer.trainable) return this.#passBack(input, x, batch, needsInputGradient, stage);
    const walk = {
      coefficients: output.gradients,
      rows: weights.record,
      pairs,
      optimizer: stage === 'measure' ? optimizer.measure : optimizer.record,
    };
    counts.time('backward', () => {
      if (stage !== 'apply') this.#chosen.activationGradients(selector.keepProbability, batch);
      if (stage === 'measure') weights.norms!.fill(0);
      const summed =
        needsInputGradient && (x.kind === 'sparse' ? this.#staysSparse && batch > 1 : this.#wide);
      const sums = summed ? this.#partials : undefined;
      if (needsInputGradient && !sums) this.#inputGradients(input, x, batch);
      const grain = Math.max(1, Math.ceil(pairs.visited / RANGES));
      const partials = sums && { sums, grain };
      if (x.kind === 'sparse') walkBackwardSparse(team, { ...walk, x: x.record, partials });
      else walkBackward(team, { ...walk, x: x.values, xStride: x.stride, partials });
      if (sums) {
        const floats = x.kind === 'sparse' ? x.offsets[batch]! : batch * x.stride;
        const parts = Math.ceil(pairs.visited / grain);
        sumPartials(team, { out: x.gradients, partials: sums, stride: floats, parts }, floats);
        if (x.kind === 'dense') walked.backToSparse(input, x, batch);
      }
    });
    counts.add('backward', { multiplyAdds: this.#products(input, batch) * (needsInputGradient ? 2 : 1) });
    this.#chosen.gateBackward(input, batch, needsInputGradient, stage);
    if (stage !== 'measure') this.#chosen.updated(input);
  }

  forwardAll(input: Activations, output: DenseActivations, batch: number): void {
    this.#chosen.forwardAll(input, output, batch);
  }

  sampleFields(input: Activations, needsInputGradient: boolean): SampleLayerFields {
    const { spec, activation, last } = this.#context;
    const { output, weights, walked, selector, dropout } = this.#chosen;
    const { offsets, ids, values, gradients } = output;
    return {
      kind: 'chosen',
      activation,
      rows: weights.record,
      units: spec.units,
      output: { offsets, ids, values, gradients },
      input: sampleInput(input, needsInputGradient),
      dense: walked.dense,
      keep: last ? 1 : selector.keepProbability,
      dropout,
      rateScale: this.optimizer.effectiveScale,
    };
  }

  trained(input: Activations, batch: number, needsInputGradient: boolean): void {
    const { counts, optimizer } = this.#context;
    const { output, pairs, selector } = this.#chosen;
    const { offsets, ids } = output;
    const products = this.#products(input, batch);
    counts.add('forward', { multiplyAdds: products });
    const { trainable } = optimizer;
    counts.add('backward', { multiplyAdds: products * (Number(trainable) + Number(needsInputGradient)) });
    if (!trainable) return selector.updated(new Int32Array(0));
    counts.add('optimizer', { multiplyAdds: offsets[batch]! * input.width * optimizerCost(optimizer.spec) });
    counts.time('forward', () => pairs.sort(offsets, ids, batch));
    selector.updated(pairs.rows);
  }

  squaredNorm(): number {
    return this.#chosen.squaredNorm();
  }

  [Symbol.dispose](): void {
    this.#chosen[Symbol.dispose]();
    if (this.#partials) this.#context.team.arena.free(this.#partials);
  }

  /** What is left of a backward pass where the weights stay as they are: the gradients with respect to the input. */
  #passBack(
    input: Activations,
    x: Activations,
    batch: number,
    needsInputGradient: boolean,
    stage: Stage,
  ): void {
    const { counts } = this.#context;
    if (needsInputGradient && stage !== 'apply') {
      counts.time('backward', () => {
        this.#chosen.activationGradients(this.#chosen.selector.keepProbability, batch);
        this.#inputGradients(input, x, batch);
      });
      counts.add('backward', { multiplyAdds: this.#products(input, batch) });
      this.#chosen.gateBackward(input, batch, needsInputGradient, stage);
    }
    if (stage !== 'measure') this.#chosen.updated(input);
  }

  /** The sum of coefficient * row over each sample's active units, at the input's own columns. */
  #inputGradients(input: Activations, x: Activations, batch: number): void {
    const { team } = this.#context;
    const { output, weights, walked } = this.#chosen;
    const { offsets, ids, gradients: coefficients } = output;
    const sums = { out: x.gradients, offsets, ids, coefficients };
    if (x.kind === 'sparse') {
      gatherRowsSparse(team, { ...sums, rows: weights.record, x: x.record }, batch);
      return;
    }
    const { values: rows, stride, width } = weights;
    gatherRows(team, { ...sums, outStride: x.stride, rows, stride, width }, batch);
    walked.backToSparse(input, x, batch);
  }

  /** Multiply-adds of one product over the active pairs. */
  #products(input: Activations, batch: number): number {
    const { offsets } = this.output;
    if (input.kind === 'dense' || !this.#chosen.walked.isSparse(input, batch)) {
      return offsets[batch]! * input.width;
    }
    let products = 0;
    for (let s = 0; s < batch; s++) {
      products += (offsets[s + 1]! - offsets[s]!) * (input.offsets[s + 1]! - input.offsets[s]!);
    }
    return products;
  }
}
