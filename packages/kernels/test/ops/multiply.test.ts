import { describe, expect, test } from 'vitest';
import { Arena, Team, multiply } from '../../src/index.ts';
import { gemm, rowMajor, transpose } from '../../src/reference/index.ts';
import type { StridedMatrix } from '../../src/reference/index.ts';
import { magnitudes } from '../check.ts';
import { floats, randomOf } from '../data.ts';

describe('multiply', () => {
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
      const aPlace = { address: arena.address(a), row: depth, column: 1 };
      const bPlace = { address: arena.address(b), row: 1, column: depth };
      multiply(team, arena.address(c), columns, aPlace, bPlace, { rows, columns, depth, accumulate: true });
      products.push(c);
    }
    const expected = rowMajor(start.slice(), rows, columns);
    gemm(expected, rowMajor(a, rows, depth), bOf(b), true);
    const magnitude = rowMajor(magnitudes(start), rows, columns);
    gemm(magnitude, rowMajor(magnitudes(a), rows, depth), bOf(magnitudes(b)), true);
    expect(products[0]).toBeWithinRoundings(depth + 2, expected.data, magnitude.data);
    expect(products[1]).toHaveBitsOf(products[0]);
    expect(products[2]).toHaveBitsOf(products[0]);
  });
});
