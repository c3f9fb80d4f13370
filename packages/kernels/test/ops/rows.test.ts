import {
  copyRows,
  distanceRows,
  dotRows,
  gatherRows,
  squaredNorms,
  type Team,
  transposeRows,
} from '../../src/index.ts';
import { pad4 } from '../data.ts';
import { COUNT } from '../setup.ts';
import { describeOp } from './given.ts';

/** Rows that lists name: ops do not know which of them is the last, and do not check how many there are. */
function named({ arena }: Team, rowsAt: number, stride: number): Float32Array {
  return new Float32Array(arena.memory.buffer, rowsAt, COUNT * stride);
}

describeOp('dotRows', (team, args, count, given) => {
  const [outAt, offsetsAt, idsAt, rowsAt, stride, width, biasAt, xAt, xStride] = args;
  const { total, ...lists } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const out = given.float32('out', outAt, total);
  const x = given.float32('x', xAt, (count - 1) * xStride + pad4(width));
  const [rows, bias] = [named(team, rowsAt, stride), named(team, biasAt, 1)];
  dotRows(team, { out, ...lists, rows, stride, width, bias, x, xStride }, count);
});

describeOp('distanceRows', (team, args, count, given) => {
  const [outAt, offsetsAt, idsAt, rowsAt, stride, width, xAt, xStride] = args;
  const { total, ...lists } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const out = given.float32('out', outAt, total);
  const x = given.float32('x', xAt, (count - 1) * xStride + pad4(width));
  distanceRows(team, { out, ...lists, rows: named(team, rowsAt, stride), stride, width, x, xStride }, count);
});

describeOp('copyRows', (team, [outAt, outStride, fromAt, stride, width, listAt], count, given) => {
  const out = given.float32('out', outAt, (count - 1) * outStride + width);
  const list = given.int32('list', listAt, count);
  copyRows(team, { out, outStride, from: named(team, fromAt, stride), stride, width, list }, count);
});

describeOp('transposeRows', (team, [outAt, outStride, xAt, stride, rows], count, given) => {
  const out = given.float32('out', outAt, (count - 1) * outStride + rows);
  const x = given.float32('x', xAt, (rows - 1) * stride + count);
  transposeRows(team, { out, outStride, x, stride, rows }, count);
});

describeOp('squaredNorms', (team, [normsAt, xAt, stride, width], count, given) => {
  const norms = given.float32('norms', normsAt, count);
  const x = given.float32('x', xAt, (count - 1) * stride + pad4(width));
  squaredNorms(team, { norms, x, stride, width }, count);
});

describeOp('gatherRows', (team, args, count, given) => {
  const [outAt, outStride, biasAt, rowsAt, stride, width, offsetsAt, idsAt, coefficientsAt] = args;
  const { total, ...lists } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const out = given.float32('out', outAt, (count - 1) * outStride + pad4(width));
  const bias = given.float32('bias', biasAt, width);
  const coefficients = given.float32('coefficients', coefficientsAt, total);
  const rows = named(team, rowsAt, stride);
  gatherRows(team, { out, outStride, bias, rows, stride, width, ...lists, coefficients }, count);
});
