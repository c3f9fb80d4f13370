import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adamCorrections, adamMoves, momentumMoves, type OptimizerFields } from '../../src/index.ts';
import { updateRow } from '../../src/reference/index.ts';
import type { AnyRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, seeds } from '../check.ts';
import { matrix, pad4, randomOf } from '../data.ts';
import { copyRows, formatRows, placeOptimizer, placeRows, widen } from '../layers.ts';
import { Memory } from '../memory.ts';

const CASES: readonly OptimizerFields[] = [
  { kind: 'momentum', rate: 0.1, beta1: 0.9, beta2: 1, epsilon: 0 },
  { kind: 'momentum', rate: 0.1, beta1: 0.5, beta2: 1, epsilon: 0 },
  { kind: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-12 },
  { kind: 'adam', rate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 1e-12 },
  { kind: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-12, secondFormat: 'row' },
  { kind: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-12, firstFormat: 'bfloat16' },
];

const none = new Float32Array();

/** A row that was never updated, with everything that an optimizer may keep. */
function newRow(width: number, optimizer: OptimizerFields): AnyRows {
  const stride = pad4(width);
  const zeros = (): Float32Array => new Float32Array(stride);
  const matrices = { weights: zeros(), first: zeros(), second: zeros() };
  const vectors = {
    bias: new Float32Array(1),
    biasFirst: new Float32Array(1),
    biasSecond: new Float32Array(1),
  };
  const counts = { steps: new Int32Array(1), touched: new Int32Array(1) };
  return formatRows({ stride, width, ...matrices, ...vectors, ...counts }, optimizer);
}

describe.each(BUILDS)('steps that a row skipped, $name', (build) => {
  const arena = arenaOf(build);

  function movesOf({ kind, beta1, beta2 }: OptimizerFields): Float32Array {
    if (kind === 'momentum') return momentumMoves(arena, beta1);
    return adamMoves(arena, beta1, beta2, adamCorrections(arena, beta1, beta2));
  }

  test.each(CASES)(
    '$kind, $beta1, $beta2, $firstFormat, $secondFormat: come to what they add up to',
    (fields) => {
      const optimizer = { ...fields, moves: movesOf(fields) };
      const cases = fc.record({
        seed: seeds,
        width: dimensions,
        gaps: fc.array(fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 60 })), { minLength: 1, maxLength: 6 }),
      });
      check(
        cases,
        ({ seed, width, gaps }) => {
          const random = randomOf(seed);
          using memory = new Memory(arena);
          const { rows: actual, at } = placeRows(memory, newRow(width, optimizer));
          const expected = copyRows(newRow(width, optimizer), (array) => array);
          let step = 0;
          for (const gap of gaps) {
            step += gap + 1;
            // No small gradients: with them epsilon matters, which the sum leaves out.
            const gradient = matrix(random, 1, width, pad4(width), 0.2, 1);
            const now = { ...optimizer, step };
            const [of, from] = [placeOptimizer(memory, now), memory.at(memory.float32(gradient))];
            arena.kernels.updateRows(at, of, from, pad4(width), memory.at(memory.float32([0.7])), 0, 1);
            // The reference takes each of the skipped steps.
            updateRow(expected, now, 0, gradient, 0.7);
          }
          memory.check();
          const most = Math.max(...expected.weights.map(Math.abs));
          // Of bfloat16 the reference rounds at every step.
          const tolerance = fields.firstFormat === 'bfloat16' ? 0.02 : 2e-5;
          for (const [i, w] of expected.weights.entries()) {
            expect(Math.abs(actual.weights[i] - w)).toBeLessThanOrEqual(tolerance * most);
          }
          expect(actual.bias?.[0]).toBeCloseTo(expected.bias?.[0] ?? NaN, 4);
          const [first, wanted] = [widen(actual.first ?? none), widen(expected.first ?? none)];
          for (const [i, m] of wanted.entries()) expect(Math.abs(first[i] - m)).toBeLessThan(0.02);
          expect(actual.touched?.[0]).toBe(step);
        },
        25,
      );
    },
  );

  test.each([CASES[0], CASES[2]])(
    '$kind: of so many that hardly anything is left of moments, nothing is',
    (fields) => {
      const optimizer = { ...fields, moves: movesOf(fields) };
      using memory = new Memory(arena);
      const { rows, at } = placeRows(memory, newRow(4, optimizer));
      for (const [step, gradient] of [
        [1, 1],
        [900, 0],
      ] as const) {
        const from = memory.at(memory.float32(new Float32Array(4).fill(gradient)));
        const biasFrom = memory.at(memory.float32([gradient]));
        arena.kernels.updateRows(at, placeOptimizer(memory, { ...optimizer, step }), from, 4, biasFrom, 0, 1);
      }
      // 0.9^900 is 6e-42.
      expect(widen(rows.first ?? none)).toEqual(new Float32Array(4));
      expect(rows.biasFirst).toEqual(new Float32Array(1));
    },
  );

  test('weights that decay have done so for every step, in small steps too', () => {
    using memory = new Memory(arena);
    const weights = Float32Array.of(1, -2, 3, 0);
    const blank = { ...newRow(4, CASES[0]), weights };
    const optimizer = { kind: 'sgd', rate: 0.1, beta1: 0, beta2: 0, epsilon: 0, weightDecay: 1e-6 } as const;
    const { rows, at } = placeRows(memory, blank);
    const of = placeOptimizer(memory, { ...optimizer, step: 50_000 });
    arena.kernels.updateRows(at, of, memory.at(memory.float32(4)), 4, 0, 0, 1);
    const left = (1 - Math.fround(1e-6)) ** 50_000;
    expect(rows.weights).toBeWithinRoundings(
      3,
      weights.map((w) => w * left),
      weights.map(Math.abs),
    );
  });

  test('are none where moments wait', () => {
    using memory = new Memory(arena);
    const optimizer = CASES[0];
    const [waiting, other] = [7, 1].map((step) => {
      const { rows, at } = placeRows(memory, { ...newRow(4, optimizer), first: Float32Array.of(1, 2, 3, 4) });
      const of = placeOptimizer(memory, { ...optimizer, step });
      arena.kernels.updateRows(at, of, memory.at(memory.float32([1, 1, 1, 1])), 4, 0, 0, 1);
      return rows;
    });
    expect(waiting.weights).toHaveBitsOf(other.weights);
  });
});
