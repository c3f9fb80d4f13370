/** Training with an update after each sample: the orders 'sample' and 'hogwild'. */
import { laySampleLayers, laySamplePass, type Team } from '@hashgrad/kernels';
import type { BatchBuffers } from '../examples/batch-buffers.ts';
import type { BoundOptimizer } from '../optimizers/bound-optimizer.ts';
import type { Counts } from '../layers/counts.ts';
import type { SampleLayer } from '../layers/layer.ts';
import type { Loss } from '../layers/losses.ts';
import type { Signal } from '../layers/signal.ts';

export interface SampleTrainerParts {
  readonly team: Team;
  readonly layers: readonly SampleLayer[];
  readonly buffers: BatchBuffers;
  readonly loss: Loss;
  readonly counts: Counts;
  readonly optimizer: BoundOptimizer;
  readonly batchSize: number;
}

/** What training on a batch gave. */
export interface SampleResult {
  /** Sum of the losses of its samples, each from before its own update. */
  readonly loss: number;
  /** The first sample whose loss or gradient was no finite number, by which nothing was updated; else the batch. */
  readonly stopped: number;
  /** That sample's squared norms of the gradient by each layer, the last layer's first, where they were measured. */
  readonly squares: readonly number[];
}

export class SampleTrainer implements Disposable {
  readonly #parts: SampleTrainerParts;
  readonly #hogwild: boolean;
  readonly #layers: Int32Array;
  readonly #pass: Int32Array;
  readonly #squares: Float64Array;
  readonly #scratch: number;
  /** The last layer that selects, which needs the activations of those before it; -1 for none. */
  readonly #lastSelecting: number;

  constructor(parts: SampleTrainerParts, hogwild: boolean) {
    const { team, layers, optimizer, batchSize } = parts;
    const { arena } = team;
    this.#parts = parts;
    this.#hogwild = hogwild;
    const clips = optimizer.spec.clipNorm !== undefined;
    this.#squares = arena.float64(clips ? batchSize * layers.length : 0);
    this.#layers = laySampleLayers(
      arena,
      layers.map((layer, l) => layer.sampleFields(this.#inputOf(l), l > 0)),
    );
    this.#pass = this.#layPass();
    const widths = layers.map(({ weights }) => weights.width);
    this.#scratch = arena.kernels.trainSamplesScratchBytes(Math.max(...widths));
    this.#lastSelecting = layers.findLastIndex(({ selector }) => selector);
  }

  /** Trains on the batch that is loaded; its first sample is step `step`, counted from 1. */
  train(step: number, batch: number): SampleResult {
    const { team, layers, loss, counts, optimizer } = this.#parts;
    this.#choose(batch);
    counts.time('backward', () => {
      optimizer.beginSamples(step, batch);
      loss.losses.fill(0, 0, batch);
      this.#squares.fill(0);
      const pass = team.arena.address(this.#layPass(this.#pass));
      const options = { grain: this.#hogwild ? 1 : batch, scratch: this.#scratch };
      team.run('trainSamples', [pass], batch, options);
    });
    const losses = loss.losses.subarray(0, batch);
    const squares = this.#squares.subarray(0, batch * layers.length);
    const total = losses.reduce((sum, each) => sum + each, 0);
    const badNorm = squares.findIndex((square) => !Number.isFinite(square));
    const badLoss = losses.findIndex((each) => !Number.isFinite(each));
    const at = [badLoss, badNorm < 0 ? -1 : Math.floor(badNorm / layers.length)].filter((s) => s >= 0);
    const stopped = Math.min(batch, ...at);
    for (const [l, layer] of layers.entries()) layer.trained(this.#inputOf(l), batch, l > 0);
    const own = squares.subarray(stopped * layers.length, (stopped + 1) * layers.length);
    return { loss: total, stopped, squares: [...own] };
  }

  [Symbol.dispose](): void {
    const { arena } = this.#parts.team;
    for (const view of [this.#layers, this.#pass, this.#squares]) arena.free(view);
  }

  /** Selectors choose, with the weights as they are before the batch, for inputs of which nothing is dropped. */
  #choose(batch: number): void {
    const { layers, buffers, loss } = this.#parts;
    const labels = loss.kind === 'linear' ? undefined : buffers.labels;
    const pass = { batch, training: true, labels, step: 0 };
    for (const [l, layer] of layers.entries()) {
      if (l < this.#lastSelecting) layer.forward(this.#inputOf(l), pass);
      else if (l === this.#lastSelecting) layer.choose(this.#inputOf(l), pass);
    }
  }

  #inputOf(l: number): Signal {
    return l === 0 ? this.#parts.buffers.input : this.#parts.layers[l - 1]!.output;
  }

  /** The batch's record: where labels and corrections lie may change from one to the next. */
  #layPass(record?: Int32Array): Int32Array {
    const { team, layers, buffers, loss, optimizer } = this.#parts;
    const { output } = layers.at(-1)!;
    const pass = {
      layers: this.#layers,
      loss: loss.kind,
      losses: loss.losses,
      squares: this.#squares,
      labelOffsets: buffers.labels.offsets,
      labels: buffers.labels.ids,
      targets: buffers.targets,
      targetStride: output.width,
      corrections: output.kind === 'sparse' ? output.corrections : undefined,
      optimizers: optimizer.samples,
      clipNorm: optimizer.spec.clipNorm ?? 0,
    };
    return laySamplePass(team.arena, pass, record);
  }
}
