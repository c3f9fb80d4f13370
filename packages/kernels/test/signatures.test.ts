import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { bestBytes } from '../src/index.ts';
import { scoreLists, searchSignatures } from '../src/reference/index.ts';
import { BUILDS, arenaOf } from './builds.ts';
import { check, expect, seeds } from './check.ts';
import { codes, lists, randomOf, type Random } from './data.ts';
import { Memory } from './memory.ts';
import { bestLists, makeScan, placeBlocks, placeScan, type Scan } from './scans.ts';

/**
 * Rows of integers up to 127, which each row has, and queries of 0, 1 and -1 times 8191 / 8192: their int8 copies lose
 * nothing, so that the kernels must choose exactly what the references choose.
 */
function exactScan(random: Random, count: number, width: number, asked: number): Scan {
  const scan = makeScan(random, count, width, asked);
  const { rows, queries, stride } = scan;
  rows.forEach((x, i) => (rows[i] = i % stride === 0 ? 127 : Math.round(100 * x)));
  queries.forEach((x, i) => (queries[i] = (i % stride === 0 ? 1 : Math.round(1.4 * x)) * (8191 / 8192)));
  return scan;
}

describe.each(BUILDS)('$name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('searchSignatures finds what the reference finds', () => {
    const cases = fc.record({
      seed: seeds,
      blocks: fc.integer({ min: 1, max: 30 }),
      size: fc.constantFrom(1, 7, 16),
      width: fc.integer({ min: 2, max: 16 }),
      words: fc.integer({ min: 1, max: 5 }),
      k: fc.integer({ min: 1, max: 40 }),
      share: fc.double({ min: 0.05, max: 1, noNaN: true }),
    });
    check(cases, ({ seed, blocks: count, size, width, words, k, share }) => {
      const random = randomOf(seed);
      const scan = exactScan(random, count * size, width, 3);
      const { stride } = scan;
      using memory = new Memory(arena);
      const { vectors, queries, planes, terms } = placeScan(memory, scan);
      kernels.quantizeRows(vectors, 0, 0, 0, count * size);
      const { at, blocks } = placeBlocks({ arena }, random, { count, size, words });
      // Lengths that the products leave some room for.
      for (let b = 0; b < count; b++) blocks.longest[b] *= 60;
      const signatures = memory.uint32(codes(random, 3 * 2 * words, 2 ** 32));
      const cosines = memory.float32(
        Array.from({ length: 64 * words + 1 }, (_, h) => Math.cos((Math.PI * h) / (64 * words)) + 0.0123),
      );
      const best = memory.scratch(3 * bestBytes(k));
      const scored = memory.int32(3);
      const listed = memory.uint32(count * size);
      const most = Math.ceil(share * count * size);
      const run = (list: number, end: number): void => {
        const scratch = memory.scratch(kernels.signaturesScratchBytes(stride, size, k));
        const asked = [queries, planes, terms, memory.at(signatures), memory.at(cosines)] as const;
        kernels.searchSignatures(
          best,
          memory.at(scored),
          list,
          vectors,
          at,
          ...asked,
          k,
          most,
          0,
          end,
          scratch,
        );
      };
      run(0, 3);
      memory.check();
      const found = bestLists(arena, best, 3, k);
      const expected = [0, 1, 2].map((s) =>
        searchSignatures(scan, blocks, {
          query: scan.queries.subarray(s * stride, (s + 1) * stride),
          signature: signatures.subarray(s * 2 * words, (s + 1) * 2 * words),
          cosines,
          k,
          most,
        }),
      );
      expect(found).toEqual(expected.map(({ ids, scores }) => ({ ids: [...ids], scores: [...scores] })));
      expect([...scored]).toEqual(expected.map((result) => result.scored));
      run(memory.at(listed), 1);
      memory.check();
      expect([...listed.subarray(0, scored[0])]).toEqual(expect.arrayContaining(found[0].ids));
      expect([...listed.subarray(scored[0])].every((id) => id === 0)).toBe(true);
      for (const array of [blocks.order, blocks.counts, blocks.longest, blocks.signatures]) arena.free(array);
    });
  });

  test('scoreLists keeps the best of what is listed, in one call or several', () => {
    const cases = fc.record({
      seed: seeds,
      count: fc.integer({ min: 1, max: 60 }),
      width: fc.integer({ min: 2, max: 16 }),
      k: fc.integer({ min: 1, max: 20 }),
    });
    check(cases, ({ seed, count, width, k }) => {
      const random = randomOf(seed);
      const scan = exactScan(random, count, width, 3);
      const { stride } = scan;
      using memory = new Memory(arena);
      const { vectors, queries, planes, terms } = placeScan(memory, scan);
      kernels.quantizeRows(vectors, 2e-6, 0, 0, count);
      const { offsets, ids } = lists(random, 3, count);
      const table = memory.int32(3 * count);
      const half = memory.int32(3);
      const rest = memory.int32(3);
      for (let s = 0; s < 3; s++) {
        table.set(ids.subarray(offsets[s], offsets[s + 1]), s * count);
        half[s] = Math.floor((offsets[s + 1] - offsets[s]) / 2);
        rest[s] = offsets[s + 1] - offsets[s] - half[s];
      }
      const places = memory.int32(Array.from({ length: count }, (_, i) => count - 1 - i));
      const best = memory.scratch(3 * bestBytes(k));
      const scratch = memory.scratch(kernels.int8ScratchBytes(stride));
      const score = (at: number, lengths: Int32Array, clear: number, finish: number, begin: number): void => {
        const asked = [queries, planes, terms, k, at, count, memory.at(lengths), memory.at(places)] as const;
        kernels.scoreLists(best, vectors, ...asked, 0, -Infinity, clear, finish, begin, begin + 1, scratch);
      };
      for (let s = 0; s < 3; s++) {
        score(memory.at(table), half, 1, 0, s);
        score(memory.at(table) + 4 * half[s], rest, 0, 1, s);
      }
      memory.check();
      const expected = [0, 1, 2].map((s) => {
        const query = scan.queries.subarray(s * stride, (s + 1) * stride);
        const list = ids.subarray(offsets[s], offsets[s + 1]);
        const found = scoreLists(scan, query, list, places, k);
        return { ids: [...found.ids], scores: [...found.scores] };
      });
      expect(bestLists(arena, best, 3, k)).toEqual(expected);
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
