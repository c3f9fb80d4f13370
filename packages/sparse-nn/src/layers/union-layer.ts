/**
 * A layer of chosen units in the update mode 'union': in training all samples of a batch have the same units, those that were
 * chosen for at least one of them, so that products are dense. In an evaluation each sample has its own.
 */
import { ChosenUnits } from './chosen-units.ts';
import type { Layer, LayerContext, Pass } from './layer.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import type { LayerOptimizer } from '../optimizers/bound-optimizer.ts';
import type { Selector, SelectorDefinition } from '../selectors/selector.ts';
import type { DenseActivations, Activations, SparseActivations } from './activations.ts';
import { UnionProducts } from './union-products.ts';
import { layerWeights, type LayerWeights, type Weights } from './weights.ts';

export class UnionLayer implements Layer {
  readonly #context: LayerContext;
  readonly #chosen: ChosenUnits;
  readonly #products: UnionProducts;

  constructor(context: LayerContext, definition: SelectorDefinition) {
    this.#context = context;
    this.#chosen = new ChosenUnits(context, definition, true);
    const { weights, mostTogether } = this.#chosen;
    this.#products = new UnionProducts(context.team, weights, mostTogether);
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
    const { counts, activation } = this.#context;
    const { output, pairs, walked, selector } = this.#chosen;
    const { batch, training } = pass;
    this.choose(input, pass);
    counts.time('forward', () => {
      pairs.sort(output.offsets, output.ids, batch);
      if (training) {
        this.#products.share(pairs, output, batch);
        this.#products.forward(walked.layDense(input, batch), output, activation, batch);
      } else this.#chosen.walk(input, batch);
      this.#chosen.finish(training ? this.#keep : selector.keepProbability, pass);
    });
    counts.add('forward', { multiplyAdds: output.offsets[batch]! * input.width });
  }

  backward(input: Activations, batch: number, needsInputGradient: boolean, stage: Stage): void {
    const { counts, optimizer } = this.#context;
    const { output, weights, walked } = this.#chosen;
    const x = input.kind === 'dense' ? input : walked.dense;
    const { trainable } = optimizer;
    if (stage !== 'apply' && (trainable || needsInputGradient)) {
      counts.time('backward', () => {
        this.#chosen.activationGradients(this.#keep, batch);
        if (needsInputGradient) {
          this.#products.inputGradients(x, output, batch);
          walked.backToSparse(input, x, batch);
        }
        if (trainable) this.#products.weightGradients(x, output, batch);
      });
      const products = output.offsets[batch]! * input.width;
      counts.add('backward', { multiplyAdds: products * (Number(trainable) + Number(needsInputGradient)) });
    }
    if (!trainable) {
      if (stage !== 'measure') this.#chosen.updated(input);
      return;
    }
    if (stage === 'measure') {
      weights.norms!.fill(0);
      counts.time('backward', () => this.#products.update(optimizer.measure));
      return;
    }
    counts.time('optimizer', () => this.#products.update(optimizer.record));
    this.#chosen.updated(input);
  }

  forwardAll(input: Activations, output: DenseActivations, batch: number): void {
    this.#chosen.forwardAll(input, output, batch);
  }

  squaredNorm(): number {
    return this.#chosen.squaredNorm();
  }

  [Symbol.dispose](): void {
    this.#chosen[Symbol.dispose]();
    this.#products[Symbol.dispose]();
  }

  /** What outputs are divided by in training: the share of units that fire, where that is drawn, is the union's. */
  get #keep(): number {
    const { selector, pairs } = this.#chosen;
    return selector.keepProbability < 1 ? pairs.visited / this.#context.spec.units : selector.keepProbability;
  }
}
