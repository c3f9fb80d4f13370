import { updateChosenRows, updateRows } from '../../src/index.ts';
import { COUNT, STRIDE } from '../setup.ts';
import { describeOp } from './given.ts';
import { optimizerAt, rowsAt } from './records.ts';

describeOp('updateRows', (team, [at, byAt, gradientsAt, gradientStride, biasesAt], count, given) => {
  const { arena } = team;
  const rows = rowsAt(arena, given, at, count, true);
  const optimizer = optimizerAt(arena, given, byAt);
  const gradients = given.float32('gradients', gradientsAt, (count - 1) * gradientStride + STRIDE);
  const biasGradients = given.float32('biasGradients', biasesAt, count);
  updateRows(team, { rows, optimizer, gradients, gradientStride, biasGradients }, count);
});

describeOp('updateChosenRows', (team, args, count, given) => {
  const { arena } = team;
  const [at, byAt, idsAt, gradientsAt, gradientStride, biasesAt] = args;
  const ids = given.int32('ids', idsAt, count);
  const rows = rowsAt(arena, given, at, COUNT, true);
  const optimizer = optimizerAt(arena, given, byAt);
  const gradients = given.float32('gradients', gradientsAt, (count - 1) * gradientStride + STRIDE);
  const biasGradients = given.float32('biasGradients', biasesAt, count);
  updateChosenRows(team, { rows, optimizer, ids, gradients, gradientStride, biasGradients }, count);
});
