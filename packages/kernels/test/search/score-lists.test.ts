import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { bestBytes } from '../../src/index.ts';
import { scoreLists } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, expect, seeds } from '../check.ts';
import { lists, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';
import { bestLists, exactScan, placeScan } from '../scans.ts';

describe.each(BUILDS)('$name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

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
});
