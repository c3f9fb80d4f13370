import { columnSums, gemm, sumPartials } from '../../src/index.ts';
import { describeOp } from './given.ts';

describeOp('gemm', (team, args, columns, given) => {
  const [outAt, outStride, aAt, aRow, aColumn, bAt, bRow, bColumn, rows, depth, accumulate] = args;
  const out = given.float32('out', outAt, (rows - 1) * outStride + columns);
  const a = given.float32('a', aAt, (rows - 1) * aRow + (depth - 1) * aColumn + 1);
  const b = given.float32('b', bAt, (depth - 1) * bRow + (columns - 1) * bColumn + 1);
  const left = { values: a, row: aRow, column: aColumn };
  const right = { values: b, row: bRow, column: bColumn };
  const shape = { rows, columns, depth, accumulate: accumulate !== 0 };
  gemm(team, { out, outStride, a: left, b: right, ...shape });
});

describeOp('columnSums', (team, [sumsAt, xAt, stride, rows], count, given) => {
  const sums = given.float32('sums', sumsAt, count);
  columnSums(team, { sums, x: given.float32('x', xAt, (rows - 1) * stride + count), stride, rows }, count);
});

describeOp('sumPartials', (team, [outAt, partialsAt, stride, parts], count, given) => {
  const out = given.float32('out', outAt, count);
  const partials = given.float32('partials', partialsAt, (parts - 1) * stride + count);
  sumPartials(team, { out, partials, stride, parts }, count);
});
