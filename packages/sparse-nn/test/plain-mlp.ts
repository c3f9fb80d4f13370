/** A multi-layer perceptron in ml-matrix and 64-bit floats, and the optimizers as their papers have them. */
import { Matrix } from 'ml-matrix';
import type { HiddenActivation, LossKind, Network, OptimizerSpec } from '../src/index.ts';
import { rateAt } from '../src/index.ts';
import { lossOf } from '../src/spec/spec.ts';
import { referenceOf } from './reference.ts';

/** Updates an array of parameters in place by a gradient at a rate; `t` counts from 1. */
type Update = (parameters: Float64Array, gradient: Float64Array, t: number, rate: number) => void;

/** One for each array of parameters in rows of `width`: it keeps their moments, in 64-bit floats whatever the spec says. */
export function updateOf(spec: OptimizerSpec, length: number, width: number): Update {
  const first = new Float64Array(length);
  const second = new Float64Array(length).fill(spec.kind === 'adagrad' ? spec.initial : 0);
  if (spec.kind === 'sgd') return (w, g, _, rate) => w.forEach((__, i) => (w[i] -= rate * g[i]));
  if (spec.kind === 'momentum') {
    return (w, g, _, rate) =>
      w.forEach((__, i) => {
        first[i] = spec.decay * first[i] + g[i];
        w[i] -= rate * first[i];
      });
  }
  const shared = (spec.kind === 'adam' ? spec.secondMoment : spec.sums) === 'row' && width > 1;
  const square = (g: Float64Array, i: number): number => {
    if (!shared) return g[i] ** 2;
    const row = i - (i % width);
    return g.subarray(row, row + width).reduce((sum, x) => sum + x * x, 0) / width;
  };
  if (spec.kind === 'adagrad') {
    return (w, g, _, rate) =>
      w.forEach((__, i) => {
        second[i] += square(g, i);
        w[i] -= (rate * g[i]) / (Math.sqrt(second[i]) + spec.epsilon);
      });
  }
  const { beta1, beta2, epsilon } = spec;
  return (w, g, t, rate) =>
    w.forEach((_, i) => {
      first[i] = beta1 * first[i] + (1 - beta1) * g[i];
      second[i] = beta2 * second[i] + (1 - beta2) * square(g, i);
      const mean = first[i] / (1 - beta1 ** t);
      const corrected = second[i] / (1 - beta2 ** t);
      w[i] -= (rate * mean) / (Math.sqrt(corrected) + epsilon);
    });
}

interface PlainLayer {
  readonly activation: HiddenActivation;
  /** units x inputs, row-major */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly updateWeights: Update;
  readonly updateBias: Update;
}

/** By activation: itself, and its derivative by what comes out of it. */
const ACTIVATIONS: Readonly<
  Record<HiddenActivation, readonly [(z: number) => number, (y: number) => number]>
> = {
  linear: [(z) => z, () => 1],
  relu: [(z) => Math.max(0, z), (y) => Number(y > 0)],
  sigmoid: [(z) => 1 / (1 + Math.exp(-z)), (y) => y * (1 - y)],
  tanh: [Math.tanh, (y) => 1 - y * y],
};

/** Starts from the weights that a network has now. All its units fire. */
export class PlainMlp {
  readonly layers: readonly PlainLayer[];
  readonly #optimizer: OptimizerSpec;
  readonly #loss: LossKind;
  #step = 0;

  constructor(net: Network) {
    const { optimizer } = net.spec;
    this.#optimizer = optimizer;
    this.#loss = lossOf(net.spec);
    this.layers = referenceOf(net).map(({ activation, weights, bias, inputs }) => ({
      activation,
      weights,
      bias,
      updateWeights: updateOf(optimizer, weights.length, inputs),
      updateBias: updateOf(optimizer, bias.length, 1),
    }));
  }

