/** Training with an update after each sample: the orders 'sample' and 'hogwild'. */
import { laySampleLayers, laySamplePass } from '@hashgrad/kernels';
import type { BoundOptimizer } from '../optimizers/bound-optimizer.ts';
import type { SampleLayer } from '../layers/layer.ts';
import type { Passes } from '../passes/passes.ts';

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
  readonly #passes: Passes;
  readonly #layers: readonly SampleLayer[];
  readonly #optimizer: BoundOptimizer;
  readonly #hogwild: boolean;
  /** The layers' records, and the batch's. */
  readonly #records: Int32Array;
  readonly #pass: Int32Array;
  readonly #squares: Float64Array;
  readonly #scratch: number;
  /** The last layer that selects, which needs the activations of those before it; -1 for none. */
  readonly #lastSelecting: number;

  /** `layers`: those of `passes`. */
  constructor(passes: Passes, layers: readonly SampleLayer[], optimizer: BoundOptimizer, hogwild: boolean) {
    const { batchSize } = passes.options;
    const { arena } = passes.team;
    this.#passes = passes;
    this.#layers = layers;
    this.#optimizer = optimizer;
    this.#hogwild = hogwild;
    const clips = optimizer.spec.clipNorm !== undefined;
    this.#squares = arena.float64(clips ? batchSize * layers.length : 0);
    this.#records = laySampleLayers(
      arena,
      layers.map((layer, l) => layer.sampleFields(passes.inputOf(l), l > 0)),
    );
    this.#pass = this.#layPass();
    const widths = layers.map(({ weights }) => weights.width);
    this.#scratch = arena.kernels.trainSamplesScratchBytes(Math.max(...widths));
    this.#lastSelecting = layers.findLastIndex(({ selector }) => selector);
  }

  /** Trains on the batch that is loaded; its first sample is step `step`, counted from 1. */
  train(step: number, batch: number): SampleResult {
    const { team, loss, counts } = this.#passes;
    const layers = this.#layers;
    const optimizer = this.#optimizer;
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
    for (const [l, layer] of layers.entries()) layer.trained(this.#passes.inputOf(l), batch, l > 0);
    const own = squares.subarray(stopped * layers.length, (stopped + 1) * layers.length);
    return { loss: total, stopped, squares: [...own] };
  }

  [Symbol.dispose](): void {
    const { arena } = this.#passes.team;
    for (const view of [this.#records, this.#pass, this.#squares]) arena.free(view);
  }

  /** Selectors choose, with the weights as they are before the batch, for inputs of which nothing is dropped. */
  #choose(batch: number): void {
    const passes = this.#passes;
    const pass = passes.pass(batch, true, 0);
    for (const [l, layer] of this.#layers.entries()) {
      if (l < this.#lastSelecting) layer.forward(passes.inputOf(l), pass);
      else if (l === this.#lastSelecting) layer.choose(passes.inputOf(l), pass);
    }
  }

  /** The batch's record: where labels and corrections lie may change from one to the next. */
  #layPass(record?: Int32Array): Int32Array {
    const { team, buffers, loss } = this.#passes;
    const { output } = this.#layers.at(-1)!;
    const optimizer = this.#optimizer;
    const pass = {
      layers: this.#records,
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
