import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Arena, adamCorrections, adamMoves, momentumMoves, type OptimizerFields } from '../../src/index.ts';
import { updateRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, magnitudes, seeds } from '../check.ts';
import { floats, matrix, pad4, randomOf } from '../data.ts';
import { OPTIMIZERS, copyRows, makeRows, placeOptimizer, placeRows, statesOf } from '../layers.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  count: fc.integer({ min: 1, max: 6 }),
  width: dimensions,
  withBias: fc.boolean(),
  late: fc.boolean(),
});

describe.each(BUILDS)('updateRows, $name', (build) => {
  const arena = arenaOf(build);

  const still = { rate: 0.1, beta1: 0, beta2: 0, epsilon: 0 };
  test.each<OptimizerFields>([
    ...OPTIMIZERS,
    { ...OPTIMIZERS[1], clipValue: 0.3 },
    { ...OPTIMIZERS[3], gradientScale: 0.2 },
    { ...OPTIMIZERS[4], gradientScale: 0.5, clipValue: 0.3 },
    // Rows were last touched at steps 0 to 6.
    { kind: 'sgd', ...still, weightDecay: 0.01, step: 7 },
    { ...OPTIMIZERS[4], weightDecay: 1e-5, step: 9 },
    { kind: 'measure', ...still },
  ])('$kind $weightDecay $gradientScale $clipValue', (optimizer) => {
    check(cases, ({ seed, count, width, withBias, late }) => {
      const random = randomOf(seed);
      const rows = { ...makeRows(random, count, width, withBias), norms: new Float32Array(count).fill(7) };
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
      const opposite = { ...optimizer, rate: -optimizer.rate, weightDecay: -(optimizer.weightDecay ?? 0) };
      updateRows(magnitude, opposite, magnitudes(gradients), stride, magnitudes(biasGradients));
      const [actuals, expecteds] = [statesOf(actual), statesOf(expected)];
      // Adam's quotient: 3 roundings in m, 5 in v, 9 around them. Decay for skipped steps the reference takes step by step,
      // with two roundings each. Squares of a whole row are summed in four parts.
      const roundings = 18 + 2 * 9 + (optimizer.kind === 'measure' ? pad4(width) / 4 : 0);
      statesOf(magnitude).forEach((most, i) =>
        expect(actuals[i]).toBeWithinRoundings(roundings, expecteds[i], most),
      );
      expect(actual.touched ?? new Int32Array()).toHaveBitsOf(expected.touched ?? new Int32Array());
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

  test('of Adam: moves end where the corrections do, and need a first moment that decays faster', () => {
    const corrections = adamCorrections(arena, 0.9, 0.99);
    const moves = adamMoves(arena, 0.9, 0.99, corrections);
    expect(moves).toHaveLength(corrections.length / 2);
    // From late on the corrections are 1: a geometric series.
    const ratio = Math.fround(0.9) / Math.sqrt(Math.fround(0.99));
    expect(moves.at(-1)).toBeCloseTo(ratio / (1 - ratio), 5);
    // From the start on: summed as it is defined.
    let sum = 0;
    for (let t = 1; t <= 400; t++) {
      const at = Math.min(t, moves.length) - 1;
      sum += (ratio ** t * corrections[2 * at]) / corrections[2 * at + 1];
    }
    expect(moves[0]).toBeCloseTo(sum, 4);
    expect(() => adamMoves(arena, 0.9, 0.8, adamCorrections(arena, 0.9, 0.8))).toThrow(
      'Adam makes good for skipped steps if beta1 is below the root of beta2; got 0.9 and 0.8.',
    );
    const beta = Math.fround(0.9);
    expect(momentumMoves(arena, 0.9)).toEqual(Float32Array.of(beta / (1 - beta)));
  });

  test('end at once where nothing decays', () => {
    expect(adamCorrections(arena, 0, 0)).toEqual(Float32Array.of(1, 1));
  });

  test.each([-0.1, 1, 1 - 1e-12, NaN])('refuse a beta of %d', (beta) => {
    expect(() => adamCorrections(arena, beta, 0.9)).toThrow(`beta1 is from 0 to below 1; got ${beta}`);
    expect(() => adamCorrections(arena, 0.9, beta)).toThrow(`beta2 is from 0 to below 1; got ${beta}`);
  });
});
