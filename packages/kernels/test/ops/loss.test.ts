import {
  type Arena,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squaredError,
  WeightingRecord,
} from '../../src/index.ts';
import { readField } from '../../src/ops/record.ts';
import { describeOp, type Given } from './given.ts';

/** The weights at `address`, for `count` samples of `width` outputs. */
function weightingOf(
  arena: Arena,
  address: number,
  count: number,
  width: number,
  given: Given,
): WeightingRecord {
  const words = new Int32Array(arena.memory.buffer, address, WeightingRecord.WORDS);
  const at = (field: 'samples' | 'outputs' | 'positives'): number =>
    readField('Weighting', field, words) >>> 0;
  return new WeightingRecord(arena, {
    samples: given.float32('weights of samples', at('samples'), count),
    outputs: given.float32('weights of outputs', at('outputs'), width),
    positives: given.float32('weights of positives', at('positives'), width),
    smoothing: readField('Weighting', 'smoothing', words),
  });
}

for (const op of [softmaxCrossEntropy, sigmoidCrossEntropy]) {
  describeOp(op.name as 'softmaxCrossEntropy' | 'sigmoidCrossEntropy', (team, args, count, given) => {
    const [gradientsAt, lossesAt, outputsAt, offsetsAt, idsAt, stride, width, ...wanted] = args;
    const [labelOffsetsAt, labelsAt, correctionsAt, weightingAt, scale] = wanted;
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
    const weighting = weightingOf(team.arena, weightingAt, count, width, given);
    const scored = { gradients, losses, outputs, stride, width, active, weighting, scale };
    op(team, { ...scored, labels, corrections }, count);
  });
}

describeOp('squaredError', (team, args, count, given) => {
  const [gradientsAt, lossesAt, outputsAt, offsetsAt, idsAt, stride, , ...wanted] = args;
  const [targetsAt, targetStride, weightingAt, scale] = wanted;
  const { total, ...active } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const gradients = given.float32('gradients', gradientsAt, total);
  const losses = given.float32('losses', lossesAt, count);
  const outputs = given.float32('outputs', outputsAt, total);
  // As many units as there are targets for a sample.
  const width = targetStride;
  const targets = given.float32('targets', targetsAt, count * targetStride);
  const weighting = weightingOf(team.arena, weightingAt, count, width, given);
  const scored = { gradients, losses, outputs, stride, width, active, weighting, scale };
  squaredError(team, { ...scored, targets, targetStride }, count);
});
