import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALIAS_WORDS, layAliases } from '../../src/index.ts';
import { drawWeighted, type AliasTable } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { lists, randomOf, type Lists } from '../data.ts';
import { Memory } from '../memory.ts';
import { drawCases, sharedLists } from './shared-lists.ts';

/** The table as the reference takes it. */
function tableOf(entries: Uint32Array): AliasTable {
  const floats = new Float32Array(entries.buffer, entries.byteOffset, entries.length);
  const column = <A>(array: ArrayLike<A>, c: number): A[] =>
    Array.from({ length: entries.length / ALIAS_WORDS }, (_, u) => array[u * ALIAS_WORDS + c]);
  return { thresholds: column(entries, 0), aliases: column(entries, 1), probabilities: column(floats, 2) };
}

/** Anything that is to be summed over units. */
function value(id: number): number {
  return 1 + ((id * 7) % 11);
}

test('an alias table gives each unit its probability', () => {
  const arena = arenaOf(BUILDS[0]);
  const all = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 50 });
  check(fc.tuple(all), ([weights]) => {
    const entries = layAliases(arena, weights);
    const { thresholds, aliases, probabilities } = tableOf(entries);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const given = new Float64Array(weights.length);
    for (const [u, weight] of weights.entries()) {
      given[u] += thresholds[u] / 2 ** 32 / weights.length;
      given[aliases[u]] += (1 - thresholds[u] / 2 ** 32) / weights.length;
      expect(probabilities[u]).toBe(Math.fround(weight / sum));
    }
    for (const [u, weight] of weights.entries()) expect(given[u]).toBeCloseTo(weight / sum, 8);
    arena.free(entries);
  });
  expect(() => layAliases(arena, [1, 0])).toThrow('The weight of a unit is above 0; that of unit 1 is 0.');
  expect(() => layAliases(arena, [NaN])).toThrow('that of unit 0 is NaN.');
});

describe.each(BUILDS)('drawWeighted, $name', (build) => {
  const arena = arenaOf(build);

  function fill(
    given: Lists,
    limit: number,
    weights: readonly number[],
    seed: number,
    step: number,
    shared = 1,
  ) {
    const batch = given.offsets.length - 1;
    const units = weights.length;
    const entries = layAliases(arena, weights);
    using memory = new Memory(arena);
    const ids = memory.int32(new Int32Array(batch * limit).fill(-1));
    const corrections = memory.float32(new Float32Array(batch * limit).fill(NaN));
    for (let s = 0; s < batch; s++) {
      ids.set(given.ids.subarray(given.offsets[s], given.offsets[s + 1]), s * limit);
    }
    const lengths = memory.int32(
      Array.from({ length: batch }, (_, s) => given.offsets[s + 1] - given.offsets[s]),
    );
    const scratch = memory.scratch(arena.kernels.drawSharedScratchBytes(units, limit));
    const at = [memory.at(ids), memory.at(lengths), memory.at(corrections), arena.address(entries)] as const;
    const groups = Math.ceil(batch / shared);
    arena.kernels.drawWeighted(...at, limit, units, seed, step, shared, batch, 0, groups, scratch);
    memory.check();
    expect(lengths).toEqual(new Int32Array(batch).fill(limit));
    const table = tableOf(entries);
    arena.free(entries);
    return { ids: ids.slice(), corrections: corrections.slice(), table };
  }

  test('draws what the reference draws, and corrects it alike', () => {
    check(
      fc.tuple(drawCases, seeds),
      ([{ units, batch, share, certain, shared }, data]) => {
        const random = randomOf(data);
        const limit = Math.round(share * units);
        const given = lists(random, batch, units, Math.round(certain * limit));
        const weights = Array.from({ length: units }, () => 0.1 + random.uniform() ** 4);
        const { ids, corrections, table } = fill(given, limit, weights, data >>> 0, 3, shared);
        const all = sharedLists(
          given,
          shared,
          (list, most, g) => drawWeighted(list, Math.min(limit, most), table, data >>> 0, 3, g).ids,
        );
        for (let s = 0; s < batch; s++) {
          const list = given.ids.subarray(given.offsets[s], given.offsets[s + 1]);
          const expected = drawWeighted(list, limit, table, data >>> 0, 3, Math.floor(s / shared));
          const own = ids.slice(s * limit, (s + 1) * limit);
          // Of all units none is drawn.
          expect(own).toEqual(limit === units ? expected.ids : all[s]);
          for (const [i, id] of own.entries()) {
            const correction = expected.corrections[expected.ids.indexOf(id)];
            const difference = Math.abs(corrections[s * limit + i] - correction);
            expect(difference).toBeLessThan(2e-6 * Math.max(1, Math.abs(correction)));
          }
        }
      },
      150,
    );
  });

  test('makes sums over what was drawn right in the mean, and draws the first by the weights', () => {
    const weights = Array.from({ length: 30 }, (_, u) => 1 / (u + 1));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const batch = 4000;
    // Unit 2 is certain in all lists.
    const given = {
      offsets: Int32Array.from({ length: batch + 1 }, (_, s) => s),
      ids: new Int32Array(batch).fill(2),
    };
    const limit = 8;
    const { ids, corrections } = fill(given, limit, weights, 1, 2);
    const sums = Array.from({ length: batch }, (_, s) => {
      let total = 0;
      for (let i = s * limit; i < (s + 1) * limit; i++) total += value(ids[i]) * Math.exp(corrections[i]);
      return total;
    });
    const mean = sums.reduce((total, x) => total + x, 0) / batch;
    const variance = sums.reduce((total, x) => total + (x - mean) ** 2, 0) / batch;
    const exact = weights.reduce((total, _, id) => total + value(id), 0);
    expect(Math.abs(mean - exact)).toBeLessThan(4 * Math.sqrt(variance / batch));
    // The correction matters: without it the sum is far below.
    expect(4 * Math.sqrt(variance / batch)).toBeLessThan(0.1 * exact);
    const p = weights[0] / (sum - weights[2]);
    const first = Array.from({ length: batch }, (_, s) => ids[s * limit + 1]).filter((id) => id === 0).length;
    expect(Math.abs(first / batch - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / batch));
  });
});
