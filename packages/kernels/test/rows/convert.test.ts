import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gatherColumns, scatterRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, seeds } from '../check.ts';
import { pad4, randomOf, sparse } from '../data.ts';
import { placeSparse } from '../layers.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  batch: fc.nat({ max: 6 }),
  width: dimensions,
  gap: fc.nat({ max: 5 }),
});

describe.each(BUILDS)('sparse and dense batches, $name', (build) => {
  const arena = arenaOf(build);

  test('scatterRows writes whole vectors of the row, gatherColumns reads back', () => {
    check(cases, ({ seed, batch, width, gap }) => {
      const x = sparse(randomOf(seed), batch, width);
      const stride = pad4(width) + gap;
      using memory = new Memory(arena);
      const xAt = placeSparse(memory, x);
      const rows = memory.float32(new Float32Array(batch * stride).fill(7));
      arena.kernels.scatterRows(memory.at(rows), stride, width, xAt, 0, batch);
      const expected = new Float32Array(batch * stride).fill(7);
      scatterRows(expected, stride, pad4(width), x);
      expect(rows).toHaveBitsOf(expected);

      const out = memory.float32(x.values.length);
      arena.kernels.gatherColumns(memory.at(out), memory.at(rows), stride, xAt, 0, batch);
      memory.check();
      expect(out).toHaveBitsOf(x.values);
      expect(gatherColumns(expected, stride, x)).toHaveBitsOf(x.values);
    });
  });
});
