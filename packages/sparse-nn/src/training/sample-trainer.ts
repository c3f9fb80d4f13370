/** Training with an update after each sample: the update modes 'sample' and 'hogwild'. */
import { SamplePass, trainSamples } from '@hashgrad/kernels';
import type { BoundOptimizer } from '../optimizers/bound-optimizer.ts';
import type { SampleLayer } from '../layers/layer.ts';
import type { Passes } from '../passes/passes.ts';

/** What training on a batch gave. */
export interface SampleResult {
  /** Sum of the losses of its samples, each from before its own update. */
  readonly loss: number;
  /** The first sample's own: from before any update of the batch. */
  readonly firstLoss: number;
  /** The first sample whose loss or gradient was no finite number, by which nothing was updated; else the batch. */
  readonly stopped: number;
  /**
   * That sample's squared norms of the gradient with respect to each layer, the last layer's first, where they were measured.
   */
  readonly squares: readonly number[];
}

export class SampleTrainer implements Disposable {
  readonly #passes: Passes;
  readonly #layers: readonly SampleLayer[];
  readonly #optimizer: BoundOptimizer;
  readonly #hogwild: boolean;
  /** The layers, and the batch. */
  #pass: SamplePass;
  readonly #squares: Float64Array;
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
    this.#pass = this.#makePass();
    this.#lastSelecting = layers.findLastIndex(({ selector }) => selector);
  }

  /** Takes note that other layers are trained than before, or at other rates. */
  changed(): void {
    this.#pass[Symbol.dispose]();
    this.#pass = this.#makePass();
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
      trainSamples(team, { pass: this.#lay(), hogwild: this.#hogwild }, batch);
    });
    const losses = loss.losses.subarray(0, batch);
    const squares = this.#squares.subarray(0, batch * layers.length);
    const total = losses.reduce((sum, each) => sum + each, 0);
    const badNorm = squares.findIndex((square) => !Number.isFinite(square));
    const badLoss = losses.findIndex((each) => !Number.isFinite(each));
    const at = [badLoss, badNorm < 0 ? -1 : Math.floor(badNorm / layers.length)].filter((s) => s >= 0);
    const stopped = Math.min(batch, ...at);
    const lowest = this.#lowest;
    for (const [l, layer] of layers.entries()) layer.trained(this.#passes.inputOf(l), batch, l > lowest);
    const own = squares.subarray(stopped * layers.length, (stopped + 1) * layers.length);
    return { loss: total, firstLoss: losses[0]!, stopped, squares: [...own] };
  }

  [Symbol.dispose](): void {
    this.#pass[Symbol.dispose]();
    this.#passes.team.arena.free(this.#squares);
  }

  /** The first layer that is trained: no gradients flow to those below it. */
  get #lowest(): number {
    return this.#layers.findIndex((layer) => layer.optimizer.trainable);
  }

  #makePass(): SamplePass {
    const passes = this.#passes;
    const lowest = this.#lowest;
    return new SamplePass(
      passes.team.arena,
      this.#layers.map((layer, l) => layer.sampleFields(passes.inputOf(l), l > lowest)),
    );
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

  /** Lays the batch: where labels and corrections lie may change from one to the next. */
  #lay(): SamplePass {
    const { buffers, loss } = this.#passes;
    const { output } = this.#layers.at(-1)!;
    const optimizer = this.#optimizer;
    return this.#pass.lay({
      loss: loss.kind,
      losses: loss.losses,
      squares: this.#squares,
      labels: buffers.labels,
      targets: buffers.targets,
      targetStride: output.width,
      corrections: output.kind === 'sparse' ? output.corrections : undefined,
      weighting: loss.weighting,
      optimizers: optimizer.samples,
      clipNorm: optimizer.spec.clipNorm ?? 0,
    });
  }
}
