/**
 * A layer of which each sample computes only the units that a selector chose. (sample, unit) pairs are sorted by unit,
 * and the weights walked once forward and once backward; see the kernels' walk.ts.
 */
import { layPairs, multiply, type PairsFields } from '@hashgrad/kernels';
import type { Layer, LayerContext, Pass } from './layer.ts';
import { optimizerCost } from './optimizers.ts';
import type { Selector, SelectorDefinition } from './selector.ts';
import {
  activeUnits,
  denseSignal,
  freeSignal,
  sparseSignal,
  type DenseSignal,
  type Signal,
  type SparseSignal,
} from './signal.ts';
import { createWeights, initialize, type Weights } from './weights.ts';

/**
 * The share of active inputs above which a sparse input is made dense: reading one column costs about eight times a
 * column of a dense SIMD product.
 */
const SPARSE_BELOW = 1 / 8;

export class SelectedLayer implements Layer {
  readonly output: SparseSignal;
  readonly #context: LayerContext;
  /** Row u is unit u's weight vector. */
  readonly #weights: Weights;
  readonly #selector: Selector;
  readonly #pairs: PairsFields;
  readonly #pairsRecord: Int32Array;
  /** The dense form of a sparse input, where that is faster. */
  readonly #dense: DenseSignal;

  constructor(context: LayerContext, definition: SelectorDefinition) {
    const { team, spec, inputs, optimizer, batch } = context;
    const { arena } = team;
    this.#context = context;
    this.#weights = createWeights(arena, spec.units, inputs, true, optimizer);
    initialize(this.#weights, inputs, spec.activation === 'relu' ? 2 : 1, context.random);
    this.#selector = definition.bind(spec.select, {
      ...context,
      weights: this.#weights,
      units: spec.units,
    });
    const capacity = batch * this.#selector.most;
    this.output = sparseSignal(arena, batch, spec.units, capacity, true);
    this.#pairs = {
      starts: arena.int32(spec.units + 1),
      positions: arena.int32(capacity),
      samples: arena.int32(capacity),
    };
    this.#pairsRecord = layPairs(arena, this.#pairs);
    this.#dense = denseSignal(arena, batch, inputs, true);
  }

  get paddedShare(): number {
    return this.#selector.paddedShare;
  }

  forward(input: Signal, { batch, training, labels }: Pass): void {
    const { team, counts, spec } = this.#context;
    const { arena } = team;
    const output = this.output;
    const softmax = spec.activation === 'softmax';
    const forced = training && softmax ? labels : undefined;
    this.#selector.select({ input, batch, training, forced }, output);
    const pairs = arena.address(this.#pairsRecord);
    const rows = arena.address(this.#weights.record);
    counts.time('forward', () => {
      team.run(
        'sortPairs',
        [pairs, arena.address(output.offsets), arena.address(output.ids), batch],
        spec.units,
        { grain: Math.ceil(spec.units / team.threads) },
      );
      const values = arena.address(output.values);
      const x = this.#operand(input, batch);
      if (x.kind === 'dense') {
        team.run('walkForward', [values, rows, pairs, arena.address(x.values), x.stride], spec.units);
      } else {
        team.run('walkForwardSparse', [values, rows, pairs, arena.address(x.record)], spec.units);
      }
      if (spec.activation === 'relu') team.run('relu', [values], output.offsets[batch]!);
      if (training && this.#selector.keep < 1 && !softmax)
        this.#divide(output.values, output.offsets[batch]!);
    });
    counts.add('forward', this.#products(input, batch));
  }

  backward(input: Signal, batch: number, wanted: boolean): void {
    const { team, counts, spec, optimizer, optimizerRecord } = this.#context;
    const { arena } = team;
    const output = this.output;
    const active = output.offsets[batch]!;
    const gradients = arena.address(output.gradients);
    const pairs = arena.address(this.#pairsRecord);
    const rows = arena.address(this.#weights.record);
    const record = arena.address(optimizerRecord);
    const x = input.kind === 'dense' || this.#isSparse(input, batch) ? input : this.#dense;
    const scratch = this.#weights.stride * 4;
    counts.time('backward', () => {
      if (spec.activation === 'relu')
        team.run('reluGradient', [gradients, arena.address(output.values)], active);
      if (this.#selector.keep < 1 && spec.activation !== 'softmax') this.#divide(output.gradients, active);
      if (wanted) this.#inputGradients(input, x, batch);
      if (x.kind === 'dense') {
        const values = arena.address(x.values);
        team.run('walkBackward', [gradients, rows, pairs, record, values, x.stride], spec.units, { scratch });
      } else {
        const values = arena.address(x.record);
        team.run('walkBackwardSparse', [gradients, rows, pairs, record, values], spec.units, { scratch });
      }
    });
    counts.add('backward', this.#products(input, batch) * (wanted ? 2 : 1));
    counts.add('optimizer', this.#activeRows() * input.width * optimizerCost(optimizer));
    this.#selector.updated();
  }

  forwardAll(input: DenseSignal, output: DenseSignal, batch: number): void {
    const { team, spec } = this.#context;
    const { arena } = team;
    const { values, stride, bias } = this.#weights;
    multiply(
      team,
      arena.address(output.values),
      output.stride,
      { address: arena.address(input.values), row: input.stride, column: 1 },
      { address: arena.address(values), row: 1, column: stride },
      { rows: batch, columns: spec.units, depth: input.width },
    );
    const relu = spec.activation === 'relu' ? 1 : 0;
    const to = arena.address(output.values);
    team.run('activateDense', [to, output.stride, spec.units, arena.address(bias!), relu], batch);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#selector[Symbol.dispose]();
    this.#weights[Symbol.dispose]();
    freeSignal(arena, this.output);
    freeSignal(arena, this.#dense);
    for (const view of [...Object.values(this.#pairs), this.#pairsRecord]) arena.free(view as Int32Array);
  }

  /** The input in the form in which it is walked. */
  #operand(input: Signal, batch: number): Signal {
    if (input.kind === 'dense' || this.#isSparse(input, batch)) return input;
    const { team } = this.#context;
    const { values, stride, width } = this.#dense;
    team.run(
      'scatterRows',
      [team.arena.address(values), stride, width, team.arena.address(input.record)],
      batch,
    );
    return this.#dense;
  }

  #isSparse(input: SparseSignal, batch: number): boolean {
    return activeUnits(input, batch) < SPARSE_BELOW * batch * input.width;
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
    if (input.kind === 'sparse') {
      const to = arena.address(input.gradients);
      team.run('gatherColumns', [to, gradients, x.stride, arena.address(input.record)], batch);
    }
  }

  /** Multiply-adds of one product over the active pairs. */
  #products(input: Signal, batch: number): number {
    const { offsets } = this.output;
    if (input.kind === 'dense' || !this.#isSparse(input, batch)) return offsets[batch]! * input.width;
    let products = 0;
    for (let s = 0; s < batch; s++) {
      products += (offsets[s + 1]! - offsets[s]!) * (input.offsets[s + 1]! - input.offsets[s]!);
    }
    return products;
  }

  #activeRows(): number {
    const { starts } = this.#pairs;
    let rows = 0;
    for (let r = 0; r + 1 < starts.length; r++) rows += starts[r]! < starts[r + 1]! ? 1 : 0;
    return rows;
  }

  #divide(values: Float32Array, count: number): void {
    const { keep } = this.#selector;
    for (let i = 0; i < count; i++) values[i]! /= keep;
  }
}
