import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiplySparse } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, magnitudes, seeds } from '../check.ts';
import { lists, floats, randomOf } from '../data.ts';
import { makeRows, placeRows, placeSparse } from '../layers.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  count: fc.integer({ min: 1, max: 50 }),
  width: fc.integer({ min: 1, max: 70 }),
  batch: fc.integer({ min: 1, max: 9 }),
  /** Non-zeros of a sample, at most: few ones are gathered, many multiply packed rows. */
  most: fc.integer({ min: 0, max: 70 }),
});

describe.each(BUILDS)('multiplySparse, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('is the product of the reference, and has the bits of gemm with the dense form', () => {
    check(cases, ({ seed, count, width, batch, most }) => {
      const random = randomOf(seed);
      const plain = makeRows(random, count, width, true);
      const chosen = lists(random, batch, width, most, true);
      const x = { ...chosen, values: floats(random, chosen.ids.length) };
      const stride = count + random.integer(5);
      using memory = new Memory(arena);
      const out = memory.float32(new Float32Array(batch * stride).fill(7));
      const { rows, at } = placeRows(memory, plain);
      const scratch = memory.scratch(kernels.multiplySparseScratchBytes(width));
      const xAt = placeSparse(memory, x);
      // Where threads would meet, too: nothing beyond the rows of one is written.
      const middle = random.integer(count + 1);
      for (const [begin, end] of [
        [middle, count],
        [0, middle],
      ] as const) {
        kernels.multiplySparse(memory.at(out), stride, at, xAt, batch, begin, end, scratch);
      }
      memory.check();
      const found = (array: Float32Array): Float32Array =>
        Float32Array.from(
          { length: batch * count },
          (_, i) => array[Math.floor(i / count) * stride + (i % count)],
        );
      for (let s = 0; s < batch; s++) {
        expect(new Set(out.subarray(s * stride + count, (s + 1) * stride))).toEqual(
          new Set(stride > count ? [7] : []),
        );
      }
      const expected = multiplySparse({ ...plain, values: plain.weights }, count, x);
      const magnitude = multiplySparse({ ...plain, values: magnitudes(plain.weights) }, count, {
        ...x,
        values: magnitudes(x.values),
      });
      expect(found(out)).toBeWithinRoundings(width + 2, expected, magnitude);
      const dense = memory.float32(batch * width);
      for (let s = 0; s < batch; s++) {
        for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) dense[s * width + x.ids[k]] = x.values[k];
      }
      const product = memory.float32(batch * stride);
      const work = memory.scratch(kernels.gemmScratchBytes());
      const a = [memory.at(dense), width, 1] as const;
      const b = [memory.at(rows.weights), 1, plain.stride] as const;
      kernels.gemm(memory.at(product), stride, ...a, ...b, batch, width, 0, 0, count, work);
      expect(found(out)).toHaveBitsOf(found(product));
    });
  });
});
