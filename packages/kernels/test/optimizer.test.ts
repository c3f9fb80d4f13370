import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Arena, adamCorrections } from '../src/index.ts';
import { updateRows } from '../src/reference/index.ts';
import { BUILDS, arenaOf } from './builds.ts';
import { check, dimensions, magnitudes, seeds } from './check.ts';
import { floats, matrix, pad4, randomOf } from './data.ts';
import { OPTIMIZERS, copyRows, makeRows, placeOptimizer, placeRows, statesOf } from './layers.ts';
import { Memory } from './memory.ts';

const cases = fc.record({
  seed: seeds,
  count: fc.integer({ min: 1, max: 6 }),
  width: dimensions,
  withBias: fc.boolean(),
  late: fc.boolean(),
});

describe.each(BUILDS)('updateRows, $name', (build) => {
  const arena = arenaOf(build);

  test.each(OPTIMIZERS)('$kind', (optimizer) => {
    check(cases, ({ seed, count, width, withBias, late }) => {
      const random = randomOf(seed);
      const rows = makeRows(random, count, width, withBias);
      // Beyond the end of Adam's table of corrections the last serves.
      if (late) rows.steps.fill(100_000);
      const stride = pad4(width) + 4;
      const gradients = matrix(random, count, width, stride);
      const biasGradients = floats(random, count);

      using memory = new Memory(arena);
      const { rows: actual, at } = placeRows(memory, rows);
      arena.kernels.updateRows(
        at,
        placeOptimizer(memory, optimizer),
        memory.at(memory.float32(gradients)),
        stride,
        memory.at(memory.float32(biasGradients)),
        0,
        count,
      );
      memory.check();

      const expected = copyRows(rows, (array) => array);
      updateRows(expected, optimizer, gradients, stride, biasGradients);
      const magnitude = copyRows(rows, magnitudes);
      const opposite = { ...optimizer, rate: -optimizer.rate };
      updateRows(magnitude, opposite, magnitudes(gradients), stride, magnitudes(biasGradients));
      const [actuals, expecteds] = [statesOf(actual), statesOf(expected)];
      // Adam's quotient: 3 roundings in m, 5 in v, 9 around them.
      statesOf(magnitude).forEach((most, i) =>
        expect(actuals[i]).toBeWithinRoundings(18, expecteds[i], most),
      );
      expect(actual.steps ?? new Int32Array()).toHaveBitsOf(expected.steps ?? new Int32Array());
    });
  });

  test('a first step of Adam has the length of the rate, whatever the size of the gradient', () => {
    using memory = new Memory(arena);
    const rows = { stride: 4, width: 4, weights: new Float32Array(4), steps: new Int32Array(1) };
    const { rows: placed, at } = placeRows(memory, { ...rows, first: rows.weights, second: rows.weights });
    const optimizer = { kind: 'adam', rate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-30 } as const;
    const gradient = memory.float32([1e-6, -1e-3, 1, 1e6]);
    arena.kernels.updateRows(at, placeOptimizer(memory, optimizer), memory.at(gradient), 4, 0, 0, 1);
    expect(placed.weights).toBeWithinRoundings(10, [-0.5, 0.5, -0.5, -0.5], [0.5, 0.5, 0.5, 0.5]);
  });

  test('a gradient of 0 makes no NaN and moves nothing that has no momentum', () => {
    using memory = new Memory(arena);
    const weights = Float32Array.of(1, -2, 3, 0);
    const blank = new Float32Array(4);
    const fields = { stride: 4, width: 4, weights, first: blank, second: blank, steps: new Int32Array(1) };
    for (const optimizer of OPTIMIZERS) {
      const { rows, at } = placeRows(memory, fields);
      arena.kernels.updateRows(
        at,
        placeOptimizer(memory, optimizer),
        memory.at(memory.float32(blank)),
        4,
        0,
        0,
        1,
      );
      expect(rows.weights).toHaveBitsOf(weights);
    }
  });
});

describe('adamCorrections', () => {
  const arena = new Arena({ shared: false });

  test('are 1 / (1 - beta1^t) and 1 / sqrt(1 - beta2^t), of the betas as 32-bit floats, until both are 1', () => {
    const corrections = adamCorrections(arena, 0.9, 0.99);
    const [beta1, beta2] = [Math.fround(0.9), Math.fround(0.99)];
    for (let t = 1; t <= corrections.length / 2; t++) {
      expect(corrections[2 * t - 2]).toBe(Math.fround(1 / (1 - beta1 ** t)));
      expect(corrections[2 * t - 1]).toBe(Math.fround(1 / Math.sqrt(1 - beta2 ** t)));
    }
    expect(corrections.slice(-2)).toEqual(Float32Array.of(1, 1));
    expect(corrections.slice(-4)).not.toEqual(Float32Array.of(1, 1, 1, 1));
  });

  test('end at once where nothing decays', () => {
    expect(adamCorrections(arena, 0, 0)).toEqual(Float32Array.of(1, 1));
  });

  test.each([-0.1, 1, 1 - 1e-12, NaN])('refuse a beta of %d', (beta) => {
    expect(() => adamCorrections(arena, beta, 0.9)).toThrow(`beta1 is from 0 to below 1; got ${beta}`);
    expect(() => adamCorrections(arena, 0.9, beta)).toThrow(`beta2 is from 0 to below 1; got ${beta}`);
  });
});
