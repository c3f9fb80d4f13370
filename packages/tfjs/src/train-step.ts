/** One step of training of a model whose last layer is a hashed softmax. */
import {
  dispose,
  mul,
  sum,
  tensor,
  tidy,
  variableGrads,
  type Optimizer,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { HashedSoftmax } from './hashed-softmax.ts';

/** What is trained, and what trains the layers below the head. */
export interface Trained {
  readonly body: LayersModel;
  readonly head: HashedSoftmax;
  readonly optimizer: Optimizer;
}

/** A step that reads the hidden tensor at once; the loss. */
export function stepAtOnce(
  { body, head, optimizer }: Trained,
  x: Tensor | Tensor[],
  labels: Int32Array,
): number {
  const variables = trainableOf(body);
  if (variables.length === 0) {
    const { loss, finish } = head.begin(
      tidy(() => hiddenOf(body, x).dataSync()),
      labels,
    );
    finish();
    return loss;
  }
  return update(optimizer, variables, () => head.loss(hiddenOf(body, x), labels));
}

/**
 * A step that waits for the hidden tensor; the loss. No tape of gradients outlives the wait, so that the layers below are computed
 * again for theirs: those of the hidden tensor multiplied by its gradients, which are constants then.
 */
export async function stepInTurns(
  { body, head, optimizer }: Trained,
  x: Tensor | Tensor[],
  labels: Int32Array,
): Promise<number> {
  const hidden = tidy(() => hiddenOf(body, x));
  const { shape } = hidden;
  const values = await hidden.data();
  hidden.dispose();
  const { loss, finish } = head.begin(values, labels);
  const gradients = finish();
  const variables = trainableOf(body);
  if (variables.length === 0) return loss;
  const product = (): Scalar => sum(mul(hiddenOf(body, x), tensor(gradients, shape)));
  const { value, grads } = variableGrads(product, variables);
  optimizer.applyGradients(grads);
  dispose([value, ...Object.values(grads)]);
  return loss;
}

/** Lowers `loss` by the variables; its value. */
function update(optimizer: Optimizer, variables: Variable[], loss: () => Scalar): number {
  const { value, grads } = variableGrads(loss, variables);
  optimizer.applyGradients(grads);
  const [read] = value.dataSync();
  dispose([value, ...Object.values(grads)]);
  return read!;
}

function hiddenOf(body: LayersModel, x: Tensor | Tensor[]): Tensor {
  return body.apply(x, { training: true }) as Tensor;
}

function trainableOf(body: LayersModel): Variable[] {
  return body.trainableWeights.map((weight) => weight.read() as Variable);
}
