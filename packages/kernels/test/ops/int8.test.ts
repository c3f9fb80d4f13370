import { dotRowsInt8, gatherRowsInt8, multiplyInt8, type Team } from '../../src/index.ts';
import { COUNT } from '../setup.ts';
import { describeOp } from './given.ts';

/** Elements up to which rows of `width` are read. */
function sixteens(width: number): number {
  return Math.ceil(width / 16) * 16;
}

/** Rows that lists name: ops do not know which of them is the last, and do not check how many there are. */
function named({ arena }: Team, rowsAt: number, scalesAt: number): { rows: Int8Array; scales: Float32Array } {
  const { buffer } = arena.memory;
  return { rows: new Int8Array(buffer, rowsAt), scales: new Float32Array(buffer, scalesAt, COUNT) };
}

describeOp('dotRowsInt8', (team, args, count, given) => {
  const [outAt, offsetsAt, idsAt, rowsAt, scalesAt, biasAt, stride, width, xAt, xStride] = args;
  const { total, ...lists } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const out = given.float32('out', outAt, total);
  const x = given.float32('x', xAt, (count - 1) * xStride + sixteens(width));
  const bias = new Float32Array(team.arena.memory.buffer, biasAt, COUNT);
  const rows = named(team, rowsAt, scalesAt);
  dotRowsInt8(team, { out, ...lists, ...rows, stride, width, bias, x, xStride }, count);
});

describeOp('gatherRowsInt8', (team, args, count, given) => {
  const [outAt, outStride, biasAt, rowsAt, scalesAt, stride, width, offsetsAt, idsAt, coefficientsAt] = args;
  const { total, ...lists } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const out = given.float32('out', outAt, (count - 1) * outStride + sixteens(width));
  const bias = given.float32('bias', biasAt, width);
  const coefficients = given.float32('coefficients', coefficientsAt, total);
  const rows = named(team, rowsAt, scalesAt);
  gatherRowsInt8(team, { out, outStride, bias, ...rows, stride, width, ...lists, coefficients }, count);
});

describeOp('multiplyInt8', (team, args, count, given) => {
  const [outAt, outStride, rowsAt, scalesAt, biasAt, stride, width, xAt, xStride, batch] = args;
  const out = given.float32('out', outAt, (batch - 1) * outStride + count);
  const rows = given.int8('rows', rowsAt, (count - 1) * stride + sixteens(width));
  const scales = given.float32('scales', scalesAt, count);
  const bias = given.float32('bias', biasAt, count);
  const x = given.float32('x', xAt, (batch - 1) * xStride + sixteens(width));
  multiplyInt8(team, { out, outStride, rows, scales, bias, stride, width, x, xStride, batch }, count);
});
