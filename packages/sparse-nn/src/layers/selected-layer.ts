/**
 * A layer of which each sample computes only the units that a selector chose. (sample, unit) pairs are sorted by unit,
 * and the weights walked once forward and once backward; see the kernels' walk.ts.
 */
import { RowPairs, type SampleLayerFields } from '@hashgrad/kernels';
import { ACTIVATIONS, activate, activationGradient } from './activation.ts';
import { computeAllUnits } from './all-units.ts';
import { Dropout } from './dropout.ts';
import type { Layer, LayerContext, Pass, Stage } from './layer.ts';
import { optimizerCost } from '../optimizers/optimizers.ts';
import type { Selector, SelectorDefinition } from '../selectors/selector.ts';
import {
  freeSignal,
  sampleInput,
  sparseSignal,
  type DenseSignal,
  type Signal,
  type SparseSignal,
} from './signal.ts';
import { UnionProducts } from './union-products.ts';
import { WalkedInput } from './walked-input.ts';
import {
  createWeights,
  initialize,
  layerWeights,
  squaredNorm,
  type LayerWeights,
  type Weights,
} from './weights.ts';

/**
 * In a layer of so many units for each sample of a batch, weights take much more memory than the input's gradients: these
 * are then summed while the weights pass by, and not in a second visit.
 */
const WIDE = 32;

/** Ranges of visited rows with sums of their own: the same for any number of threads, and so are the bits. */
const RANGES = 16;

export class SelectedLayer implements Layer {
  readonly output: SparseSignal;
  readonly #context: LayerContext;
  /** Row u is unit u's weight vector. */
  readonly #weights: Weights;
  readonly #selector: Selector;
  readonly #pairs: RowPairs;
  readonly #walked: WalkedInput;
  /** Partial sums of the input's gradients, one for each range of visited rows, if the backward walk makes them. */
  readonly #partials: Float32Array | undefined;
  readonly #dropout: Dropout;
  /** In the order 'union'. */
  readonly #union: UnionProducts | undefined;

