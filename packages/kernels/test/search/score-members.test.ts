import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MembersRecord } from '../../src/index.ts';
import { quantizeMembers, quantizeSamples, scoreMembers, sortPairs } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, seeds } from '../check.ts';
import { floats, lists, matrix, pad4, randomOf } from '../data.ts';
import { makeRows, placePairs, placeRows } from '../layers.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  rows: fc.integer({ min: 1, max: 30 }),
  lists: fc.integer({ min: 1, max: 9 }),
  batch: fc.integer({ min: 0, max: 14 }),
  width: dimensions,
  withBias: fc.boolean(),
});

function rowsOf(values: Float32Array, stride: number, width: number, count: number): Float32Array[] {
  return Array.from({ length: count }, (_, r) => values.slice(r * stride, r * stride + width));
}

describe.each(BUILDS)('lists of members, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  /** Room for members, full of garbage. */
  function placeMembers(memory: Memory, count: number, width: number) {
    const stride = 16 * Math.ceil(width / 16);
    const words = memory.int32(((count + 3) * stride) / 4).fill(0x71717171);
    const fields = {
      codes: new Int8Array(words.buffer, words.byteOffset, 4 * words.length),
      stride,
      scales: memory.float32(count + 3),
      offsets: memory.int32(count + 3),
      biases: memory.float32(count + 3),
    };
    const record = new MembersRecord(arena, fields, memory.int32(MembersRecord.WORDS));
    return { fields, at: memory.at(record.record) };
  }

  test('quantizeMembers rounds rows into their places, all or those of a list', () => {
    check(cases, ({ seed, rows: count, width, withBias }) => {
      const random = randomOf(seed);
      const rows = makeRows(random, count, width, withBias);
      const expected = quantizeMembers(rowsOf(rows.weights, rows.stride, width, count));
      const places = Int32Array.from({ length: count }, (_, r) => count - 1 - r);
      const some = Int32Array.from({ length: count }, (_, r) => r).filter(() => random.integer(2) > 0);
      for (const list of [undefined, some]) {
        using memory = new Memory(arena);
        const { fields, at } = placeMembers(memory, count, width);
        const before = fields.codes.slice();
        const listAt = list ? memory.at(memory.int32(list)) : 0;
        const from = [placeRows(memory, rows).at, listAt, memory.at(memory.int32(places))] as const;
        kernels.quantizeMembers(at, ...from, 0, list?.length ?? count);
        memory.check();
        const all = [...places.keys()];
        const codesOf = (r: number): Int8Array =>
          fields.codes.subarray(places[r] * fields.stride, (places[r] + 1) * fields.stride);
        for (const r of all.filter((each) => list && !list.includes(each))) {
          expect(codesOf(r)).toEqual(before.subarray(0, fields.stride));
        }
        for (const r of list ?? all) {
          const place = places[r];
          const codes = codesOf(r);
          const sum = expected[r].codes.reduce((total, code) => total + code, 0);
          expect([...codes]).toEqual(
            [...expected[r].codes, ...Array(fields.stride - width).fill(0)].map((x) => x + 0),
          );
          expect(fields.scales[place]).toBe(expected[r].scale);
          expect(fields.offsets[place]).toBe(-64 * sum + 0);
          expect(fields.biases[place]).toBe(rows.bias?.[r] ?? 0);
        }
      }
    });
  });

  test('scoreMembers scores the members of the lists that each sample asks for, and writes nothing else', () => {
    check(cases, ({ seed, rows: count, lists: many, batch, width, withBias }) => {
      const random = randomOf(seed);
      const rows = makeRows(random, count, width, withBias);
      const bounds = Array.from({ length: many - 1 }, () => random.integer(count + 1)).toSorted(
        (a, b) => a - b,
      );
      const starts = [0, ...bounds, count];
      const asked = lists(random, batch, many);
      const pairs = sortPairs(asked.offsets, asked.ids);
      const xStride = pad4(width) + 4 * random.integer(2);
      const x = matrix(random, batch, width, xStride);
      // A float between the scores of one pair and the next.
      const firsts: number[] = [];
      let end = 0;
      for (const list of asked.ids) {
        firsts.push(end);
        end += starts[list + 1] - starts[list] + 1;
      }
      using memory = new Memory(arena);
      const { fields, at } = placeMembers(memory, count, width);
      const places = Int32Array.from({ length: count }, (_, r) => r);
      kernels.quantizeMembers(at, placeRows(memory, rows).at, 0, memory.at(memory.int32(places)), 0, count);
      const samples = memory.scratch(batch * fields.stride);
      const scales = memory.float32(batch);
      const xAt = memory.at(memory.float32(x));
      kernels.quantizeSamples(samples, memory.at(scales), fields.stride, xAt, xStride, width, 0, batch);
      const out = memory.float32(floats(random, end, 7, 8));
      const before = out.slice();
      const to = [memory.at(out), memory.at(memory.int32(firsts)), at] as const;
      const given = [
        memory.at(memory.int32(starts)),
        placePairs(memory, pairs),
        samples,
        memory.at(scales),
      ] as const;
      kernels.scoreMembers(...to, ...given, 0, pairs.rows.length);
      memory.check();
      const vectors = rowsOf(x, xStride, width, batch);
      const expected = scoreMembers(
        quantizeMembers(rowsOf(rows.weights, rows.stride, width, count)),
        rows.bias ?? new Float32Array(count),
        Array.from({ length: many }, (_, l) => places.slice(starts[l], starts[l + 1])),
        asked,
        quantizeSamples(vectors),
      );
      for (const [position, scores] of expected.entries()) {
        const first = firsts[position];
        expect(out.subarray(first, first + scores.length)).toEqual(scores);
        expect(out[first + scores.length]).toBe(before[first + scores.length]);
      }
    });
  });

  test('scores are near the products of what was rounded', () => {
    const random = randomOf(1);
    const rows = rowsOf(matrix(random, 40, 64, 64), 64, 64, 40);
    const samples = rowsOf(matrix(random, 5, 64, 64), 64, 64, 5);
    const asked = { offsets: Int32Array.of(0, 1, 2, 3, 4, 5), ids: new Int32Array(5) };
    const all = [Array.from(rows.keys())];
    const scores = scoreMembers(
      quantizeMembers(rows),
      new Float32Array(40),
      all,
      asked,
      quantizeSamples(samples),
    );
    for (const [s, x] of samples.entries()) {
      for (const [r, row] of rows.entries()) {
        const exact = row.reduce((sum, w, k) => sum + w * x[k], 0);
        expect(Math.abs(scores[s][r] - exact)).toBeLessThan(0.03 * Math.hypot(...row) * Math.hypot(...x));
      }
    }
  });
});
