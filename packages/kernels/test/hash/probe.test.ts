import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  packCells,
  probeCells,
  probePolytopes,
  probeSigns,
  projectTernary,
} from '../../src/reference/index.ts';
import type { ScoredCode } from '../../src/reference/index.ts';
import { batchShapes } from '../batch-shapes.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { floats, pad4, type Random, randomOf } from '../data.ts';
import { makeBatch, placeBatch, randomPlanes, vectorOf } from '../hash-batches.ts';
import { Memory } from '../memory.ts';

/** Projections, some of them equal and some 0. */
function projectionsOf(random: Random, length: number): Float32Array {
  const coarse = random.integer(3) === 0;
  return floats(random, length, -4, 4).map((x) => (coarse ? Math.round(x) : x));
}

/** The codes are those with the least scores, distinct, in the order of their scores; the first is the vector's own. */
function expectBest(codes: readonly number[], all: readonly ScoredCode[]): void {
  const scores = new Map(all.map(({ code, score }) => [code, score]));
  expect(scores.size).toBe(all.length);
  expect(new Set(codes).size).toBe(codes.length);
  for (const [p, code] of codes.entries()) {
    expect(scores.get(code)).toBeDefined();
    expect(Math.abs((scores.get(code) ?? NaN) - (all[p]?.score ?? NaN))).toBeLessThan(1e-5);
  }
}

const shapes = fc.record({
  seed: seeds,
  count: fc.integer({ min: 1, max: 4 }),
  tables: fc.integer({ min: 1, max: 4 }),
  probes: fc.integer({ min: 1, max: 40 }),
});

