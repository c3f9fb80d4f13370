import { ALIAS_WORDS, drawKeyed, drawUnits, drawWeighted, fireUnits } from '../../src/index.ts';
import { pad4 } from '../data.ts';
import { describeOp, type Given } from './given.ts';

function filled(
  given: Given,
  [idsAt, lengthsAt, limit]: readonly [number, number, number],
  count: number,
): { ids: Int32Array; lengths: Int32Array; limit: number } {
  const ids = given.int32('ids', idsAt, count * limit);
  return { ids, lengths: given.int32('lengths', lengthsAt, count), limit };
}

describeOp('drawUnits', (team, args, _, given) => {
  const [idsAt, lengthsAt, correctionsAt, limit, units, seed, step, shared, count] = args;
  const lists = filled(given, [idsAt, lengthsAt, limit], count);
  const corrections = given.float32('corrections', correctionsAt, count * limit);
  drawUnits(team, { ...lists, units, seed, step, shared, corrections }, count);
});

describeOp('drawKeyed', (team, args, count, given) => {
  const [idsAt, lengthsAt, limit, units, seed, codesAt, codeStride, tables] = args;
  const lists = filled(given, [idsAt, lengthsAt, limit], count);
  const codes = given.uint32('codes', codesAt, (tables - 1) * codeStride + count);
  drawKeyed(team, { ...lists, units, seed, codes, codeStride, tables }, count);
});

describeOp('drawWeighted', (team, args, _, given) => {
  const [idsAt, lengthsAt, correctionsAt, aliasesAt, limit, units, seed, step, shared, count] = args;
  const lists = filled(given, [idsAt, lengthsAt, limit], count);
  const corrections = given.float32('corrections', correctionsAt, count * limit);
  const aliases = given.uint32('aliases', aliasesAt, units * ALIAS_WORDS);
  drawWeighted(team, { ...lists, units, seed, step, shared, corrections, aliases }, count);
});

describeOp('fireUnits', (team, args, count, given) => {
  const [idsAt, lengthsAt, betasAt, valuesAt, stride, width, limit, alpha, share, seed, step] = args;
  const lists = filled(given, [idsAt, lengthsAt, limit], count);
  const betas = given.float32('betas', betasAt, count);
  const values = given.float32('values', valuesAt, (count - 1) * stride + pad4(width));
  fireUnits(team, { ...lists, betas, values, stride, width, alpha, share, seed, step }, count);
});
