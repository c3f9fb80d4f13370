import { expect, test } from 'vitest';
import {
  Arena,
  OptimizerRecord,
  RowPairs,
  RowsRecord,
  Team,
  walkBackward,
  walkBackwardSparse,
  walkForward,
  walkForwardSparse,
} from '../../src/index.ts';
import { COUNT, STRIDE } from '../setup.ts';
import { describeOp } from './given.ts';
import { optimizerAt, pairsAt, rowsAt, sparseAt } from './records.ts';

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
