import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fireUnits } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { matrix, pad4, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe.each(BUILDS)('fireUnits, $name', (build) => {
  const arena = arenaOf(build);

  function fire(
    rows: Float32Array,
    width: number,
    options: { alpha: number; beta?: number; share?: number; limit?: number; seed?: number; step?: number },
  ): { readonly lists: Int32Array[]; readonly betas: Float32Array } {
    const { alpha, beta = 0, share = 0, limit = width, seed = 1, step = 2 } = options;
    const stride = pad4(width);
    const batch = rows.length / stride;
    using memory = new Memory(arena);
    const ids = memory.int32(new Int32Array(batch * limit).fill(-1));
    const lengths = memory.int32(new Int32Array(batch).fill(-1));
    const betas = memory.float32(new Float32Array(batch).fill(beta));
    const values = memory.at(memory.float32(rows));
    const scratch = memory.scratch(arena.kernels.fireScratchBytes(width));
    const at = [memory.at(ids), memory.at(lengths), memory.at(betas), values] as const;
    arena.kernels.fireUnits(...at, stride, width, limit, alpha, share, seed, step, 0, batch, scratch);
    memory.check();
    const lists = Array.from(lengths, (length, s) => ids.slice(s * limit, s * limit + length));
    return { lists, betas: betas.slice() };
  }

  test('fires what the reference fires', () => {
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 70 }), batch: fc.nat({ max: 4 }) });
    check(fc.tuple(sizes, seeds), ([{ width, batch }, data]) => {
      const rows = matrix(randomOf(data), batch, width, pad4(width), -4, 4);
      const { lists } = fire(rows, width, { alpha: 1.5, beta: -1, seed: data >>> 0 });
      for (const [s, list] of lists.entries()) {
        const row = rows.subarray(s * pad4(width), s * pad4(width) + width);
        // A uniform number within a rounding of a probability may fall on either side: none of these does.
        expect(list).toEqual(fireUnits(row, 1.5, -1, data >>> 0, 2, s));
      }
    });
  });

  test('finds the beta that gives the share, however the activations lie', () => {
    const sizes = fc.record({
      width: fc.integer({ min: 1, max: 3000 }),
      alpha: fc.double({ min: 0, max: 30, noNaN: true }),
      share: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    });
    check(fc.tuple(sizes, seeds), ([{ width, alpha, share }, data]) => {
      const rows = matrix(randomOf(data), 1, width, pad4(width), -4, 6);
      const [beta] = fire(rows, width, { alpha, share }).betas;
      let mean = 0;
      for (let u = 0; u < width; u++) mean += sigmoid(alpha * rows[u] + beta) / width;
      // The last bit of beta moves a probability by up to alpha-sized steps where all are alike.
      expect(Math.abs(mean - share)).toBeLessThan(2e-4 * share + 1e-5);
    });
  });

  test('fires each unit as often as its probability says, and no more than fit', () => {
    const width = 10;
    const batch = 5000;
    const row = matrix(randomOf(1), 1, width, 12, -2, 2);
    const rows = Float32Array.from({ length: batch * 12 }, (_, i) => row[i % 12]);
    const { lists } = fire(rows, width, { alpha: 1, beta: -0.5 });
    const counts = new Int32Array(width);
    for (const list of lists) for (const id of list) counts[id]++;
    for (const [u, count] of counts.entries()) {
      const p = sigmoid(row[u] - 0.5);
      expect(Math.abs(count / batch - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / batch));
    }
    const few = fire(rows, width, { alpha: 1, beta: -0.5, limit: 3 }).lists;
    expect(few.map((list) => Array.from(list))).toEqual(lists.map((list) => Array.from(list.subarray(0, 3))));
    const others = fire(rows, width, { alpha: 1, beta: -0.5, step: 3 }).lists;
    expect(others).not.toEqual(lists);
  });
});
