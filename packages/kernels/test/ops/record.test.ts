import { expect, test } from 'vitest';
import { RECORDS } from '../../src/generated/records.ts';
import { Arena, type View } from '../../src/index.ts';
import { readField, recordWords, Relaid, writeField, writeRecord } from '../../src/ops/record.ts';

test('fields of a class do not overlap, and lie in order within its bytes', () => {
  for (const { bytes, fields } of Object.values(RECORDS)) {
    let next = 0;
    for (const { at, kind } of Object.values(fields)) {
      expect(at).toBe(next);
      next += kind === 'u64' ? 8 : 4;
    }
    expect(bytes).toBe(next);
  }
});

test('what is laid by name is read by name, and one field can be changed', () => {
  using arena = new Arena();
  const [corrections, moves] = [arena.float32(6), arena.float32(3)];
  const counts = { correctionCount: 3, firstFormat: 1, secondFormat: 2, step: 7, moveCount: 3, kind: 2 };
  const rates = { rate: 0.5, beta1: 0.25, beta2: 0.75, epsilon: 2, weightDecay: 4, gradientScale: 8 };
  const values = { ...counts, ...rates, clipValue: 16, biasCorrections: corrections, moves };
  const record = arena.int32(recordWords('Optimizer'));
  writeRecord(arena, 'Optimizer', values, record, 0);
  for (const [field, value] of Object.entries(values)) {
    const expected = typeof value === 'number' ? value : arena.address(value);
    expect([field, readField('Optimizer', field as keyof typeof values, record)]).toEqual([field, expected]);
  }
  writeField('Optimizer', 'rate', 0.125, record);
  expect(readField('Optimizer', 'rate', record)).toBe(0.125);
  expect(readField('Optimizer', 'beta1', record)).toBe(0.25);
});

test('an array that is left out has the address 0, and one from elsewhere is refused', () => {
  using arena = new Arena();
  const [offsets, ids] = [arena.int32(2), arena.int32(2)];
  const record = arena.int32(recordWords('Sparse'));
  writeRecord(arena, 'Sparse', { offsets, ids, values: undefined }, record, 0);
  expect(readField('Sparse', 'values', record)).toBe(0);
  const elsewhere = { offsets, ids, values: new Float32Array(2) };
  expect(() => writeRecord(arena, 'Sparse', elsewhere, record, 0)).toThrow('This array is not in the arena');
});

test('a record knows what it was laid with last, and nothing before', () => {
  using arena = new Arena();
  const words = arena.int32(recordWords('Sparse'));
  const record = new Relaid(arena, 'Sparse', words, (values: View) => ({
    offsets: undefined,
    ids: undefined,
    values,
  }));
  expect(() => record.fields).toThrow('This record of the class Sparse has no fields yet: lay it first.');
  const [first, second] = [arena.float32(1), arena.float32(1)];
  expect(record.lay(first).fields).toBe(first);
  expect(record.lay(second).fields).toBe(second);
  expect(readField('Sparse', 'values', words)).toBe(arena.address(second));
});
