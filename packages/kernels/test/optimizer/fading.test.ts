import { describe, expect, test } from 'vitest';
import { adamCorrections, adamMoves, momentumMoves, type OptimizerFields } from '../../src/index.ts';
import { updateRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { floats, matrix, randomOf } from '../data.ts';
import { OPTIMIZERS, copyRows, formatRows, makeRows, placeOptimizer, placeRows, widen } from '../layers.ts';
import { Memory } from '../memory.ts';

const [, momentum, adam, , adagrad] = OPTIMIZERS as Required<typeof OPTIMIZERS>;

/** Every way of keeping moments that can fade. */
const FADING: readonly OptimizerFields[] = [
  momentum,
  { ...momentum, firstFormat: 'bfloat16' },
  adam,
  { ...adam, beta1: 0.5, beta2: 0.9 },
  { ...adam, firstFormat: 'bfloat16', secondFormat: 'bfloat16' },
  { ...adam, secondFormat: 'row' },
  adagrad,
  { ...adagrad, secondFormat: 'row' },
];

/** Numbers below 2^-126, which some processors are slow with. */
function subnormal(numbers: ArrayLike<number>): number[] {
  return Array.from(numbers).filter((x) => x !== 0 && Math.abs(x) < 2 ** -126);
}

describe.each(BUILDS)('moments that get no gradient any more, $name', (build) => {
  const arena = arenaOf(build);

  /** With skipped steps made good: rows are then swept by the steps of the optimizer. */
  function catchingUp(optimizer: OptimizerFields): OptimizerFields {
    const { kind, beta1, beta2 } = optimizer;
    if (kind === 'momentum') return { ...optimizer, moves: momentumMoves(arena, beta1) };
    return { ...optimizer, moves: adamMoves(arena, beta1, beta2, adamCorrections(arena, beta1, beta2)) };
  }

  test.each([
    ...FADING.map((optimizer) => ({ ...optimizer, catchesUp: false })),
    { ...momentum, catchesUp: true },
    { ...adam, catchesUp: true },
  ])(
    '$kind $beta1 $firstFormat $secondFormat $catchesUp: fade to 0 and never below 2^-126, weights go where they would',
    ({ catchesUp, ...fields }) => {
      const optimizer = catchesUp ? catchingUp(fields) : fields;
      const random = randomOf(3);
      const [count, width] = [3, 8];
      const made = makeRows(random, count, width, true);
      for (const moments of [made.first, made.second, made.biasFirst, made.biasSecond]) moments?.fill(0);
      const rows = formatRows({ ...made, touched: made.touched.fill(0) }, optimizer);
      const expected = copyRows(rows, (array) => array);
      using memory = new Memory(arena);
      const { rows: actual, at } = placeRows(memory, rows);
      let step = 0;
      const update = (gradients: Float32Array, biasGradients: Float32Array): void => {
        using own = new Memory(arena);
        const now = { ...optimizer, step: ++step };
        const by = placeOptimizer(own, now);
        const from = own.at(own.float32(gradients));
        const biasFrom = own.at(own.float32(biasGradients));
        arena.kernels.updateRows(at, by, from, width, biasFrom, 0, count);
        updateRows(expected, now, gradients, width, biasGradients);
      };
      // The first row has not had any gradient before.
      const [gradients, biasGradients] = [matrix(random, count, width), floats(random, count)];
      gradients.fill(0, 0, width);
      biasGradients[0] = 0;
      update(gradients, biasGradients);
      // There still are gradients, so small that their squares are subnormal or nothing.
      for (const size of [1e-21, 1e-18, 1e-30, 0]) {
        for (let t = 0; t < 700; t++) {
          update(new Float32Array(count * width).fill(size), new Float32Array(count).fill(-size));
          if (t % 50) continue;
          const { first = [], second = [], biasFirst = [], biasSecond = [] } = actual;
          for (const moments of [first, second]) expect(subnormal(widened(moments))).toEqual([]);
          for (const moments of [biasFirst, biasSecond]) expect(subnormal(moments)).toEqual([]);
        }
      }
      const { first = [] } = optimizer.kind === 'adagrad' ? {} : actual;
      expect(Math.max(...widened(first).map(Math.abs), 0)).toBe(0);
      const tolerance = optimizer.firstFormat === 'bfloat16' ? 0.02 : 1e-4;
      for (const [i, weight] of actual.weights.entries()) {
        expect(Math.abs(weight - expected.weights[i])).toBeLessThan(tolerance * optimizer.rate);
      }
    },
  );

  test.each(FADING)(
    '$kind $firstFormat $secondFormat: a gradient that is no number is not taken for 0',
    (optimizer) => {
      const made = makeRows(randomOf(4), 1, 8, true);
      using memory = new Memory(arena);
      const { rows, at } = placeRows(memory, formatRows(made, optimizer));
      const gradient = new Float32Array(8).fill(0.1);
      gradient[5] = Number.NaN;
      const biasFrom = memory.at(memory.float32([Number.NaN]));
      const from = memory.at(memory.float32(gradient));
      arena.kernels.updateRows(at, placeOptimizer(memory, optimizer), from, 8, biasFrom, 0, 1);
      expect(rows.weights[5]).toBeNaN();
      expect(rows.bias?.[0]).toBeNaN();
      expect(Array.from(rows.weights.subarray(0, 4)).some(Number.isNaN)).toBe(
        optimizer.secondFormat === 'row',
      );
    },
  );

  test.each(FADING.filter(({ kind }) => kind !== 'momentum'))(
    '$kind $beta1 $firstFormat $secondFormat: a first step is never longer than the rate, however small gradient and epsilon',
    (fields) => {
      const optimizer = { ...fields, epsilon: 1e-30 };
      for (const size of [1, 1e-3, 1e-14, 1e-15, 5e-16, 1e-18, 1e-25, 0]) {
        using memory = new Memory(arena);
        const zeros = new Float32Array(8);
        const blank = { weights: zeros, first: zeros, second: zeros, steps: new Int32Array(1) };
        const { rows, at } = placeRows(memory, formatRows({ stride: 8, width: 8, ...blank }, optimizer));
        const from = memory.at(memory.float32(new Float32Array(8).fill(size)));
        arena.kernels.updateRows(at, placeOptimizer(memory, optimizer), from, 8, 0, 0, 1);
        // bfloat16 moments are off by a hundredth.
        for (const weight of rows.weights) expect(Math.abs(weight)).toBeLessThan(1.02 * optimizer.rate);
      }
    },
  );
});

function widened(moments: ArrayLike<number>): Float32Array {
  return moments instanceof Uint16Array ? widen(moments) : Float32Array.from(moments);
}
