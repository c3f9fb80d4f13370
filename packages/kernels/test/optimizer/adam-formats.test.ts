import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OptimizerFields } from '../../src/index.ts';
import { updateRows } from '../../src/reference/index.ts';
import type { AnyRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, magnitudes, seeds } from '../check.ts';
import { floats, matrix, pad4, randomOf } from '../data.ts';
import { OPTIMIZERS, copyRows, formatRows, makeRows, placeOptimizer, placeRows, widen } from '../layers.ts';
import { Memory } from '../memory.ts';

type Formats = Pick<OptimizerFields, 'firstFormat' | 'secondFormat'>;

const FORMATS: readonly Formats[] = [
  { firstFormat: 'bfloat16' },
  { secondFormat: 'bfloat16' },
  { firstFormat: 'bfloat16', secondFormat: 'bfloat16' },
  { secondFormat: 'row' },
  { firstFormat: 'bfloat16', secondFormat: 'row' },
];

/** Momentum and Adagrad in the formats that they have. */
const OTHERS: readonly OptimizerFields[] = [
  { ...OPTIMIZERS[1], firstFormat: 'bfloat16' },
  { ...OPTIMIZERS[4], secondFormat: 'bfloat16' },
  { ...OPTIMIZERS[4], secondFormat: 'row' },
];

const none = new Float32Array();

/** The arrays of rows that Adam changes, moments in bfloat16 widened. */
function statesOf({ weights, first = none, second = none, bias = none }: AnyRows): {
  readonly weights: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly bias: Float32Array;
} {
  return { weights, first: widen(first), second: widen(second), bias };
}

/** How many elements differ, as a share. */
function differing(a: Float32Array, b: Float32Array): number {
  return a.reduce((count, x, i) => count + Number(x !== b[i]), 0) / a.length;
}

describe.each(BUILDS)('Adam with its moments in less memory, $name', (build) => {
  const arena = arenaOf(build);

  /** The rows after one update by the kernel, the rows in ranges of `step`, the last first. */
  function update(
    rows: AnyRows,
    optimizer: OptimizerFields,
    gradients: Float32Array,
    stride: number,
    biasGradients: Float32Array,
    step: number = 1000,
  ): AnyRows {
    using memory = new Memory(arena);
    const { rows: placed, at } = placeRows(memory, rows);
    const [optimizerAt, from] = [placeOptimizer(memory, optimizer), memory.at(memory.float32(gradients))];
    const biasFrom = memory.at(memory.float32(biasGradients));
    const count = biasGradients.length;
    for (let begin = Math.floor((count - 1) / step) * step; begin >= 0; begin -= step) {
      const end = Math.min(begin + step, count);
      arena.kernels.updateRows(at, optimizerAt, from, stride, biasFrom, begin, end);
    }
    memory.check();
    return copyRows(placed, (array) => array);
  }

  test.each([...FORMATS.map((formats) => ({ ...OPTIMIZERS[3], ...formats })), ...OTHERS])(
    '$kind: moments as $firstFormat, $secondFormat follow the reference, in any ranges',
    (optimizer) => {
      const cases = fc.record({ seed: seeds, count: fc.integer({ min: 1, max: 6 }), width: dimensions });
      check(
        cases,
        ({ seed, count, width }) => {
          const random = randomOf(seed);
          const rows = formatRows(makeRows(random, count, width, true), optimizer);
          const stride = pad4(width);
          const [gradients, biasGradients] = [matrix(random, count, width), floats(random, count)];
          const actual = update(rows, optimizer, gradients, stride, biasGradients);

          const expected = copyRows(rows, (array) => array);
          updateRows(expected, optimizer, gradients, stride, biasGradients);
          const magnitude = copyRows(rows, magnitudes);
          const opposite = { ...optimizer, rate: -optimizer.rate };
          updateRows(magnitude, opposite, magnitudes(gradients), stride, magnitudes(biasGradients));
          const [got, wanted, most] = [statesOf(actual), statesOf(expected), statesOf(magnitude)];
          // As in optimizer.test.ts; the moment of a row is a sum over its width.
          const roundings = 18 + pad4(width);
          expect(got.weights).toBeWithinRoundings(roundings, wanted.weights, most.weights);
          expect(got.bias).toBeWithinRoundings(roundings, wanted.bias, most.bias);
          // A bfloat16 has 8 binary digits: the nearest is off by up to 2^-8 of the number, which is 2^16 roundings, and one of
          // two neighbours by up to 2^-7. The reference is as far off, on the same side but where the last places differ.
          const ofFirst = optimizer.firstFormat === 'bfloat16' ? 2 ** 17 : roundings;
          const ofSecond = optimizer.secondFormat === 'bfloat16' ? 2 ** 17 : roundings;
          expect(got.first).toBeWithinRoundings(ofFirst, wanted.first, most.first);
          expect(got.second).toBeWithinRoundings(ofSecond, wanted.second, most.second);
          expect(actual.steps).toEqual(expected.steps);

          // The order in which rows are updated, and by whom, changes nothing.
          const inRanges = update(rows, optimizer, gradients, stride, biasGradients, 2);
          expect(inRanges).toEqual(actual);
        },
        30,
      );
    },
  );

  test('bfloat16 moments are rounded as the reference rounds, with the same random numbers', () => {
    const optimizer = { ...OPTIMIZERS[2], firstFormat: 'bfloat16', secondFormat: 'bfloat16' } as const;
    const random = randomOf(5);
    const [count, width] = [20, 500];
    const rows = formatRows(makeRows(random, count, width, false), optimizer);
    const gradients = matrix(random, count, width);
    const actual = update(rows, optimizer, gradients, width, new Float32Array(count));
    const expected = copyRows(rows, (array) => array);
    updateRows(expected, optimizer, gradients, width);
    const [got, wanted] = [statesOf(actual), statesOf(expected)];
    // Only where a number differs in its last place, and lies that close to where the rounding changes.
    expect(differing(got.first, wanted.first)).toBeLessThan(0.001);
    expect(differing(got.second, wanted.second)).toBeLessThan(0.001);
    expect(differing(got.second, statesOf(rows).second)).toBeGreaterThan(0.2);
  });
});
