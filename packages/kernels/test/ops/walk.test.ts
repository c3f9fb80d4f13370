import { expect, test } from 'vitest';
import {
  Arena,
  OptimizerRecord,
  RowPairs,
  RowsRecord,
  SparseRecord,
  Team,
  gatherInParts,
  walkBackward,
  walkBackwardSparse,
  walkForward,
  walkForwardSparse,
} from '../../src/index.ts';
import { matrix, randomOf, sparse } from '../data.ts';
import { COUNT, STRIDE, WIDTH } from '../setup.ts';
import { describeOp } from './given.ts';
import { optimizerAt, pairsAt, pairsOf, rowsAt, sparseAt } from './records.ts';

describeOp('walkForward', (team, [outAt, at, ofPairs, xAt, xStride], visited, given) => {
  const { arena } = team;
  const pairs = pairsAt(team, ofPairs, visited, COUNT);
  const out = given.float32('out', outAt, pairs.count);
  const x = given.float32('x', xAt, (COUNT - 1) * xStride + STRIDE);
  const rows = rowsAt(arena, given, at, pairs.bound, false);
  walkForward(team, { out, rows, pairs, x, xStride });
});

describeOp('walkBackward', (team, args, visited, given) => {
  const { arena } = team;
  const [coefficientsAt, at, ofPairs, byAt, xAt, xStride, partialsAt, batch, grain] = args;
  const pairs = pairsAt(team, ofPairs, visited, batch);
  const coefficients = given.float32('coefficients', coefficientsAt, pairs.count);
  const x = given.float32('x', xAt, (batch - 1) * xStride + STRIDE);
  const sums = given.float32('partials', partialsAt, Math.ceil(visited / grain) * batch * xStride);
  const rows = rowsAt(arena, given, at, pairs.bound, true);
  const optimizer = optimizerAt(arena, given, byAt);
  walkBackward(team, { coefficients, rows, pairs, optimizer, x, xStride, partials: { sums, grain } });
});

describeOp('walkForwardSparse', (team, [outAt, at, ofPairs, xAt], visited, given) => {
  const { arena } = team;
  const pairs = pairsAt(team, ofPairs, visited, COUNT);
  const out = given.float32('out', outAt, pairs.count);
  const rows = rowsAt(arena, given, at, pairs.bound, false);
  walkForwardSparse(team, { out, rows, pairs, x: sparseAt(arena, given, xAt, COUNT) });
});

describeOp('walkBackwardSparse', (team, args, visited, given) => {
  const { arena } = team;
  const [coefficientsAt, at, ofPairs, byAt, xAt, partialsAt, nonZeros, grain] = args;
  const pairs = pairsAt(team, ofPairs, visited, COUNT);
  const coefficients = given.float32('coefficients', coefficientsAt, pairs.count);
  const rows = rowsAt(arena, given, at, pairs.bound, true);
  const optimizer = optimizerAt(arena, given, byAt);
  walkBackwardSparse(team, {
    coefficients,
    rows,
    pairs,
    optimizer,
    x: sparseAt(arena, given, xAt, COUNT),
    partials: { sums: given.float32('partials', partialsAt, Math.ceil(visited / grain) * nonZeros), grain },
  });
});

describeOp('gatherInParts', (team, args, batch, given) => {
  const { arena } = team;
  const [outAt, stride, biasAt, at, , xAt, , grain] = args;
  const pairs = pairsOf(team, xAt, batch);
  const rows = rowsAt(arena, given, at, pairs.bound, false);
  const out = given.float32('out', outAt, (batch - 1) * stride + STRIDE);
  const bias = given.float32('bias', biasAt, WIDTH);
  const partials = { sums: arena.float32(0), grain };
  gatherInParts(team, { out, stride, bias, rows, pairs, x: sparseAt(arena, given, xAt, batch), partials });
});

