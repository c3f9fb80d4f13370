/** What trains a network: its passes, the optimizer, and the step of training that is made of them. */
import type { Team } from '@hashgrad/kernels';
import { backward } from './backward.ts';
import { BatchBuffers } from '../examples/batch-buffers.ts';
import { BoundOptimizer } from '../optimizers/bound-optimizer.ts';
import { rateOf } from '../optimizers/optimizers.ts';
import { Counts } from '../layers/counts.ts';
import { Divergence } from './divergence.ts';
import { LossWeights } from '../layers/loss-weights.ts';
import { Loss } from '../layers/loss.ts';
import type { Layer } from '../layers/layer.ts';
import type { Piecewise } from '../layers/piecewise.ts';
import { makeLayer, makeLayers, makeSampleLayer } from '../passes/make-layers.ts';
import { Passes, type CreationOptions } from '../passes/passes.ts';
import { checkOptions } from '../spec/options.ts';
import { isBySample } from '../spec/update-mode.ts';
import type { LayerTraining } from '../optimizers/layer-training.ts';
import { checkLayerTraining, TRAINING_OPTIONS, trainingSpec } from '../spec/check-layer-training.ts';
import { SampleTrainer } from './sample-trainer.ts';
import { lossOf, type NetworkSpec } from '../spec/spec.ts';

/** Kernels count steps in 32 bits. */
const MOST_STEPS = 2 ** 31 - 1;

export class Engine implements Disposable {
  readonly passes: Passes;
  readonly divergence: Divergence;
  readonly #optimizer: BoundOptimizer;
  readonly #weights: LossWeights;
  /** Where each sample updates the weights by itself. */
  readonly #samples: SampleTrainer | undefined;
  /** Updates of training so far, which are batches, or samples where each updates the weights by itself. */
  step = 0;
  /** Those of them that were taken before this optimizer was given: it counts from there. */
  optimizerStart = 0;

  private constructor(
    passes: Passes,
    optimizer: BoundOptimizer,
    weights: LossWeights,
    samples: SampleTrainer | undefined,
  ) {
    this.passes = passes;
    this.#optimizer = optimizer;
    this.#weights = weights;
    this.#samples = samples;
    this.divergence = new Divergence(passes.spec, passes.layers);
  }

  /**
   * Makes all that training takes, layer by layer.
   * @param initialize whether weights are drawn; they are 0 otherwise, to be read from a checkpoint.
   */
  static *make(
    spec: NetworkSpec,
    options: CreationOptions,
    team: Team,
    initialize: boolean,
  ): Piecewise<Engine> {
    const { seed, batchSize, nonZeros } = options;
    const { arena } = team;
    const last = spec.layers.at(-1)!;
    const kind = lossOf(spec);
    const linear = kind === 'linear';
    const buffers = new BatchBuffers(arena, batchSize, spec.inputs, nonZeros, last.units, linear);
    const weights = new LossWeights(arena, last, buffers.weights);
    const loss = new Loss(kind, team, batchSize, weights.record);
    const updateMode = spec.updateMode ?? 'neuron';
    const optimizer = new BoundOptimizer(arena, spec.optimizer, isBySample(updateMode) ? batchSize : 0);
    const counts = new Counts();
    const shared = { team, counts, seed, batch: batchSize, optimizer, updateMode, initialize };
    const parts = { spec, options, team, counts, buffers, loss };
    if (!isBySample(updateMode)) {
      const layers = yield* makeLayers(spec, shared, buffers.input, makeLayer);
      return new Engine(new Passes({ ...parts, layers }), optimizer, weights, undefined);
    }
    const layers = yield* makeLayers(spec, shared, buffers.input, makeSampleLayer);
    const passes = new Passes({ ...parts, layers });
    const samples = new SampleTrainer(passes, layers, optimizer, updateMode === 'hogwild');
    return new Engine(passes, optimizer, weights, samples);
  }

