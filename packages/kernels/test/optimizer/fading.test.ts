import { describe, expect, test } from 'vitest';
import type { OptimizerFields } from '../../src/index.ts';
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

/** Numbers below 2^-126, which many processors are slow with. */
function subnormal(numbers: ArrayLike<number>): number[] {
  return Array.from(numbers).filter((x) => x !== 0 && Math.abs(x) < 2 ** -126);
}

describe.each(BUILDS)('moments that get no gradient any more, $name', (build) => {
  const arena = arenaOf(build);

  test.each(FADING)(
    '$kind $beta1 $firstFormat $secondFormat: fade to 0 and never below 2^-126, weights go where they would',
    (optimizer) => {
      const random = randomOf(3);
      const [count, width] = [3, 8];
      const made = makeRows(random, count, width, true);
      for (const moments of [made.first, made.second, made.biasFirst, made.biasSecond]) moments?.fill(0);
      const rows = formatRows(made, optimizer);
      const expected = copyRows(rows, (array) => array);
      using memory = new Memory(arena);
      const { rows: actual, at } = placeRows(memory, rows);
      const by = placeOptimizer(memory, optimizer);
      const update = (gradients: Float32Array, biasGradients: Float32Array): void => {
        using own = new Memory(arena);
        const from = own.at(own.float32(gradients));
        const biasFrom = own.at(own.float32(biasGradients));
        arena.kernels.updateRows(at, by, from, width, biasFrom, 0, count);
        updateRows(expected, optimizer, gradients, width, biasGradients);
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
});

function widened(moments: ArrayLike<number>): Float32Array {
  return moments instanceof Uint16Array ? widen(moments) : Float32Array.from(moments);
}
