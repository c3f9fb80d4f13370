import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packSigns } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, seeds } from '../check.ts';
import { floats, matrix, pad4, randomOf, sparse } from '../data.ts';
import { Memory } from '../memory.ts';

const sizes = fc.record({
  seed: seeds,
  bits: fc.oneof(fc.constantFrom(1, 3, 31, 32), fc.integer({ min: 1, max: 32 })),
  tables: fc.integer({ min: 1, max: 9 }),
  batch: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 40 })),
});

describe.each(BUILDS)('SimHash, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('packSigns packs the signs of each table, table by table', () => {
    const listed = fc.boolean();
    check(fc.tuple(sizes, fc.nat({ max: 3 }), listed), ([{ seed, bits, tables, batch }, gap, hasRows]) => {
      const stride = pad4(bits * tables) + gap;
      const projections = floats(randomOf(seed), batch * stride);
      const codeStride = batch + gap;
      using memory = new Memory(arena);
      const codes = memory.uint32(new Uint32Array(tables * codeStride).fill(7));
      const from = memory.at(memory.float32(projections));
      const rows = Array.from({ length: batch }, (_, s) => codeStride - 1 - s);
      const rowsAt = hasRows ? memory.at(memory.int32(rows)) : 0;
      const scratch = memory.scratch(kernels.packSignsScratchBytes(bits, tables));
      kernels.packSigns(memory.at(codes), codeStride, rowsAt, from, stride, bits, tables, 0, batch, scratch);
      memory.check();
      const expected = new Uint32Array(tables * codeStride).fill(7);
      for (let s = 0; s < batch; s++) {
        const sample = packSigns(projections.subarray(s * stride), bits, tables);
        const column = hasRows ? rows[s] : s;
        sample.forEach((code, t) => (expected[t * codeStride + column] = code));
      }
      expect(codes).toEqual(expected);
    });
  });

  test('counts 0 and -0 as positive', () => {
    using memory = new Memory(arena);
    const codes = memory.uint32(1);
    const from = memory.at(memory.float32([0, -0, -1e-45, 1e-45]));
    const scratch = memory.scratch(kernels.packSignsScratchBytes(4, 1));
    kernels.packSigns(memory.at(codes), 1, 0, from, 4, 4, 1, 0, 1, scratch);
    expect(codes[0]).toBe(0b1011);
  });

  test('projects dense vectors (gemm) and their sparse forms (gatherRows) to the same bits', () => {
    check(fc.tuple(sizes, dimensions), ([{ seed, bits, tables, batch }, dimension]) => {
      const random = randomOf(seed);
      const width = bits * tables;
      const stride = pad4(width);
      const directions = matrix(random, dimension, width);
      const x = sparse(random, batch, dimension);
      const dense = new Float32Array(batch * dimension);
      for (let s = 0; s < batch; s++) {
        for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) dense[s * dimension + x.ids[k]] = x.values[k];
      }
      using memory = new Memory(arena);
      const directionsAt = memory.at(memory.float32(directions));
      const byProduct = memory.float32(batch * stride);
      const byGathering = memory.float32(batch * stride);
      const scratch = memory.scratch(kernels.gemmScratchBytes());
      kernels.gemm(
        memory.at(byProduct),
        stride,
        memory.at(memory.float32(dense)),
        dimension,
        1,
        directionsAt,
        stride,
        1,
        batch,
        dimension,
        0,
        0,
        width,
        scratch,
      );
      kernels.gatherRows(
        memory.at(byGathering),
        stride,
        0,
        directionsAt,
        stride,
        width,
        memory.at(memory.int32(x.offsets)),
        memory.at(memory.int32(x.ids)),
        memory.at(memory.float32(x.values)),
        0,
        batch,
      );
      memory.check();
      expect(byGathering).toHaveBitsOf(byProduct);
    });
  });
});
