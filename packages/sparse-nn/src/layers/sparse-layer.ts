/**
 * A layer all of whose units fire, but which has only some of its weights, in compressed rows. Products run along the batch:
 * activations are transposed, so that one weight meets all samples at once, by the kernels that sum and multiply listed rows.
 */
import {
  activateDense,
  columnSums,
  dotRows,
  gatherRows,
  gemm,
  type OptimizerRecord,
  randomStream,
  transposeRows,
  updateRows,
} from '@hashgrad/kernels';
import type { LayerOptimizer } from '../optimizers/bound-optimizer.ts';
import { optimizerCost } from '../optimizers/optimizers.ts';
import { connectionCount, droppedAt, type SparseConnectionsSpec } from '../spec/sparse-connections.ts';
import { activationGradient } from './activation.ts';
import {
  denseActivations,
  freeActivations,
  rowsOf,
  strideOf,
  type Activations,
  type DenseActivations,
} from './activations.ts';
import { Connections } from './connections.ts';
import { Dropout } from './dropout.ts';
import { drawPositions, dropSmallest, exchange, type Kept, LargestGradients } from './exchange.ts';
import type { Layer, LayerContext, Pass } from './layer.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import type { UnitWeights } from './unit-weights.ts';
import { WalkedInput } from './walked-input.ts';
import { createWeights, type LayerWeights, squaredNorm, type Weights } from './weights.ts';

/** Weights that are one row to the optimizer: so many follow each other, whichever units they are of. */
export const SPARSE_ROW = 1024;

/** Units whose gradients are made at once, where all are looked at. */
const UNITS = 64;

export class SparseLayer implements Layer {
  readonly output: DenseActivations;
  readonly selector = undefined;
  readonly #context: LayerContext;
  readonly #spec: SparseConnectionsSpec;
  readonly #connections: Connections;
  /** The connections' weights, by unit, in rows of SPARSE_ROW, the last one filled up with 0. */
  readonly #weights: Weights;
  /** The units' biases: rows of no weights. */
  readonly #bias: Weights;
  readonly #gradients: Float32Array;
  readonly #biasGradients: Float32Array;
  readonly #walked: WalkedInput;
  /** Activations by input and by unit: a row along the batch for each. Gradients take their place. */
  readonly #x: Float32Array;
  readonly #y: Float32Array;
  readonly #stride: number;
  readonly #dropout: Dropout;
  /** All weights, where somebody wants to see them. */
  #dense: Float32Array | undefined;
  #step = 0;

