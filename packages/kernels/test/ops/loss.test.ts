import { sigmoidCrossEntropy, softmaxCrossEntropy, squaredError } from '../../src/index.ts';
import { describeOp } from './given.ts';

for (const op of [softmaxCrossEntropy, sigmoidCrossEntropy]) {
  describeOp(op.name as 'softmaxCrossEntropy' | 'sigmoidCrossEntropy', (team, args, count, given) => {
    const [gradientsAt, lossesAt, outputsAt, offsetsAt, idsAt, stride, width, ...wanted] = args;
    const [labelOffsetsAt, labelsAt, correctionsAt, scale] = wanted;
    const { total, ...active } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
    const { total: _total, ...labels } = given.lists(
      ['label offsets', 'labels'],
      [labelOffsetsAt, labelsAt],
      count,
    );
    const gradients = given.float32('gradients', gradientsAt, total);
    const losses = given.float32('losses', lossesAt, count);
    const outputs = given.float32('outputs', outputsAt, total);
    const corrections = correctionsAt ? given.float32('corrections', correctionsAt, total) : undefined;
    const scored = { gradients, losses, outputs, stride, width, active, scale };
    op(team, { ...scored, labels, corrections }, count);
  });
}

describeOp('squaredError', (team, args, count, given) => {
  const [gradientsAt, lossesAt, outputsAt, offsetsAt, idsAt, stride, , targetsAt, targetStride, scale] = args;
  const { total, ...active } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const gradients = given.float32('gradients', gradientsAt, total);
  const losses = given.float32('losses', lossesAt, count);
  const outputs = given.float32('outputs', outputsAt, total);
  // As many units as there are targets for a sample.
  const width = targetStride;
  const targets = given.float32('targets', targetsAt, count * targetStride);
  const scored = { gradients, losses, outputs, stride, width, active, scale };
  squaredError(team, { ...scored, targets, targetStride }, count);
});
