import { describe, expect, test } from 'vitest';
import { Arena, gemm, Team } from '../../src/index.ts';
import { gemm as reference, rowMajor, transpose } from '../../src/reference/index.ts';
import type { StridedMatrix } from '../../src/reference/index.ts';
import { magnitudes } from '../check.ts';
import { floats, randomOf } from '../data.ts';

describe('gemm on threads', () => {
  const arena = new Arena({ shared: true });

  test.each([0, 1, 3, 8, 9, 65])('%d columns: the same bits with any number of threads', async (columns) => {
    const random = randomOf(columns);
    const [rows, depth] = [7, 33];
    const a = arena.float32(rows * depth);
    const b = arena.float32(columns * depth);
    a.set(floats(random, a.length));
    b.set(floats(random, b.length));
    const start = floats(random, rows * columns);
    // B is stored as its transpose.
    const bOf = (data: Float32Array): StridedMatrix => transpose(rowMajor(data, columns, depth));
    const products: Float32Array[] = [];
    for (const threads of [1, 2, 3]) {
      using team = await Team.create(arena, { threads });
      const c = arena.float32(rows * columns);
      c.set(start);
      const left = { values: a, row: depth, column: 1 };
      const right = { values: b, row: 1, column: depth };
      const shape = { rows, columns, depth, accumulate: true };
      gemm(team, { out: c, outStride: columns, a: left, b: right, ...shape });
      products.push(c);
    }
    const expected = rowMajor(start.slice(), rows, columns);
    reference(expected, rowMajor(a, rows, depth), bOf(b), true);
    const magnitude = rowMajor(magnitudes(start), rows, columns);
    reference(magnitude, rowMajor(magnitudes(a), rows, depth), bOf(magnitudes(b)), true);
    expect(products[0]).toBeWithinRoundings(depth + 2, expected.data, magnitude.data);
    expect(products[1]).toHaveBitsOf(products[0]);
    expect(products[2]).toHaveBitsOf(products[0]);
  });
});