  constructor(context: LayerContext, spec: SparseConnectionsSpec) {
    const { team, inputs, optimizer, batch, seed, name, weights } = context;
    const { units, dropout = 0 } = context.spec;
    const { arena } = team;
    this.#context = context;
    this.#spec = spec;
    this.output = denseActivations(arena, batch, units, true);
    const count = connectionCount(spec, units * inputs);
    this.#connections = new Connections(arena, units, inputs, count);
    const { offsets, ids } = this.#connections;
    this.#weights = {
      ...weights,
      connections: { offsets, ids },
      arrays: { ...weights.arrays, offsets, ids },
    };
    this.#bias = createWeights(arena, units, 0, true, optimizer.spec);
    this.#gradients = arena.float32(weights.values.length);
    this.#biasGradients = arena.float32(this.output.stride);
    this.#walked = new WalkedInput(team, batch, inputs);
    this.#stride = strideOf(batch);
    this.#x = arena.float32(inputs * this.#stride);
    this.#y = arena.float32(units * this.#stride);
    this.#dropout = new Dropout(team, dropout, seed, name);
    this.#connections.draw(randomStream(seed, `${name} connections`));
    weights.values.fill(0, count);
  }

  /** Of all inputs to all units, 0 where there is no connection: a copy, as they are now. */
  get weights(): LayerWeights {
    const { units, inputs, offsets, ids } = this.#connections;
    const stride = strideOf(inputs);
    this.#dense ??= this.#context.team.arena.float32(units * stride);
    const values = this.#dense.fill(0);
    for (let unit = 0; unit < units; unit++) {
      for (let at = offsets[unit]!; at < offsets[unit + 1]!; at++) {
        values[unit * stride + ids[at]!] = this.#weights.values[at]!;
      }
    }
    return { rowOf: 'unit', rows: units, width: inputs, stride, values, bias: this.#bias.bias! };
  }

  get parameters(): { readonly weights: Weights; readonly bias: Weights } {
    return { weights: this.#weights, bias: this.#bias };
  }

  get optimizer(): LayerOptimizer {
    return this.#context.optimizer;
  }

  forward(input: Activations, { batch, training, step }: Pass): void {
    const { counts } = this.#context;
    const { values, stride } = this.output;
    this.#step = step;
    counts.time('forward', () => {
      this.forwardAll(input, this.output, batch);
      if (training && step > 0) this.#dropout.forward(values, batch * stride, step);
    });
    counts.add('forward', { multiplyAdds: batch * this.#connections.count });
  }

  forwardAll(input: Activations, output: DenseActivations, batch: number): void {
    const { team, activation } = this.#context;
    const { units, inputs, offsets, ids } = this.#connections;
    const { values, stride, width } = output;
    const along = this.#stride;
    this.#turn(this.#x, this.#walked.layDense(input, batch), inputs, batch);
    gatherRows(
      team,
      {
        out: this.#y,
        outStride: along,
        rows: this.#x,
        stride: along,
        width: batch,
        offsets,
        ids,
        coefficients: this.#weights.values,
      },
      units,
    );
    transposeRows(team, { out: values, outStride: stride, x: this.#y, stride: along, rows: units }, batch);
    activateDense(team, { values, stride, width, bias: this.#bias.bias, activation }, batch);
  }

  backward(input: Activations, batch: number, needsInputGradient: boolean, stage: Stage): void {
    const { counts, optimizer } = this.#context;
    const { trainable } = optimizer;
    if (stage !== 'apply' && (trainable || needsInputGradient)) {
      counts.time('backward', () => this.#back(input, batch, needsInputGradient));
      const products = batch * this.#connections.count;
      counts.add('backward', { multiplyAdds: products * (Number(trainable) + Number(needsInputGradient)) });
    }
    if (!trainable) return;
    if (stage === 'measure') return counts.time('backward', () => this.#update(optimizer.measure));
    const dropped = droppedAt(this.#spec, this.#step, this.#connections.count);
    if (dropped > 0) counts.time('choose', () => this.#exchange(input, batch, dropped));
    counts.time('optimizer', () => this.#update(optimizer.record, dropped > 0));
    if (dropped > 0) return;
    counts.add('optimizer', { multiplyAdds: this.#connections.count * optimizerCost(optimizer.spec) });
  }

  choose(): void {}

  squaredNorm(): number {
    return this.optimizer.trainable ? squaredNorm(this.#weights) + squaredNorm(this.#bias) : 0;
  }

  reindex(): void {
    this.#connections.reindex();
  }

  /**
   * Takes the weights of its connections.
   * @throws {RangeError} if another one is not 0; nothing is then taken.
   */
  takeWeights({ weights, bias }: UnitWeights): void {
    const { units, inputs, offsets, ids } = this.#connections;
    for (let unit = 0; unit < units; unit++) {
      for (let input = 0, at = offsets[unit]!; input < inputs; input++) {
        if (at < offsets[unit + 1]! && ids[at] === input) at++;
        else if (weights[unit * inputs + input] !== 0) {
          throw new RangeError(
            `${this.#context.name}: unit ${unit} is not connected to input ${input}, so their weight is 0; ` +
              `got ${weights[unit * inputs + input]}.`,
          );
        }
      }
    }
    for (const [place, position] of this.#connections.positions().entries()) {
      this.#weights.values[place] = weights[position]!;
    }
    this.#bias.bias!.set(bias);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    freeActivations(arena, this.output);
    for (const part of [this.#connections, this.#weights, this.#bias, this.#walked]) part[Symbol.dispose]();
    for (const view of [this.#gradients, this.#biasGradients, this.#x, this.#y]) arena.free(view);
    if (this.#dense) arena.free(this.#dense);
  }

  /** From the gradients with respect to the output to those with respect to the connections' weights, and to the input if wanted. */
  #back(input: Activations, batch: number, needsInputGradient: boolean): void {
    const { team, activation, optimizer } = this.#context;
    const { units, inputs, offsets, ids, columnOffsets, columnUnits, columnValues } = this.#connections;
    const { values, gradients, stride } = this.output;
    const along = this.#stride;
    this.#dropout.backward(gradients, batch * stride);
    activationGradient(team, activation, gradients, values, this.#dropout.keep, batch * stride);
    this.#turn(this.#y, { values: gradients, stride }, units, batch);
    if (optimizer.trainable) {
      const rows = { rows: this.#x, stride: along, width: batch };
      dotRows(team, { out: this.#gradients, offsets, ids, ...rows, x: this.#y, xStride: along }, units);
      columnSums(team, { sums: this.#biasGradients, x: gradients, stride, rows: batch }, units);
    }
    if (!needsInputGradient) return;
    this.#connections.takeColumns(this.#weights.values);
    const lists = { offsets: columnOffsets, ids: columnUnits, coefficients: columnValues };
    const rows = { rows: this.#y, stride: along, width: batch };
    gatherRows(team, { out: this.#x, outStride: along, ...rows, ...lists }, inputs);
    const x = input.kind === 'dense' ? input : this.#walked.dense;
    transposeRows(
      team,
      { out: x.gradients, outStride: x.stride, x: this.#x, stride: along, rows: inputs },
      batch,
    );
    this.#walked.backToSparse(input, x, batch);
  }

  /** Updates all rows; where connections were exchanged, the biases only. */
  #update(optimizer: OptimizerRecord, biasOnly = false): void {
    const { team, spec } = this.#context;
    const biasGradients = this.#biasGradients;
    updateRows(team, { rows: this.#bias.record, optimizer, gradientStride: 0, biasGradients }, spec.units);
    if (biasOnly) return;
    const { record: rows, stride: gradientStride } = this.#weights;
    updateRows(team, { rows, optimizer, gradients: this.#gradients, gradientStride }, this.#weights.rows);
  }

  #exchange(input: Activations, batch: number, dropped: number): void {
    const { counts, seed, name } = this.#context;
    const { values } = this.#weights;
    const connections = this.#connections;
    const weights = connections.units * connections.inputs;
    const kept = dropSmallest(connections, values, dropped);
    const grown =
      this.#spec.regrow === 'gradient'
        ? this.#largestGradients(input, batch, kept, dropped)
        : drawPositions(
            kept,
            weights,
            dropped,
            randomStream(seed, `${name} connections of step ${this.#step}`),
          );
    counts.add('choose', {
      comparisons: connections.count + (this.#spec.regrow === 'gradient' ? weights : dropped),
    });
    // Gradients that are no numbers are none of the largest; the loss tells of them.
    if (grown.length === dropped) this.#weights.rearrange(exchange(connections, kept, grown));
  }

  /** The positions of the largest gradients of the batch with respect to all weights, but those that are kept. */
  #largestGradients(input: Activations, batch: number, kept: Kept, count: number): Float64Array {
    const { team, counts } = this.#context;
    const { units, inputs } = this.#connections;
    const { gradients, stride } = this.output;
    const x = input.kind === 'dense' ? input : this.#walked.dense;
    const found = new LargestGradients(inputs, kept, count);
    const out = team.arena.float32(Math.min(UNITS, units) * x.stride);
    try {
      for (let first = 0; first < units; first += UNITS) {
        const rows = Math.min(UNITS, units - first);
        const a = { values: gradients.subarray(first), row: 1, column: stride };
        gemm(team, { out, outStride: x.stride, a, b: rowsOf(x), rows, columns: inputs, depth: batch });
        found.offer(out, x.stride, first, rows);
      }
    } finally {
      team.arena.free(out);
    }
    counts.add('choose', { multiplyAdds: batch * units * inputs });
    return found.positions();
  }

  /** A batch with a row along it for each of `count` columns; 0 up to a multiple of 4 samples, as products read them. */
  #turn(
    out: Float32Array,
    { values: x, stride }: Pick<DenseActivations, 'values' | 'stride'>,
    count: number,
    batch: number,
  ): void {
    const along = this.#stride;
    transposeRows(this.#context.team, { out, outStride: along, x, stride, rows: batch }, count);
    const end = Math.ceil(batch / 4) * 4;
    for (let s = batch; s < end; s++) for (let c = 0; c < count; c++) out[c * along + s] = 0;
  }
}