  constructor(context: LayerContext, definition: SelectorDefinition) {
    const { team, spec, inputs, optimizer, batch, activation, seed, name, order } = context;
    const { arena } = team;
    this.#context = context;
    this.#weights = createWeights(arena, spec.units, inputs, true, optimizer.spec);
    initialize(this.#weights, inputs, activation === 'relu' ? 2 : 1, context.random);
    this.#dropout = new Dropout(team, spec.dropout ?? 0, seed, name);
    this.#selector = definition.bind(spec.select, {
      ...context,
      weights: this.#weights,
      units: spec.units,
    });
    const chosen = batch * this.#selector.most;
    const most = Math.min(spec.units, chosen);
    const capacity = order === 'union' ? batch * most : chosen;
    this.output = sparseSignal(arena, batch, spec.units, capacity, true);
    this.#pairs = new RowPairs(team, spec.units, chosen);
    this.#walked = new WalkedInput(team, batch, inputs);
    if (order === 'union') this.#union = new UnionProducts(team, this.#weights, most);
    else if (spec.units >= WIDE * batch)
      this.#partials = arena.float32(RANGES * batch * this.#walked.dense.stride);
  }

  get most(): number {
    return this.#selector.most;
  }

  get weights(): LayerWeights {
    return layerWeights('unit', this.#weights, this.#weights.bias!);
  }

  get parameters(): { readonly weights: Weights } {
    return { weights: this.#weights };
  }

  get selector(): Selector {
    return this.#selector;
  }

  get paddedShare(): number {
    return this.#selector.paddedShare;
  }

  choose(input: Signal, { batch, training, labels }: Pass): void {
    const forced = training && this.#context.last ? labels : undefined;
    this.#selector.select({ input, batch, training, forced }, this.output);
  }

  forward(input: Signal, pass: Pass): void {
    const { team, counts, activation, last } = this.#context;
    const { arena } = team;
    const { batch, training, step } = pass;
    const output = this.output;
    this.choose(input, pass);
    const pairs = arena.address(this.#pairs.record);
    const rows = arena.address(this.#weights.record);
    const union = training ? this.#union : undefined;
    if (union && output.corrections) {
      throw new Error(
        `The selector '${this.#context.spec.select.kind}' of ${this.#context.name} corrects logits for what it drew, which the order 'union' cannot.`,
      );
    }
    counts.time('forward', () => {
      this.#pairs.sort(output.offsets, output.ids, batch);
      const values = arena.address(output.values);
      const { visited } = this.#pairs;
      const x = union ? this.#walked.layDense(input, batch) : this.#walked.lay(input, batch);
      if (union) {
        union.share(this.#pairs, output, batch);
        union.forward(x as DenseSignal, output, activation, batch);
      } else if (x.kind === 'dense') {
        team.run('walkForward', [values, rows, pairs, arena.address(x.values), x.stride], visited);
      } else {
        team.run('walkForwardSparse', [values, rows, pairs, arena.address(x.record)], visited);
      }
      const active = output.offsets[batch]!;
      if (!union) activate(team, activation, output.values, active);
      // In a sparse evaluation too: the layer after it is used to activations of this size.
      if (!last) this.#divide(output.values, active, this.#keep(training));
      if (training && step > 0) this.#dropout.forward(output.values, active, step);
    });
    counts.add('forward', this.#products(input, batch));
  }

  backward(input: Signal, batch: number, wanted: boolean, stage: Stage): void {
    const { team, counts, optimizer } = this.#context;
    const { arena } = team;
    const output = this.output;
    const { visited } = this.#pairs;
    const gradients = arena.address(output.gradients);
    const pairs = arena.address(this.#pairs.record);
    const rows = arena.address(this.#weights.record);
    const record = arena.address(stage === 'measure' ? optimizer.measure : optimizer.record);
    if (this.#union) {
      this.#backwardUnion(this.#union, input, batch, wanted, stage);
      return;
    }
    const x = this.#walked.laid(input, batch);
    const scratch = arena.kernels.walkBackwardScratchBytes(batch, this.#weights.width);
    counts.time('backward', () => {
      if (stage !== 'apply') this.#activationGradients(batch);
      if (stage === 'measure') this.#weights.norms!.fill(0);
      if (x.kind === 'sparse') {
        if (wanted) this.#inputGradients(input, x, batch);
        const values = arena.address(x.record);
        const row = { scratch: this.#weights.stride * 4 };
        team.run('walkBackwardSparse', [gradients, rows, pairs, record, values], visited, row);
        return;
      }
      const partials = wanted ? this.#partials : undefined;
      if (wanted && !partials) this.#inputGradients(input, x, batch);
      const grain = Math.max(1, Math.ceil(visited / RANGES));
      const sums = partials ? arena.address(partials) : 0;
      team.run(
        'walkBackward',
        [gradients, rows, pairs, record, arena.address(x.values), x.stride, sums, batch, grain],
        visited,
        partials ? { scratch, grain } : { scratch },
      );
      if (partials) {
        const floats = batch * x.stride;
        const ranges = Math.ceil(visited / grain);
        team.run('sumPartials', [arena.address(x.gradients), sums, floats, ranges], floats);
        this.#walked.backToSparse(input, x, batch);
      }
    });
    counts.add('backward', this.#products(input, batch) * (wanted ? 2 : 1));
    if (stage !== 'measure') this.#updated(input);
  }

  /** The same where all samples of the batch have the same units. */
  #backwardUnion(union: UnionProducts, input: Signal, batch: number, wanted: boolean, stage: Stage): void {
    const { counts, optimizer } = this.#context;
    const x = input.kind === 'dense' ? input : this.#walked.dense;
    if (stage !== 'apply') {
      counts.time('backward', () => {
        this.#activationGradients(batch);
        union.backward(x, this.output, batch, wanted);
        if (wanted) this.#walked.backToSparse(input, x, batch);
      });
      counts.add('backward', this.#products(input, batch) * (wanted ? 2 : 1));
    }
    if (stage === 'measure') {
      this.#weights.norms!.fill(0);
      counts.time('backward', () => union.update(optimizer.measure));
      return;
    }
    counts.time('optimizer', () => union.update(optimizer.record));
    this.#updated(input);
  }

  /** Counts the update of the rows that the batch used, and tells the selector. */
  #updated(input: Signal): void {
    const { counts, optimizer } = this.#context;
    counts.add('optimizer', this.#pairs.visited * input.width * optimizerCost(optimizer.spec));
    this.#selector.updated(this.#pairs.rows);
  }

  forwardAll(input: Signal, output: DenseSignal, batch: number): void {
    const { team, activation } = this.#context;
    computeAllUnits(team, this.#weights, activation, this.#walked.layDense(input, batch), output, batch);
  }

  sampleFields(input: Signal, wanted: boolean): SampleLayerFields {
    const { spec, activation, last } = this.#context;
    const { offsets, ids, values, gradients } = this.output;
    return {
      kind: 'chosen',
      activation: ACTIVATIONS.indexOf(activation),
      rows: this.#weights.record,
      units: spec.units,
      output: { offsets, ids, values, gradients },
      input: sampleInput(input, wanted),
      dense: this.#walked.dense,
      keep: last ? 1 : this.#selector.keep,
      dropout: this.#dropout,
    };
  }

  trained(input: Signal, batch: number, wanted: boolean): void {
    const { counts, optimizer } = this.#context;
    const { offsets, ids } = this.output;
    const products = this.#products(input, batch);
    counts.add('forward', products);
    counts.add('backward', products * (wanted ? 2 : 1));
    counts.add('optimizer', offsets[batch]! * input.width * optimizerCost(optimizer.spec));
    counts.time('forward', () => this.#pairs.sort(offsets, ids, batch));
    this.#selector.updated(this.#pairs.rows);
  }

  squaredNorm(): number {
    return squaredNorm(this.#weights);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#selector[Symbol.dispose]();
    this.#weights[Symbol.dispose]();
    freeSignal(arena, this.output);
    this.#walked[Symbol.dispose]();
    this.#pairs[Symbol.dispose]();
    this.#union?.[Symbol.dispose]();
    if (this.#partials) arena.free(this.#partials);
  }

  /** From gradients by a batch's outputs to those by their weighted sums. */
  #activationGradients(batch: number): void {
    const { team, activation, last } = this.#context;
    const { values, gradients, offsets } = this.output;
    const active = offsets[batch]!;
    const keep = last ? 1 : this.#keep(true);
    this.#dropout.backward(gradients, active);
    this.#divide(gradients, active, keep);
    activationGradient(team, activation, gradients, values, keep * this.#dropout.keep, active);
  }

  /** The sum of coefficient * row over each sample's active units, at the input's own columns. */
  #inputGradients(input: Signal, x: Signal, batch: number): void {
    const { team } = this.#context;
    const { arena } = team;
    const { output } = this;
    const chosen = [output.offsets, output.ids, output.gradients].map((view) => arena.address(view)) as [
      number,
      number,
      number,
    ];
    if (x.kind === 'sparse') {
      const rows = arena.address(this.#weights.record);
      team.run(
        'gatherRowsSparse',
        [arena.address(x.gradients), rows, arena.address(x.record), ...chosen],
        batch,
      );
      return;
    }
    const { values, stride, width } = this.#weights;
    const gradients = arena.address(x.gradients);
    team.run('gatherRows', [gradients, x.stride, 0, arena.address(values), stride, width, ...chosen], batch);
    this.#walked.backToSparse(input, x, batch);
  }

  /** Multiply-adds of one product over the active pairs. */
  #products(input: Signal, batch: number): number {
    const { offsets } = this.output;
    if (this.#union || input.kind === 'dense' || !this.#walked.isSparse(input, batch))
      return offsets[batch]! * input.width;
    let products = 0;
    for (let s = 0; s < batch; s++) {
      products += (offsets[s + 1]! - offsets[s]!) * (input.offsets[s + 1]! - input.offsets[s]!);
    }
    return products;
  }

  /** What outputs are divided by: the share of units that fire, where that is drawn; in a union it is the union's share. */
  #keep(training: boolean): number {
    const { keep } = this.#selector;
    return this.#union && training && keep < 1 ? this.#pairs.visited / this.#context.spec.units : keep;
  }

  #divide(values: Float32Array, count: number, keep: number): void {
    if (keep === 1) return;
    for (let i = 0; i < count; i++) values[i]! /= keep;
  }
}