  /** One step on a whole batch with the answers samples x outputs; its mean loss before the step. */
  train(inputs: Matrix, answers: Matrix): number {
    this.#step++;
    const activations = [inputs];
    for (const [l, { weights, bias, activation }] of this.layers.entries()) {
      const z = activations[l].mmul(matrix(weights, bias.length).transpose()).addRowVector([...bias]);
      activations.push(map(z, ACTIVATIONS[activation][0]));
    }
    const { loss, gradient } = LOSSES[this.#loss](activations.pop() as Matrix, answers);
    let delta = gradient;
    const gradients = this.layers.map(() => ({ weights: new Float64Array(), bias: new Float64Array() }));
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const { weights, bias } = this.layers[l];
      gradients[l].weights = Float64Array.from(delta.transpose().mmul(activations[l]).to1DArray());
      gradients[l].bias = Float64Array.from(delta.sum('column'));
      if (l === 0) break;
      const slope = ACTIVATIONS[this.layers[l - 1].activation][1];
      delta = delta.mmul(matrix(weights, bias.length)).mul(map(activations[l].clone(), slope));
    }
    this.#update(gradients);
    return loss;
  }

  #update(gradients: readonly { readonly weights: Float64Array; readonly bias: Float64Array }[]): void {
    const { clipNorm = Infinity, clipValue = Infinity, weightDecay = 0 } = this.#optimizer;
    const rate = rateAt(this.#optimizer, this.#step - 1);
    const all = gradients.flatMap(({ weights, bias }) => [weights, bias]);
    const norm = Math.sqrt(all.reduce((sum, g) => sum + g.reduce((part, x) => part + x * x, 0), 0));
    const factor = Math.min(1, clipNorm / norm);
    for (const g of all) {
      g.forEach((x, i) => (g[i] = Math.max(-clipValue, Math.min(clipValue, factor * x))));
    }
    for (const [l, layer] of this.layers.entries()) {
      layer.weights.forEach((w, i) => (layer.weights[i] -= rate * weightDecay * w));
      layer.updateWeights(layer.weights, gradients[l].weights, this.#step, rate);
      layer.updateBias(layer.bias, gradients[l].bias, this.#step, rate);
    }
  }
}

/** Labels as answers: 1 for each sample's class, 0 elsewhere. */
export function oneHot(labels: ArrayLike<number>, classes: number): Matrix {
  const answers = Matrix.zeros(labels.length, classes);
  for (let s = 0; s < labels.length; s++) answers.set(s, labels[s], 1);
  return answers;
}

/** Applies `f` in place. */
function map(x: Matrix, f: (value: number) => number): Matrix {
  return x.apply((i, j) => x.set(i, j, f(x.get(i, j))));
}

function matrix(rowMajor: Float64Array, rows: number): Matrix {
  return Matrix.from1DArray(rows, rowMajor.length / rows, [...rowMajor]);
}

type LossFunction = (outputs: Matrix, answers: Matrix) => { loss: number; gradient: Matrix };

/** Mean losses and their gradients by the last layer's weighted sums. */
const LOSSES: Readonly<Record<LossKind, LossFunction>> = {
  softmax(logits, answers) {
    const exponentials = Matrix.exp(Matrix.sub(logits, logits.max()));
    const probabilities = exponentials.divColumnVector(exponentials.sum('row'));
    const loss = -Matrix.log(probabilities).mul(answers).sum() / logits.rows;
    return { loss, gradient: probabilities.sub(answers).div(logits.rows) };
  },
  sigmoid(logits, answers) {
    const probabilities = map(logits.clone(), ACTIVATIONS.sigmoid[0]);
    const losses = map(logits.clone(), (z) => Math.log(1 + Math.exp(z))).sub(Matrix.mul(logits, answers));
    return { loss: losses.sum() / logits.rows, gradient: probabilities.sub(answers).div(logits.rows) };
  },
  linear(outputs, targets) {
    const errors = Matrix.sub(outputs, targets);
    const count = errors.rows * errors.columns;
    return { loss: Matrix.pow(errors, 2).sum() / count, gradient: errors.mul(2 / count) };
  },
};
