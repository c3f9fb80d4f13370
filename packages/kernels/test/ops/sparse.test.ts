import {
  dotRowsSparse,
  gatherColumns,
  gatherRowsSparse,
  multiplySparse,
  scatterRows,
} from '../../src/index.ts';
import { pad4 } from '../data.ts';
import { COUNT, WIDTH } from '../setup.ts';
import { describeOp, Given } from './given.ts';
import { rowsAt, sparseAt } from './records.ts';

describeOp('dotRowsSparse', (team, [outAt, at, xAt, offsetsAt, idsAt], count, given) => {
  const { arena } = team;
  const { total, ...lists } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const out = given.float32('out', outAt, total);
  // Rows that lists name are not checked.
  const rows = rowsAt(arena, new Given(arena), at, COUNT, false);
  dotRowsSparse(team, { out, rows, x: sparseAt(arena, given, xAt, count), ...lists }, count);
});

describeOp('gatherRowsSparse', (team, args, count, given) => {
  const { arena } = team;
  const [outAt, at, xAt, offsetsAt, idsAt, coefficientsAt] = args;
  const { total, ...lists } = given.lists(['offsets', 'ids'], [offsetsAt, idsAt], count);
  const coefficients = given.float32('coefficients', coefficientsAt, total);
  const x = sparseAt(arena, given, xAt, count);
  const out = given.float32('out', outAt, given.needed.get('values of x')!);
  const rows = rowsAt(arena, new Given(arena), at, COUNT, false);
  gatherRowsSparse(team, { out, rows, x, ...lists, coefficients }, count);
});

describeOp('multiplySparse', (team, [outAt, outStride, at, xAt, batch], count, given) => {
  const { arena } = team;
  const out = given.float32('out', outAt, (batch - 1) * outStride + count);
  const rows = rowsAt(arena, given, at, count, false);
  multiplySparse(team, { out, outStride, rows, x: sparseAt(arena, given, xAt, batch), batch }, count);
});

describeOp('scatterRows', (team, [outAt, stride, width, xAt], count, given) => {
  const out = given.float32('out', outAt, (count - 1) * stride + pad4(width));
  scatterRows(team, { out, stride, width, x: sparseAt(team.arena, given, xAt, count) }, count);
});

describeOp('gatherColumns', (team, [outAt, denseAt, stride, xAt], count, given) => {
  const x = sparseAt(team.arena, given, xAt, count);
  const out = given.float32('out', outAt, given.needed.get('values of x')!);
  const rows = given.float32('rows', denseAt, (count - 1) * stride + WIDTH);
  gatherColumns(team, { out, rows, stride, width: WIDTH, x }, count);
});
