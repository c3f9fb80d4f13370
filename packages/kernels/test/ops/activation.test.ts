import {
  activateDense,
  dropout,
  relu,
  reluGradient,
  sigmoid,
  sigmoidGradient,
  tanh,
  tanhGradient,
} from '../../src/index.ts';
import { describeOp } from './given.ts';

describeOp('activateDense', (team, [valuesAt, stride, width, biasAt], count, given) => {
  const values = given.float32('values', valuesAt, (count - 1) * stride + width);
  const bias = given.float32('bias', biasAt, width);
  activateDense(team, { values, stride, width, bias, activation: 'relu' }, count);
});

for (const op of [relu, sigmoid, tanh]) {
  describeOp(op.name as 'relu' | 'sigmoid' | 'tanh', (team, [valuesAt], count, given) => {
    op(team, { values: given.float32('values', valuesAt, count) }, count);
  });
}

describeOp('reluGradient', (team, [gradientsAt, valuesAt], count, given) => {
  const gradients = given.float32('gradients', gradientsAt, count);
  reluGradient(team, { gradients, values: given.float32('values', valuesAt, count) }, count);
});

for (const op of [sigmoidGradient, tanhGradient]) {
  const kernel = op.name as 'sigmoidGradient' | 'tanhGradient';
  describeOp(kernel, (team, [gradientsAt, valuesAt, keep], count, given) => {
    const gradients = given.float32('gradients', gradientsAt, count);
    op(team, { gradients, values: given.float32('values', valuesAt, count), keep }, count);
  });
}

describeOp('dropout', (team, [valuesAt, seed, step, , factor], count, given) => {
  dropout(team, { values: given.float32('values', valuesAt, count), seed, step, keep: 1 / factor }, count);
});