/** Sums of 9 samples by three parts, with room for so many floats of partial sums. */
async function sumsInParts(threads: number, room: number): Promise<Float32Array> {
  using arena = new Arena();
  using team = await Team.create(arena, { threads });
  const random = randomOf(1);
  const [count, batch, width, stride] = [50, 9, 70, 72];
  const { offsets, ids, values } = sparse(random, batch, count);
  const [laidOffsets, laidIds] = [arena.int32(offsets.length), arena.int32(ids.length)];
  laidOffsets.set(offsets);
  laidIds.set(ids);
  const laid = arena.float32(ids.length);
  laid.set(values);
  const weights = arena.float32(count * stride);
  weights.set(matrix(random, count, width, stride));
  const pairs = new RowPairs(team, count, ids.length);
  pairs.sort(laidOffsets, laidIds, batch);
  const out = arena.float32(batch * stride);
  const partials = { sums: arena.float32(room), grain: Math.ceil(pairs.visited / 3) };
  const x = new SparseRecord(arena, { offsets: laidOffsets, ids: laidIds, values: laid });
  const rows = new RowsRecord(arena, { weights, stride, width });
  gatherInParts(team, { out, stride, rows, pairs, x, partials });
  return out.slice();
}

test('sums by parts have the same bits on any number of threads, which need room for the parts', async () => {
  const expected = await sumsInParts(1, 0);
  expect(await sumsInParts(2, 3 * 9 * 72)).toEqual(expected);
  expect(await sumsInParts(4, 3 * 9 * 72)).toEqual(expected);
  await expect(sumsInParts(2, 3 * 9 * 72 - 1)).rejects.toThrow(
    new RangeError('gatherInParts: partials has 1943 elements, and 1944 are needed.'),
  );
});

test('samples of no rows have the bias as their sum, on any number of threads', async () => {
  for (const threads of [1, 2]) {
    using arena = new Arena();
    using team = await Team.create(arena, { threads });
    using pairs = new RowPairs(team, 3, 4);
    const x = { offsets: arena.int32(3), ids: arena.int32(0), values: arena.float32(0) };
    pairs.sort(x.offsets, x.ids, 2);
    const rows = new RowsRecord(arena, { weights: arena.float32(12), stride: 4, width: 3 });
    const [out, bias] = [arena.float32(8).fill(7), arena.float32(3).fill(0.5)];
    const partials = { sums: arena.float32(8), grain: 1 };
    gatherInParts(team, { out, stride: 4, bias, rows, pairs, x: new SparseRecord(arena, x), partials });
    expect([...out]).toEqual([0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0]);
  }
});

test('rows need what the optimizer keeps for them, and in its formats', () => {
  using arena = new Arena();
  using team = Team.single(arena);
  using pairs = new RowPairs(team, 2, 1);
  const [offsets, ids] = [arena.int32(2), arena.int32(1)];
  offsets[1] = 1;
  ids[0] = 1;
  pairs.sort(offsets, ids, 1);
  const moments = { first: arena.float32(8), second: arena.float32(8) };
  const all = { weights: arena.float32(8), stride: 4, width: 3, ...moments, steps: arena.int32(2) };
  const settings = { rate: 1, beta1: 0, beta2: 0, epsilon: 1, biasCorrections: arena.float32(2) };
  const walk = (fields: Partial<typeof all>, format: 'float32' | 'bfloat16' = 'float32') => {
    const rows = new RowsRecord(arena, { ...all, ...fields });
    const optimizer = new OptimizerRecord(arena, { kind: 'adam', ...settings, firstFormat: format });
    const by = { coefficients: arena.float32(1), x: arena.float32(4), xStride: 4 };
    walkBackward(team, { rows, pairs, optimizer, ...by });
  };
  walk({});
  for (const [name, needed] of [['first', 8] as const, ['second', 8] as const, ['steps', 2] as const]) {
    expect(() => walk({ [name]: undefined })).toThrow(
      new RangeError(`walkBackward: ${name} has 0 elements, and ${needed} are needed.`),
    );
  }
  expect(() => walk({}, 'bfloat16')).toThrow(
    new TypeError('walkBackward: first has elements of 4 bytes, which are not of the format bfloat16.'),
  );
});
