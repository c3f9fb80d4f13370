import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activateDense, columnSums, relu, reluGradient, sumPartials } from '../src/reference/index.ts';
import { BUILDS, arenaOf } from './builds.ts';
import { check, dimensions, magnitudes, seeds } from './check.ts';
import { floats, randomOf } from './data.ts';
import { Memory } from './memory.ts';

/** Any floats but NaN: -0, infinities and the smallest ones too. */
const anyFloats = fc.array(fc.float({ noNaN: true }), { maxLength: 131 });

describe.each(BUILDS)('element-wise work, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('activateDense adds the bias and clips, exactly, and leaves what lies between rows alone', () => {
    const cases = fc.record({
      seed: seeds,
      rows: fc.nat({ max: 5 }),
      width: dimensions,
      gap: fc.nat({ max: 5 }),
      withBias: fc.boolean(),
      withRelu: fc.boolean(),
    });
    check(cases, ({ seed, rows, width, gap, withBias, withRelu }) => {
      const random = randomOf(seed);
      const stride = width + gap;
      const expected = floats(random, rows * stride);
      const bias = withBias ? floats(random, width) : undefined;
      using memory = new Memory(arena);
      const y = memory.float32(expected);
      const biasAt = memory.at(bias && memory.float32(bias));
      kernels.activateDense(memory.at(y), stride, width, biasAt, Number(withRelu), 0, rows);
      memory.check();
      activateDense(expected, rows, stride, width, bias, withRelu);
      expect(y).toHaveBitsOf(expected);
    });
  });

  test('relu is max(x, 0) of its range', () => {
    check(fc.tuple(anyFloats, fc.nat({ max: 4 })), ([values, begin]) => {
      using memory = new Memory(arena);
      const actual = memory.float32(values);
      kernels.relu(memory.at(actual), begin, values.length);
      memory.check();
      const expected = Float32Array.from(values);
      relu(expected.subarray(begin));
      expect(actual).toHaveBitsOf(expected);
    });
  });

  test('reluGradient clears where the output is 0', () => {
    check(fc.tuple(anyFloats, fc.nat({ max: 4 }), seeds), ([values, begin, seed]) => {
      const outputs = Float32Array.from(values);
      relu(outputs);
      const expected = floats(randomOf(seed), outputs.length);
      using memory = new Memory(arena);
      const actual = memory.float32(expected);
      kernels.reluGradient(memory.at(actual), memory.at(memory.float32(outputs)), begin, outputs.length);
      memory.check();
      reluGradient(expected.subarray(begin), outputs.subarray(begin));
      expect(actual).toHaveBitsOf(expected);
    });
  });

  test('columnSums adds rows in their order', () => {
    const cases = fc.record({
      seed: seeds,
      rows: fc.nat({ max: 20 }),
      width: dimensions,
      gap: fc.nat({ max: 5 }),
    });
    check(cases, ({ seed, rows, width, gap }) => {
      const stride = width + gap;
      const x = floats(randomOf(seed), rows * stride);
      using memory = new Memory(arena);
      const sums = memory.float32(new Float32Array(width).fill(7));
      kernels.columnSums(memory.at(sums), memory.at(memory.float32(x)), stride, rows, 0, width);
      memory.check();
      const magnitude = columnSums(magnitudes(x), rows, stride, width);
      expect(sums).toBeWithinRoundings(rows + 1, columnSums(x, rows, stride, width), magnitude);
    });
  });

  test('sumPartials adds the parts in their order', () => {
    const cases = fc.record({ seed: seeds, count: fc.integer({ min: 1, max: 9 }), stride: dimensions });
    check(cases, ({ seed, count, stride }) => {
      const random = randomOf(seed);
      const partials = floats(random, count * stride);
      const [begin, end] = [random.integer(stride), random.integer(stride + 1)].toSorted((a, b) => a - b);
      using memory = new Memory(arena);
      const out = memory.float32(new Float32Array(stride).fill(7));
      const from = memory.at(memory.float32(partials));
      kernels.sumPartials(memory.at(out), from, stride, count, begin, end);
      memory.check();
      const expected = new Float32Array(stride).fill(7);
      expected.set(sumPartials(partials, stride).subarray(begin, end), begin);
      const magnitude = new Float32Array(stride);
      magnitude.set(sumPartials(magnitudes(partials), stride).subarray(begin, end), begin);
      expect(out).toBeWithinRoundings(count + 1, expected, magnitude);
    });
  });

  test('columnSums of a range touches no other column', () => {
    using memory = new Memory(arena);
    const sums = memory.float32([7, 7, 7, 7]);
    kernels.columnSums(memory.at(sums), memory.at(memory.float32([1, 2, 3, 4, 10, 20, 30, 40])), 4, 2, 1, 3);
    expect(sums).toEqual(Float32Array.of(7, 22, 33, 7));
  });
});
