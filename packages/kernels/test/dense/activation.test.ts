import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activateDense,
  columnSums,
  dropout,
  relu,
  reluGradient,
  sigmoid,
  sigmoidGradient,
  sumPartials,
  tanh,
  tanhGradient,
} from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, magnitudes, seeds } from '../check.ts';
import { floats, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

/** Any floats but NaN: -0, infinities and the smallest ones too. */
const anyFloats = fc.array(fc.float({ noNaN: true }), { maxLength: 131 });

describe.each(BUILDS)('element-wise work, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test.each(['linear', 'relu', 'sigmoid', 'tanh'])(
    'activateDense adds the bias and applies %s, and leaves what lies between rows alone',
    (name) => {
      const activation = ['linear', 'relu', 'sigmoid', 'tanh'].indexOf(name);
      const cases = fc.record({
        seed: seeds,
        rows: fc.nat({ max: 5 }),
        width: dimensions,
        gap: fc.nat({ max: 5 }),
        withBias: fc.boolean(),
      });
      check(cases, ({ seed, rows, width, gap, withBias }) => {
        const random = randomOf(seed);
        const stride = width + gap;
        const expected = floats(random, rows * stride);
        const bias = withBias ? floats(random, width) : undefined;
        using memory = new Memory(arena);
        const y = memory.float32(expected);
        const biasAt = memory.at(bias && memory.float32(bias));
        kernels.activateDense(memory.at(y), stride, width, biasAt, activation, 0, rows);
        memory.check();
        activateDense(expected, rows, stride, width, bias, activation);
        // What takes no exponential is exact.
        const roundings = activation < 2 ? 0 : 16;
        expect(y).toBeWithinRoundings(roundings, expected, magnitudes(expected));
      });
    },
  );

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

  test.each([
    { name: 'sigmoid', exact: sigmoid },
    { name: 'tanh', exact: tanh },
  ] as const)('$name is right to a few roundings, everywhere', ({ name, exact }) => {
    check(
      fc.tuple(anyFloats, fc.nat({ max: 4 }), fc.float({ min: 1, max: 50 })),
      ([values, begin, scale]) => {
        // Of all floats nearly none are where these bend.
        for (const inputs of [Float32Array.from(values), floats(randomOf(1), values.length, -scale, scale)]) {
          using memory = new Memory(arena);
          const actual = memory.float32(inputs);
          kernels[name](memory.at(actual), begin, inputs.length);
          memory.check();
          const expected = inputs.slice();
          exact(expected.subarray(begin));
          // Below e^-87 the sigmoid stays at that.
          const least = name === 'sigmoid' ? 2 ** -100 : 0;
          const magnitude = expected.map((y) => Math.abs(y) + least);
          expect(actual).toBeWithinRoundings(16, expected, magnitude);
        }
      },
    );
  });

  test.each([
    { name: 'sigmoidGradient', exact: sigmoidGradient, low: 0 },
    { name: 'tanhGradient', exact: tanhGradient, low: -1 },
  ] as const)('$name multiplies by the derivative, of outputs that were divided', ({ name, exact, low }) => {
    const cases = fc.record({
      seed: seeds,
      length: fc.nat({ max: 131 }),
      begin: fc.nat({ max: 4 }),
      keep: fc.constantFrom(1, 0.5, 0.3),
    });
    check(cases, ({ seed, length, begin, keep }) => {
      const random = randomOf(seed);
      const expected = floats(random, length);
      const outputs = floats(random, length, low).map((y) => y / keep);
      using memory = new Memory(arena);
      const actual = memory.float32(expected);
      kernels[name](memory.at(actual), memory.at(memory.float32(outputs)), keep, begin, length);
      memory.check();
      const magnitude = magnitudes(expected);
      exact(expected.subarray(begin), outputs.subarray(begin), keep);
      // The difference from 1 has the rounding of a number near 1.
      expect(actual).toBeWithinRoundings(8, expected, magnitude);
    });
  });

  test('dropout follows the reference, in any ranges', () => {
    const cases = fc.record({
      seed: seeds,
      step: seeds,
      length: fc.nat({ max: 131 }),
      middle: fc.nat({ max: 131 }),
      rate: fc.constantFrom(0.1, 0.5, 0.75),
    });
    check(cases, ({ seed, step, length, middle, rate }) => {
      const expected = floats(randomOf(seed), length);
      using memory = new Memory(arena);
      const actual = memory.float32(expected);
      const how = [seed, step, rate * 2 ** 32, 1 / (1 - rate)] as const;
      const split = Math.min(middle, length);
      kernels.dropout(memory.at(actual), ...how, 0, split);
      kernels.dropout(memory.at(actual), ...how, split, length);
      memory.check();
      dropout(expected, ...how);
      expect(actual.map((x) => x + 0)).toHaveBitsOf(expected.map((x) => x + 0));
    });
  });

  test('dropout drops the share that it should, anew at each step and for each seed, and keeps the mean', () => {
    using memory = new Memory(arena);
    const length = 40_000;
    const kept = (seed: number, step: number): Float32Array => {
      const values = memory.float32(new Float32Array(length).fill(1));
      kernels.dropout(memory.at(values), seed, step, 0.3 * 2 ** 32, 1 / 0.7, 0, length);
      return values;
    };
    const draws = [kept(1, 1), kept(1, 2), kept(2, 1)];
    for (const draw of draws) {
      // A mean of n values 0 or 1 / 0.7 has the standard deviation sqrt(0.3 / 0.7 / n).
      const mean = draw.reduce((sum, x) => sum + x, 0) / length;
      expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(0.3 / 0.7 / length));
      // Neighbours are independent: both are kept as often as 0.7^2 says.
      const both = draw.filter((x, i) => i > 0 && x > 0 && draw[i - 1] > 0).length / length;
      expect(Math.abs(both - 0.49)).toBeLessThan(4 * Math.sqrt((3 * 0.49 * 0.51) / length));
    }
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ]) {
      const both = draws[a].filter((x, i) => x > 0 && draws[b][i] > 0).length / length;
      expect(Math.abs(both - 0.49)).toBeLessThan(4 * Math.sqrt((0.49 * 0.51) / length));
    }
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
