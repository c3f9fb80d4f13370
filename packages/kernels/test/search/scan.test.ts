import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { bestBytes } from '../../src/index.ts';
import { quantizeQueries, quantizeRows, scanRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { bound, check, dimensions, expect, seeds } from '../check.ts';
import { randomOf } from '../data.ts';
import { Memory } from '../memory.ts';
import { bestLists, exactScan, makeScan, placeScan, type Scan } from '../scans.ts';

const SLACK = 2e-6;

const scans = fc.record({
  seed: seeds,
  count: fc.nat({ max: 60 }),
  width: dimensions,
  asked: fc.integer({ min: 1, max: 9 }),
  k: fc.integer({ min: 1, max: 70 }),
  parts: fc.integer({ min: 1, max: 3 }),
});

describe.each(BUILDS)('scans, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  /** What both kernels find, one list for each part and query, over each other. */
  function find(
    scan: Scan,
    k: number,
    parts: number,
    threshold = -Infinity,
    bits?: Uint32Array,
  ): ReturnType<typeof bestLists>[] {
    using memory = new Memory(arena);
    const { asked, count, stride } = scan;
    const placed = placeScan(memory, scan);
    const { vectors, queries, planes, terms } = placed;
    kernels.quantizeRows(vectors, SLACK, 0, 0, count);
    const best = memory.scratch(parts * asked * bestBytes(k));
    const grain = Math.ceil(count / parts);
    const scratch = memory.scratch(kernels.scanScratchBytes(asked));
    const only = [bits ? memory.int32([...bits].map((word) => word | 0)).byteOffset : 0, threshold] as const;
    kernels.scanRows(best, vectors, queries, asked, k, grain, ...only, 0, parts, scratch);
    const rows = bestLists(arena, best, parts * asked, k);
    const wide = memory.scratch(kernels.int8ScratchBytes(stride));
    kernels.scanInt8(best, vectors, queries, planes, terms, asked, k, grain, ...only, 0, parts, wide);
    memory.check();
    return [rows, bestLists(arena, best, parts * asked, k)];
  }

  test('of small integers find exactly what the reference finds, lower ids first among equals', () => {
    check(scans, ({ seed, count, width, asked, k, parts }) => {
      const scan = makeScan(randomOf(seed), count, width, asked);
      for (const array of [scan.rows, scan.queries]) array.forEach((x, i) => (array[i] = Math.round(2 * x)));
      const grain = Math.ceil(count / parts);
      const expected = Array.from({ length: parts * asked }, (_, i) => {
        const [part, s] = [Math.floor(i / asked), i % asked];
        const [first, last] = [Math.min(part * grain, count), Math.min((part + 1) * grain, count)];
        const { stride } = scan;
        const rows = scan.rows.subarray(first * stride, last * stride);
        const query = scan.queries.subarray(s * stride, (s + 1) * stride);
        const { ids, scores } = scanRows({ rows, stride, ids: scan.ids.subarray(first, last) }, query, k);
        return { ids: [...ids], scores: [...scores].map((score) => score + 0) };
      });
      const [rows, int8] = find(scan, k, parts);
      expect(rows).toEqual(expected);
      expect(int8).toEqual(expected);
    });
  });

  test('find only rows that are allowed, with scores of a threshold or more', () => {
    check(
      fc.tuple(scans, fc.integer({ min: -3, max: 3 }), seeds),
      ([{ seed, count, width, asked, k }, least, other]) => {
        const scan = makeScan(randomOf(seed), count, width, asked);
        for (const array of [scan.rows, scan.queries])
          array.forEach((x, i) => (array[i] = Math.round(2 * x)));
        const random = randomOf(other);
        const bits = Uint32Array.from({ length: Math.ceil(count / 32) + 1 }, () => random.integer(2 ** 32));
        const expected = Array.from({ length: asked }, (_, s) => {
          const query = scan.queries.subarray(s * scan.stride, (s + 1) * scan.stride);
          const { ids, scores } = scanRows(scan, query, k, least, bits);
          return { ids: [...ids], scores: [...scores].map((score) => score + 0) };
        });
        expect(find(scan, k, 1, least, bits)).toEqual([expected, expected]);
      },
    );
  });

  test('of real numbers: scores to within rounding, and int8 changes nothing', () => {
    check(scans, ({ seed, count, width, asked, k }) => {
      const scan = makeScan(randomOf(seed), count, width, asked);
      const { stride } = scan;
      const [rows, int8] = find(scan, k, 1);
      expect(int8).toEqual(rows);
      for (const [s, { ids, scores }] of rows.entries()) {
        const query = scan.queries.subarray(s * stride, (s + 1) * stride);
        const expected = scanRows(scan, query, k);
        expect(ids).toHaveLength(expected.ids.length);
        // A product of the magnitudes is at most 1.
        for (const [i, score] of scores.entries())
          expect(Math.abs(score - expected.scores[i])).toBeLessThanOrEqual(bound(stride + 1, width));
      }
    });
  });

  test('one query has the bits that it has among others', () => {
    const scan = makeScan(randomOf(3), 203, 37, 9);
    const [together] = find(scan, 203, 1);
    for (let s = 0; s < 9; s++) {
      const queries = scan.queries.subarray(s * scan.stride, (s + 1) * scan.stride);
      expect(find({ ...scan, queries, asked: 1 }, 203, 1)[0]).toEqual([together[s]]);
    }
  });

  test('quantizeRows rounds as the reference does, and its errors hold', () => {
    const cases = fc.record({
      seed: seeds,
      count: fc.nat({ max: 9 }),
      width: dimensions,
      size: fc.integer({ min: -25, max: 18 }),
    });
    check(cases, ({ seed, count, width, size }) => {
      const scan = makeScan(randomOf(seed), count, width, 1);
      const { rows, stride } = scan;
      rows.forEach((x, i) => (rows[i] = x * 10 ** size));
      using memory = new Memory(arena);
      const { vectors, int8 } = placeScan(memory, scan);
      kernels.quantizeRows(vectors, SLACK, 0, 0, count);
      memory.check();
      const expected = quantizeRows(rows, count, stride, SLACK);
      const codes = new Int8Array(int8.codes.buffer, int8.codes.byteOffset, count * stride);
      expect(codes).toEqual(expected.codes);
      expect([...int8.sums]).toEqual([...expected.sums]);
      expect([...int8.scales]).toEqual([...expected.scales]);
      for (let i = 0; i < count; i++) {
        let missed = 0;
        for (let j = i * stride; j < (i + 1) * stride; j++)
          missed += (rows[j] - codes[j] * int8.scales[i]) ** 2;
        expect(int8.errors[i]).toBeGreaterThanOrEqual(Math.sqrt(missed));
        // What rounding the products with the scale adds is relative to the row.
        const rounding = 1e-6 * 10 ** size;
        expect(int8.errors[i]).toBeLessThan(expected.errors[i] * 1.001 + rounding + 1e-20);
      }
    });
  });

  test('quantizeQueries rounds to the nearest steps, and its terms hold', () => {
    const cases = fc.record({
      seed: seeds,
      count: fc.integer({ min: 1, max: 9 }),
      width: dimensions,
      size: fc.integer({ min: -40, max: 18 }),
    });
    check(cases, ({ seed, count, width, size }) => {
      const { queries, stride } = makeScan(randomOf(seed), 1, width, count);
      queries.forEach((x, i) => (queries[i] = x * 10 ** size));
      using memory = new Memory(arena);
      const [rows, words, terms] = [
        memory.float32(queries),
        memory.int32((2 * count * stride) / 4),
        memory.float32(3 * count),
      ];
      kernels.quantizeQueries(memory.at(rows), memory.at(words), memory.at(terms), stride, 0, count);
      memory.check();
      const expected = quantizeQueries(queries, count, stride);
      const planes = new Uint8Array(words.buffer, words.byteOffset, 2 * count * stride);
      for (let s = 0; s < count; s++) {
        const [scale, , missed] = terms.subarray(3 * s, 3 * s + 3);
        expect(scale).toBe(expected.scales[s]);
        let squares = 0;
        for (let j = 0; j < stride; j++) {
          const x = queries[s * stride + j];
          const steps = 128 * planes[2 * s * stride + j] + planes[(2 * s + 1) * stride + j] - 8192;
          expect(planes[(2 * s + 1) * stride + j]).toBeLessThan(128);
          // Halves may go either way.
          expect(Math.abs(steps - expected.integers[s * stride + j])).toBeLessThanOrEqual(1);
          expect(Math.abs(steps)).toBeLessThanOrEqual(8191);
          if (scale > 0) expect(Math.abs(x - steps * scale)).toBeLessThanOrEqual(0.502 * scale);
          squares += (x - steps * scale) ** 2;
        }
        // The length of what is missed, times the greatest length of codes; of queries too small to be rounded, no more.
        expect(missed).toBeGreaterThanOrEqual(Math.sqrt(squares * stride) * 127);
        if (scale > 0) expect(missed).toBeLessThan(127 * stride * 0.51 * scale);
      }
    });
  });

  test('thousands of the best come in their order', () => {
    const scan = exactScan(randomOf(4), 5000, 20, 1);
    using memory = new Memory(arena);
    const { vectors, queries } = placeScan(memory, scan);
    for (const k of [1, 24, 25, 4999, 5000]) {
      const best = memory.scratch(bestBytes(k));
      kernels.scanRows(
        best,
        vectors,
        queries,
        1,
        k,
        5000,
        0,
        -Infinity,
        0,
        1,
        memory.scratch(kernels.scanScratchBytes(1)),
      );
      const [{ scores, ids }] = bestLists(arena, best, 1, k);
      const order = [...scores.keys()].toSorted((a, b) => scores[b] - scores[a] || ids[a] - ids[b]);
      expect(order).toEqual([...scores.keys()]);
      expect(new Set(ids).size).toBe(k);
    }
  });
});