describe.each(BUILDS)('probes, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('probeSigns finds the codes of the least margins, wherever the projections stand', () => {
    check(fc.tuple(shapes, fc.integer({ min: 1, max: 7 }), fc.boolean()), ([shape, bits, turned]) => {
      const { seed, count, tables } = shape;
      const probes = Math.min(shape.probes, 2 ** bits);
      const projections = projectionsOf(randomOf(seed), count * bits * tables);
      using memory = new Memory(arena);
      const codes = memory.uint32(count * tables * probes);
      // As the Gaussian projections stand, or as those of a transform.
      const [first, tableStep, bitStep] = turned ? [(bits - 1) * tables, 1, -tables] : [0, bits, 1];
      const to = [memory.at(codes), count, probes, memory.at(memory.float32(projections))] as const;
      const scratch = memory.scratch(kernels.probeScratchBytes(probes));
      kernels.probeSigns(...to, bits * tables, first, tableStep, bitStep, bits, tables, 0, count, scratch);
      memory.check();
      for (let s = 0; s < count; s++) {
        for (let t = 0; t < tables; t++) {
          const from = s * bits * tables + first + t * tableStep;
          const own = Array.from({ length: bits }, (_, j) => projections[from + j * bitStep]);
          const found = Array.from({ length: probes }, (_, p) => codes[(t * probes + p) * count + s]);
          expectBest(found, probeSigns(own));
          expect(found[0]).toBe(own.reduce((code, x, j) => code + (x >= 0 ? 2 ** j : 0), 0));
        }
      }
    });
  });

  test('probeCells finds the codes of the nearest cells, and the first is what packCells gives', () => {
    const cells = fc.record({
      hashes: fc.integer({ min: 1, max: 4 }),
      cellBits: fc.integer({ min: 1, max: 4 }),
    });
    check(fc.tuple(shapes, cells), ([{ seed, count, tables, probes: most }, { hashes, cellBits }]) => {
      const probes = Math.min(most, (cellBits > 1 ? 3 : 2) ** hashes);
      const random = randomOf(seed);
      const stride = pad4(hashes * tables);
      const projections = projectionsOf(random, count * stride);
      const offsets = floats(random, stride, 0, 1);
      using memory = new Memory(arena);
      const codes = memory.uint32(count * tables * probes);
      const packed = memory.uint32(count * tables);
      const offsetsAt = memory.at(memory.float32(offsets));
      const scratch = memory.scratch(kernels.probeScratchBytes(probes));
      const from = memory.at(memory.float32(projections));
      const rest = [stride, offsetsAt, hashes, cellBits, tables, 0, count] as const;
      kernels.probeCells(memory.at(codes), count, probes, from, ...rest, scratch);
      kernels.packCells(memory.at(packed), count, 0, from, ...rest);
      memory.check();
      for (let s = 0; s < count; s++) {
        const row = projections.subarray(s * stride, s * stride + hashes * tables);
        const own = packCells(row, offsets, hashes, cellBits);
        for (let t = 0; t < tables; t++) {
          const found = Array.from({ length: probes }, (_, p) => codes[(t * probes + p) * count + s]);
          const of = (array: Float32Array) => array.subarray(t * hashes, (t + 1) * hashes);
          expectBest(found, probeCells(of(row), of(offsets), cellBits));
          expect([found[0], packed[t * count + s]]).toEqual([own[t], own[t]]);
        }
      }
    });
  });

  test('cells of places beyond all integers', () => {
    using memory = new Memory(arena);
    const places = [1e30, -1e30, 2 ** 31, -(2 ** 31)];
    const from = memory.float32(places);
    const [codes, offsets] = [memory.uint32(4), memory.float32(4)];
    const expected = packCells(Float32Array.from(places), new Float32Array(4), 1, 4);
    const scratch = memory.scratch(kernels.probeScratchBytes(1));
    const rest = [4, memory.at(offsets), 1, 4, 4, 0, 1] as const;
    kernels.probeCells(memory.at(codes), 1, 1, memory.at(from), ...rest, scratch);
    expect(codes).toEqual(expected);
    kernels.packCells(memory.at(codes), 1, 0, memory.at(from), ...rest);
    expect(codes).toEqual(expected);
  });

  test('probePolytopes finds the codes of the nearest corners', () => {
    const sizes = fc.record({
      sizeLog2: fc.integer({ min: 0, max: 4 }),
      bits: fc.integer({ min: 1, max: 10 }),
    });
    check(fc.tuple(shapes, sizes), ([{ seed, count, tables, probes: most }, { sizeLog2, bits }]) => {
      const probes = Math.min(most, 2 ** bits);
      const lengths: number[] = [];
      for (let left = bits; left > 0; left -= sizeLog2 + 1)
        lengths.push(2 ** (Math.min(left, sizeLog2 + 1) - 1));
      const stride = tables * lengths.reduce((sum, length) => sum + length, 0);
      const projections = projectionsOf(randomOf(seed), count * stride);
      using memory = new Memory(arena);
      const codes = memory.uint32(count * tables * probes);
      const scratch = memory.scratch(kernels.probeScratchBytes(probes));
      const to = [memory.at(codes), count, probes, memory.at(memory.float32(projections)), stride] as const;
      kernels.probePolytopes(...to, sizeLog2, bits, tables, 0, count, scratch);
      memory.check();
      for (let s = 0; s < count; s++) {
        for (let t = 0; t < tables; t++) {
          let at = s * stride;
          const own = lengths.flatMap((length) => {
            const from = at + t * length;
            at += tables * length;
            return [...projections.subarray(from, from + length)];
          });
          const found = Array.from({ length: probes }, (_, p) => codes[(t * probes + p) * count + s]);
          expectBest(found, probePolytopes(own, sizeLog2, bits));
          expect(found.length).toBe(probes);
        }
      }
    });
  });

  test('projectTernary gives the projections of the reference', () => {
    check(fc.tuple(batchShapes, fc.integer({ min: 1, max: 40 })), ([{ seed, ...shape }, planes]) => {
      const random = randomOf(seed);
      const batch = makeBatch(random, shape);
      const coordinates = shape.width + shape.tailWidth;
      const { starts, members } = randomPlanes(random, planes, coordinates);
      using memory = new Memory(arena);
      const { at } = placeBatch(memory, batch, 1);
      const made = memory.float32(shape.count * planes);
      const lists = [memory.at(memory.int32(starts)), memory.at(memory.uint32(members))] as const;
      const scratch = memory.scratch(kernels.projectTernaryScratchBytes(coordinates));
      kernels.projectTernary(at, ...lists, planes, memory.at(made), planes, 0, shape.count, scratch);
      memory.check();
      for (let s = 0; s < shape.count; s++) {
        const expected = projectTernary(vectorOf(batch, s), starts, members, planes);
        expect(made.slice(s * planes, (s + 1) * planes)).toHaveBitsOf(expected);
      }
    });
  });
});
