import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dotRows, gatherRowsInt8, multiplyInt8, type PlainRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, magnitudes, seeds } from '../check.ts';
import { floats, lists, matrix, pad4, randomOf, type Lists } from '../data.ts';
import { Memory } from '../memory.ts';

interface Batch {
  readonly rows: PlainRows & { readonly values: Float32Array; readonly bias: Float32Array | undefined };
  /** The same with integers and scales. */
  readonly narrow: PlainRows & { readonly values: Int8Array; readonly scales: Float32Array };
  readonly count: number;
  readonly batch: number;
  readonly choices: Lists;
  readonly coefficients: Float32Array;
  readonly x: Float32Array;
  readonly xStride: number;
}

const cases: fc.Arbitrary<Batch> = fc
  .record({
    seed: seeds,
    count: fc.integer({ min: 1, max: 12 }),
    batch: fc.integer({ min: 0, max: 9 }),
    width: dimensions,
    withBias: fc.boolean(),
  })
  .map(({ seed, count, batch, width, withBias }) => {
    const random = randomOf(seed);
    const bias = withBias ? floats(random, count) : undefined;
    const stride = 16 * (Math.ceil(width / 16) + random.integer(2));
    const values = new Int8Array(count * stride);
    for (let r = 0; r < count; r++) {
      for (let k = 0; k < width; k++) values[r * stride + k] = random.integer(255) - 127;
    }
    const choices = lists(random, batch, count);
    const xStride = 16 * Math.ceil(width / 16) + 4 * random.integer(2);
    return {
      rows: { values: matrix(random, count, width), stride: pad4(width), width, bias },
      narrow: { values, scales: floats(random, count, 0.001, 0.1), stride, width, bias },
      count,
      batch,
      choices,
      coefficients: floats(random, choices.ids.length),
      x: matrix(random, batch, width, xStride),
      xStride,
    };
  });

function abs(array: ArrayLike<number>): Float64Array {
  return Float64Array.from(array, Math.abs);
}

/** The same with all numbers positive, for the bound on roundings. */
function positive<R extends PlainRows>(rows: R): R {
  return { ...rows, values: abs(rows.values), bias: rows.bias && abs(rows.bias) };
}

/** Copies 8-bit weights between guards. */
function narrowAt(memory: Memory, values: Int8Array): number {
  const words = memory.int32(values.length / 4);
  new Int8Array(words.buffer, words.byteOffset, values.length).set(values);
  return memory.at(words);
}

describe.each(BUILDS)('products with chosen rows, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('of 32 bits are the reference', () => {
    check(cases, ({ rows, choices, batch, x, xStride }) => {
      using memory = new Memory(arena);
      const out = memory.float32(choices.ids.length);
      kernels.dotRows(
        memory.at(out),
        memory.at(memory.int32(choices.offsets)),
        memory.at(memory.int32(choices.ids)),
        memory.at(memory.float32(rows.values)),
        rows.stride,
        rows.width,
        memory.at(rows.bias && memory.float32(rows.bias)),
        memory.at(memory.float32(x)),
        xStride,
        0,
        batch,
      );
      memory.check();
      const reference = (given: PlainRows, samples: Float32Array): Float32Array =>
        dotRows(given, choices.offsets, choices.ids, samples, xStride);
      const magnitude = reference(positive(rows), magnitudes(x));
      expect(out).toBeWithinRoundings(rows.width + 1, reference(rows, x), magnitude);
    });
  });

  test('of 8 bits are the reference, and those of all rows have the same bits', () => {
    check(cases, ({ narrow, count, choices, batch, x, xStride }) => {
      using memory = new Memory(arena);
      const weights = narrowAt(memory, narrow.values);
      const scales = memory.at(memory.float32(narrow.scales));
      const bias = memory.at(narrow.bias && memory.float32(narrow.bias));
      const rows = [weights, scales, bias, narrow.stride, narrow.width] as const;
      const samples = [memory.at(memory.float32(x)), xStride] as const;
      const chosen = memory.float32(choices.ids.length);
      const [offsetsAt, idsAt] = [choices.offsets, choices.ids].map((array) =>
        memory.at(memory.int32(array)),
      );
      kernels.dotRowsInt8(memory.at(chosen), offsetsAt, idsAt, ...rows, ...samples, 0, batch);
      const outStride = count + 2;
      const every = memory.float32(new Float32Array(batch * outStride).fill(7));
      const scratch = memory.scratch(kernels.multiplyInt8ScratchBytes(narrow.width));
      kernels.multiplyInt8(memory.at(every), outStride, ...rows, ...samples, batch, 0, count, scratch);
      memory.check();
      const expected = multiplyInt8(narrow, count, x, xStride, batch);
      const magnitude = multiplyInt8(positive(narrow), count, magnitudes(x), xStride, batch);
      for (let s = 0; s < batch; s++) {
        const [mine, theirs, size] = [
          every.subarray(s * outStride, s * outStride + count),
          expected.subarray(s * count, (s + 1) * count),
          magnitude.subarray(s * count, (s + 1) * count),
        ];
        expect(mine).toBeWithinRoundings(narrow.width + 3, theirs, size);
        expect(every[s * outStride + count]).toBe(7);
        for (let q = choices.offsets[s]; q < choices.offsets[s + 1]; q++) {
          expect(chosen[q]).toBe(mine[choices.ids[q]]);
        }
      }
    });
  });

  test('gathered from rows of 8 bits: the reference, padding cleared', () => {
    check(cases, ({ narrow, choices, batch, coefficients }) => {
      const { width, stride, scales } = narrow;
      const bias = narrow.bias && floats(randomOf(1), width);
      const padded = 16 * Math.ceil(width / 16);
      const outStride = padded + 3;
      using memory = new Memory(arena);
      const out = memory.float32(new Float32Array(batch * outStride).fill(7));
      kernels.gatherRowsInt8(
        memory.at(out),
        outStride,
        memory.at(bias && memory.float32(bias)),
        narrowAt(memory, narrow.values),
        memory.at(memory.float32(scales)),
        stride,
        width,
        memory.at(memory.int32(choices.offsets)),
        memory.at(memory.int32(choices.ids)),
        memory.at(memory.float32(coefficients)),
        0,
        batch,
      );
      memory.check();
      const { offsets, ids } = choices;
      const expected = gatherRowsInt8(narrow, bias, offsets, ids, coefficients);
      const magnitude = gatherRowsInt8(
        positive(narrow),
        bias && magnitudes(bias),
        offsets,
        ids,
        magnitudes(coefficients),
      );
      for (let s = 0; s < batch; s++) {
        const row = out.subarray(s * outStride, (s + 1) * outStride);
        expect(row.subarray(0, width)).toBeWithinRoundings(
          narrow.scales.length + 3,
          expected.subarray(s * width, (s + 1) * width),
          magnitude.subarray(s * width, (s + 1) * width),
        );
        expect([...row.subarray(width)]).toEqual([
          ...new Float32Array(padded - width),
          ...new Float32Array(3).fill(7),
        ]);
      }
    });
  });
});