  /**
   * One step of training on the batch that is loaded; the sum of its losses.
   * @throws {DivergenceError} if the loss becomes NaN or infinite, or explodes.
   */
  train(batch: number): number {
    if (this.step + (this.#samples ? batch : 1) > MOST_STEPS) throw tooManySteps();
    if (this.#samples) return this.#trainSamples(this.#samples, batch);
    this.step++;
    const loss = this.#forward(batch, this.step);
    this.#backward(batch, false, this.passes.layers);
    return loss;
  }

  /**
   * The first half of a step on the batch that is loaded; the sum of its losses. The step is only counted once `backward` has ended it.
   * @throws {DivergenceError} as `train`. @throws {RangeError} in an update mode in which each sample is a step.
   */
  forward(batch: number): number {
    if (this.#samples) {
      throw new RangeError(
        `A step in two halves is of a whole batch; in the update mode '${this.passes.spec.updateMode}' each sample is one.`,
      );
    }
    if (this.step + 1 > MOST_STEPS) throw tooManySteps();
    return this.#forward(batch, this.step + 1);
  }

  /**
   * The second half: the gradients and the update; `needsInputGradient`: those with respect to the network's input, too.
   * @param layers the lowest ones, the last of which has the gradients with respect to its output. Default: all.
   */
  backward(batch: number, needsInputGradient: boolean, layers: readonly Layer[] = this.passes.layers): void {
    this.step++;
    this.#backward(batch, needsInputGradient, layers);
  }

  /** The weights of layer `index` were written from outside: hash tables and the optimizer begin anew there. */
  rewritten(index: number): void {
    const { parameters, selector, optimizer } = this.passes.layers[index]!;
    for (const part of Object.values(parameters)) part.forget(optimizer.trainable ? this.#optimizerStep : 0);
    selector?.rewritten?.();
  }

  /**
   * Changes whether and how fast layer `index` is trained, from the next step on. Rows that catch up with steps they skipped do not
   * with those in which their layer was not trained: while it is not, what they keep is how many steps before its end they
   * were last touched, 0 or less.
   * @throws {RangeError} if no layer would be trained, or the rate is out of range.
   */
  setTraining(index: number, given: LayerTraining): void {
    checkOptions('setTraining', given, TRAINING_OPTIONS);
    const { passes } = this;
    const { spec } = passes;
    const { trainable: before, rateScale: rateBefore, ...layer } = spec.layers[index]!;
    const { trainable = before ?? true, rateScale = rateBefore ?? 1 } = given;
    const layers = spec.layers.with(index, { ...layer, ...trainingSpec({ trainable, rateScale }) });
    checkLayerTraining(layers, spec.optimizer);
    passes.spec = { ...spec, layers };
    const { optimizer, parameters } = passes.layers[index]!;
    if (optimizer.trainable !== trainable) {
      for (const part of Object.values(parameters))
        part.shift(trainable ? this.#optimizerStep : -this.#optimizerStep);
    }
    optimizer.trainable = trainable;
    optimizer.rateScale = rateScale;
    this.#samples?.changed();
  }

  /** The learning rate of the next step. */
  get nextRate(): number {
    return rateOf(this.#optimizer.spec, this.#optimizerStep);
  }

  /** What is said where the rate has come to 0. */
  rateWarning(): string {
    const { schedule } = this.#optimizer.spec;
    return (
      `The learning rate is 0 from step ${this.step + 1} on, where the schedule ${JSON.stringify(schedule)} has ended: nothing ` +
      'more is learned. `net.use({ optimizer })` gives the network another one, whose schedule starts anew.'
    );
  }

  /**
   * Looks at the batch that is loaded again, with the weights that its step has made: all units of as many of its rows as a
   * full pass takes at once. So a step that ruined the weights is found before the next one.
   * @throws {DivergenceError} if their loss is NaN or infinite, or has exploded.
   */
  checkUpdated(batch: number): void {
    const { passes } = this;
    const rows = Math.min(batch, passes.fullBatch);
    const loss = passes.counts.paused(() => passes.loss.apply(passes.forwardAll(rows), passes.buffers, rows));
    const outputs = passes.reserveFull();
    this.divergence.checkLoss(loss / rows, `after step ${this.step}`, outputs, rows);
  }

  [Symbol.dispose](): void {
    this.#samples?.[Symbol.dispose]();
    this.#weights[Symbol.dispose]();
    this.passes.close();
  }

  /** Steps that this optimizer has taken. */
  get #optimizerStep(): number {
    return this.step - this.optimizerStart;
  }

  #forward(batch: number, step: number): number {
    const { counts, loss: criterion, buffers } = this.passes;
    const outputs = this.passes.forwardTraining(batch, step);
    const loss = counts.time('forward', () => criterion.apply(outputs, buffers, batch));
    this.divergence.begin(loss / batch);
    this.#checkLoss(loss, batch, step);
    return loss;
  }

  #backward(batch: number, needsInputGradient: boolean, layers: readonly Layer[]): void {
    const { buffers } = this.passes;
    if (needsInputGradient) buffers.reserveInputGradients();
    this.#optimizer.begin(this.#optimizerStep);
    const squares = backward(layers, buffers.input, batch, this.#optimizer, needsInputGradient);
    this.divergence.checkNorms(squares, this.step);
  }

  /** The same where each sample is a step of its own. */
  #trainSamples(samples: SampleTrainer, batch: number): number {
    const first = this.step + 1;
    this.passes.selected = batch;
    const { loss, firstLoss, stopped, squares } = samples.train(first - this.optimizerStart, batch);
    this.step = first + stopped - (stopped === batch ? 1 : 0);
    this.divergence.begin(firstLoss);
    this.#checkLoss(loss, batch, this.step);
    this.divergence.checkNorms(squares, this.step);
    return loss;
  }

  #checkLoss(loss: number, batch: number, step: number): void {
    const outputs = this.passes.layers.map(({ output }) => output);
    this.divergence.checkLoss(loss / batch, `at step ${step}`, outputs, batch);
  }
}

function tooManySteps(): RangeError {
  return new RangeError(`A network is trained for at most ${MOST_STEPS} steps; this one was.`);
}
