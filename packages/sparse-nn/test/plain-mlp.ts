/** A multi-layer perceptron in ml-matrix and 64-bit floats, and the optimizers as their papers have them. */
import { Matrix } from 'ml-matrix';
import type { Network, OptimizerSpec } from '../src/index.ts';
import { referenceOf } from './reference.ts';

/** Updates an array of parameters in place; `t` counts from 1. */
type Update = (parameters: Float64Array, gradient: Float64Array, t: number) => void;

/** One for each array of parameters in rows of `width`: it keeps their moments, in 64-bit floats whatever the spec says. */
function updateOf(spec: OptimizerSpec, length: number, width: number): Update {
  const first = new Float64Array(length);
  const second = new Float64Array(length);
  const { rate } = spec;
  if (spec.kind === 'sgd') return (w, g) => w.forEach((_, i) => (w[i] -= rate * g[i]));
  if (spec.kind === 'momentum') {
    return (w, g) =>
      w.forEach((_, i) => {
        first[i] = spec.decay * first[i] + g[i];
        w[i] -= rate * first[i];
      });
  }
  const { beta1, beta2, epsilon } = spec;
  const shared = spec.secondMoment === 'row' && width > 1;
  return (w, g, t) =>
    w.forEach((_, i) => {
      const row = i - (i % width);
      const square = shared
        ? g.subarray(row, row + width).reduce((sum, x) => sum + x * x, 0) / width
        : g[i] ** 2;
      first[i] = beta1 * first[i] + (1 - beta1) * g[i];
      second[i] = beta2 * second[i] + (1 - beta2) * square;
      const mean = first[i] / (1 - beta1 ** t);
      const corrected = second[i] / (1 - beta2 ** t);
      w[i] -= (rate * mean) / (Math.sqrt(corrected) + epsilon);
    });
}

interface PlainLayer {
  /** units x inputs, row-major */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly updateWeights: Update;
  readonly updateBias: Update;
}

/** Starts from the weights that a network has now. All its units fire, hidden ones with ReLU. */
export class PlainMlp {
  readonly layers: readonly PlainLayer[];
  #step = 0;

  constructor(net: Network) {
    this.layers = referenceOf(net).map(({ weights, bias, inputs }) => ({
      weights,
      bias,
      updateWeights: updateOf(net.spec.optimizer, weights.length, inputs),
      updateBias: updateOf(net.spec.optimizer, bias.length, 1),
    }));
  }

  /** One step on a whole batch; its mean loss before the step. */
  train(inputs: Matrix, labels: ArrayLike<number>): number {
    this.#step++;
    const activations = [inputs];
    for (const [l, { weights, bias }] of this.layers.entries()) {
      const z = activations[l].mmul(matrix(weights, bias.length).transpose()).addRowVector([...bias]);
      activations.push(l + 1 < this.layers.length ? z.apply(relu) : z);
    }
    const logits = activations.pop() as Matrix;
    const { loss, gradient } = softmax(logits, labels);
    let delta = gradient;
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const { weights, bias, updateWeights, updateBias } = this.layers[l];
      const x = activations[l];
      const byWeights = Float64Array.from(delta.transpose().mmul(x).to1DArray());
      const byBias = Float64Array.from(delta.sum('column'));
      const byInput = delta.mmul(matrix(weights, bias.length));
      updateWeights(weights, byWeights, this.#step);
      updateBias(bias, byBias, this.#step);
      delta = byInput.apply((i, j) => byInput.set(i, j, x.get(i, j) > 0 ? byInput.get(i, j) : 0));
    }
    return loss;
  }
}

function relu(this: Matrix, i: number, j: number): void {
  this.set(i, j, Math.max(0, this.get(i, j)));
}

function matrix(rowMajor: Float64Array, rows: number): Matrix {
  return Matrix.from1DArray(rows, rowMajor.length / rows, [...rowMajor]);
}

/** Mean cross-entropy and its gradient by the logits. */
function softmax(logits: Matrix, labels: ArrayLike<number>): { loss: number; gradient: Matrix } {
  const exponentials = Matrix.exp(Matrix.sub(logits, logits.max()));
  const probabilities = exponentials.divColumnVector(exponentials.sum('row'));
  let loss = 0;
  for (let s = 0; s < logits.rows; s++) {
    loss -= Math.log(probabilities.get(s, labels[s])) / logits.rows;
    probabilities.set(s, labels[s], probabilities.get(s, labels[s]) - 1);
  }
  return { loss, gradient: probabilities.div(logits.rows) };
}
